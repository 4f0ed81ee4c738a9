"""Reads the QR code of a picture: a screenshot of the platform's page for setting up an authenticator app.

A picture comes from anywhere, so only a few formats are opened, and none that would unfold into more
than `_MOST_PIXELS`.
"""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import TYPE_CHECKING

from auditor.errors import CustodyError

if TYPE_CHECKING:
    from PIL.Image import Image

_FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP")
_MOST_BYTES = 20 * 1024 * 1024
_MOST_PIXELS = 40_000_000
_INSTALL = "Install the extra: pip install 'brand-account-auditor[qr]'; or copy the seed's letters instead."
_BETTER = "Take a screenshot of the code alone, as large as it goes; or copy the seed's letters instead."


def read_picture(path: Path) -> str:
    """Return what the one QR code of a seed in the picture at ``path`` says.

    Raises:
        CustodyError: the extra is not installed, the file is no picture, is too large, or holds no such
            code or several.

    """
    try:
        import PIL.Image
        import zxingcpp
    except ModuleNotFoundError:
        raise CustodyError(
            "reading a QR code needs an extra that is not installed.", remedy=_INSTALL
        ) from None
    del PIL
    image = _opened(path)
    # Other codes may be on the screen; a platform's begins so.
    found = (code.text for code in zxingcpp.read_barcodes(image) if code.valid)
    texts = {text for text in found if text.lower().startswith("otpauth")}
    if not texts:
        raise CustodyError(f"{path}: there is no QR code of a seed to be read in it.", remedy=_BETTER)
    if len(texts) > 1:
        raise CustodyError(f"{path}: there are QR codes of {len(texts)} seeds in it.", remedy=_BETTER)
    return str(texts.pop())


def _opened(path: Path) -> Image:
    from PIL import Image as Pictures

    try:
        if path.stat().st_size > _MOST_BYTES:
            raise CustodyError(f"{path}: the picture is larger than 20 MB.", remedy=_BETTER)
        with warnings.catch_warnings():
            # Pillow only warns of a picture that unfolds to twice what it holds safe.
            warnings.simplefilter("error", Pictures.DecompressionBombWarning)
            with Pictures.open(path, formats=_FORMATS) as picture:
                if picture.width * picture.height > _MOST_PIXELS:
                    raise CustodyError(
                        f"{path}: the picture has more than 40 million pixels.", remedy=_BETTER
                    )
                return picture.convert("L")
    except (Pictures.DecompressionBombError, Pictures.DecompressionBombWarning):
        raise CustodyError(f"{path}: the picture has more than 40 million pixels.", remedy=_BETTER) from None
    except (OSError, ValueError, SyntaxError, EOFError) as error:
        reason = getattr(error, "strerror", None) or "it is no PNG, JPEG, WEBP, GIF or BMP, or is damaged"
        raise CustodyError(f"{path} cannot be opened: {reason}.", remedy=_BETTER) from None
