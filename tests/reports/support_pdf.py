"""Reads a PDF as far as the tests need: its objects, its pages and, where poppler is installed, its text."""

from __future__ import annotations

import re
import shutil
import subprocess
import zlib
from pathlib import Path

POPPLER = shutil.which("pdftotext")


def objects(pdf: bytes) -> bytes:
    """Return everything in the file, its compressed streams inflated."""
    inflated = [pdf]
    for found in re.finditer(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL):
        unpacker = zlib.decompressobj()
        try:
            inflated.append(unpacker.decompress(found.group(1)))
        except zlib.error:
            continue
    return b"\n".join(inflated)


def pages(pdf: bytes) -> int:
    """Return how many pages the file has."""
    return len(re.findall(rb"/Type ?/Page(?![A-Za-z])", objects(pdf)))


def text(path: Path, page: int | None = None) -> str:
    """Return the text of the file, or of one page, spaces and line ends made one space."""
    assert POPPLER is not None
    span = ["-f", str(page), "-l", str(page)] if page else []
    done = subprocess.run([POPPLER, "-layout", *span, str(path), "-"], capture_output=True, check=True)
    return " ".join(done.stdout.decode(errors="replace").split())


def lowest(path: Path, word: str) -> float:
    """Return how far down the first page the last ``word`` ends, in points from its top."""
    assert POPPLER is not None
    done = subprocess.run([POPPLER, "-bbox", "-l", "1", str(path), "-"], capture_output=True, check=True)
    ends = re.findall(rf'yMax="([\d.]+)">{re.escape(word)}<', done.stdout.decode(errors="replace"))
    return max(map(float, ends))
