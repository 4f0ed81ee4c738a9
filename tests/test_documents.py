"""Strict YAML: what is refused, where it is, and that nothing changes type by surprise."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from auditor.documents import load_yaml, parse_yaml
from auditor.errors import DocumentError

HERE = Path("policy.yaml")


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("a: 1\nb: 2\na: 3\n", 3, "given twice (first on line 1)"),
        ("x:\n  k: 1\n  k: 1\n", 3, "given twice"),
        ("a: &x [1]\nb: *x\n", 1, "anchors and aliases"),
        ("a:\n  <<: {b: 1}\n", 2, "merge keys"),
        ("true: 1\n", 1, "is not text"),
        ("? [a]\n: 1\n", 1, "plain text"),
        ("a: [1,\nb", 2, "not valid YAML"),
        ("a: !!python/object/apply:os.system [ls]\n", 1, "explicit tags"),
        ("a: 1\n---\nb: 2\n", 2, "not valid YAML"),
    ],
)
def test_refuses_with_the_line(text: str, line: int, words: str) -> None:
    """What a policy file must not hold is refused, naming file, line and reason."""
    with pytest.raises(DocumentError, match=r"policy\.yaml") as caught:
        parse_yaml(text, HERE)
    assert words in str(caught.value)
    assert caught.value.line == line


def test_keeps_words_that_yaml_1_1_turns_into_something_else() -> None:
    """Words such as on, no, 12:30, 010 and 1e5 stay text."""
    document = parse_yaml("a: on\nb: no\nc: 12:30\nd: 010\ne: 1e5\nf: 1_000\ng: true\nh: 7\n", HERE)
    assert document.data == {
        "a": "on",
        "b": "no",
        "c": "12:30",
        "d": "010",
        "e": "1e5",
        "f": "1_000",
        "g": True,
        "h": 7,
    }


def test_tells_the_line_of_every_value() -> None:
    """A value's line is known by its path, and that of a missing one is its parent's."""
    document = parse_yaml("a:\n  - b: 1\n  - c: 2\n", HERE)
    assert document.line(("a", 1, "c")) == 3
    assert document.line(("a", 1, "nothing")) == 3


def test_refuses_what_is_not_utf8(tmp_path: Path) -> None:
    """A file in another encoding is refused with the line of the first bad byte."""
    path = tmp_path / "x.yaml"
    path.write_bytes(b"a: 1\nb: \xff\n")
    with pytest.raises(DocumentError, match=r"x\.yaml:2: is not UTF-8"):
        load_yaml(path)


def test_names_a_missing_file(tmp_path: Path) -> None:
    """A file that is not there is told with its path."""
    with pytest.raises(DocumentError, match=r"gone\.yaml: cannot be read"):
        load_yaml(tmp_path / "gone.yaml")


plain = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**9), 10**9) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(st.text(max_size=8), plain, min_size=1, max_size=5))
def test_reads_what_yaml_writes(data: dict[str, object]) -> None:
    """Whatever the ordinary writer writes (text quoted) is read back the same."""
    text = yaml.safe_dump(data, default_style='"', allow_unicode=True)
    assert parse_yaml(text, HERE).data == data


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(text: str) -> None:
    """No text makes the reader fail in any way but the one it promises."""
    with contextlib.suppress(DocumentError):
        assert parse_yaml(text, HERE).path == HERE


@pytest.mark.parametrize(
    "text",
    [
        'token: "hunter2-very-secret\n',
        "token: hunter2-very-secret: x\n",
        "token: !!bool hunter2-very-secret\n",
        "token: !!timestamp hunter2-very-secret\n",
        "token: !hunter2-very-secret x\n",
        "token: *hunter2-very-secret\n",
        "token: !!int hunter2-very-secret\n",
        "? [hunter2-very-secret]\n: 1\n",
    ],
)
def test_an_error_never_quotes_the_file(text: str) -> None:
    """What stands in a broken file may be a secret: no error, nor its traceback, repeats it."""
    with pytest.raises(DocumentError) as caught:
        parse_yaml(text, HERE)
    error: BaseException | None = caught.value
    while error is not None:
        assert "hunter2" not in str(error)
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


OWN = sorted((Path(__file__).parents[1] / "policies").rglob("*.yaml"))


@pytest.mark.parametrize("path", OWN, ids=lambda path: path.stem)
def test_our_own_files_read_the_same_by_the_quick_parser(path: Path) -> None:
    """What comes with the program is strict YAML, and the quick parser makes the same of it, line for line."""
    strict, quick = load_yaml(path), load_yaml(path, is_ours=True)
    assert strict.data == quick.data
    assert strict.lines == quick.lines


def test_the_quick_parser_refuses_keys_given_twice_too() -> None:
    """A slip in a pack of ours does not pass for want of the strict parser."""
    with pytest.raises(DocumentError, match="given twice"):
        parse_yaml("a: 1\na: 2\n", HERE, is_ours=True)
