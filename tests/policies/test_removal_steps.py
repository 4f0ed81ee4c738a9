"""The steps of removal: what comes along, how every mistake is told, and links that hostile ids cannot bend."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.errors import DocumentError, RuleError
from auditor.model.estate import PLATFORM_NAMES, GrantPath
from policies.removal_steps import (
    ID_FORMS,
    PHASES,
    SUBJECTS,
    StepTemplate,
    load_removal_steps,
    removal_steps,
)

WHOLE = """\
platform: somewhere
hosts: [somewhere.example]
general: https://somewhere.example/settings
steps:
  direct:
    - phase: remove
      when: [last_admin]
      text: "Remove {{ name }} from {{ account }}."
      links:
        - https://somewhere.example/{{ account_id }}/people
"""
MISTAKES = [
    ("hosts:", "host:", 2, "Did you mean 'hosts'"),
    ("general: https", "general: http", 3, "no https page of somewhere.example"),
    ("general: https://somewhere.example", "general: https://elsewhere.example", 3, "no https page"),
    ("  direct:", "  driect:", 6, "Did you mean 'direct'"),
    ("phase: remove", "phase: removal", 6, "Did you mean 'remove'"),
    ("when: [last_admin]", "when: [last_admins]", 7, "Did you mean 'last_admin'"),
    ("when: [last_admin]", "when: last_admin", 7, "not a list of texts"),
    ("{{ name }} from", "{{ nmae }} from", 8, "Did you mean 'name'"),
    ("{{ name }} from", "{{ name() }} from", 8, "a brace is no hole"),
    ('text: "Remove', 'texts: "Remove', 8, "Did you mean 'text'"),
    ('text: "Remove {{ name }} from {{ account }}."', 'text: ""', 8, "no text"),
    ("/{{ account_id }}/", "/{{ name }}/", 10, "there is no 'name' here"),
    ("https://somewhere.example/{{", "https://{{ account_id }}.example/{{", 10, "no https page"),
    ("https://somewhere.example/{{", "https://x@somewhere.example/{{", 10, "no https page"),
    ("/people", "/people or so", 10, "no https page"),
]


def write(folder: Path, text: str, name: str = "somewhere") -> Path:
    """Write ``text`` beside the smallest default file; return the folder."""
    (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    (folder / "default.yaml").write_text("platform: default\nsteps: {}\n", encoding="utf-8")
    return folder


@pytest.mark.parametrize(("right", "wrong", "line", "said"), MISTAKES)
def test_every_mistake_names_file_line_and_mend(
    tmp_path: Path, right: str, wrong: str, line: int, said: str
) -> None:
    """A mistake is refused with the file, its line and what to do."""
    assert right in WHOLE
    with pytest.raises(DocumentError, match=re.escape(said)) as caught:
        load_removal_steps(write(tmp_path, WHOLE.replace(right, wrong, 1)))
    assert caught.value.path.endswith("somewhere.yaml")
    assert caught.value.line == line


def test_a_whole_file_is_read(tmp_path: Path) -> None:
    """Phase, condition, text and link arrive; the link takes an id, the text takes names."""
    (step,) = load_removal_steps(write(tmp_path, WHOLE)).steps("somewhere", "direct")
    assert (step.phase, step.when) == ("remove", {"last_admin"})
    assert (
        step.fill({"name": "Bo Fox", "account": "@RiversideHealth"}) == "Remove Bo Fox from @RiversideHealth."
    )
    assert step.link({"account_id": "42"}) == "https://somewhere.example/42/people"


def test_two_files_of_one_platform_are_refused(tmp_path: Path) -> None:
    """Which of the two would count nobody could say."""
    with pytest.raises(RuleError, match="told of twice"):
        load_removal_steps(write(write(tmp_path, WHOLE), WHOLE, "zweites"))


def test_without_default_steps_nothing_loads(tmp_path: Path) -> None:
    """A platform nobody wrote a file for must not be left without any step."""
    (tmp_path / "somewhere.yaml").write_text(WHOLE, encoding="utf-8")
    with pytest.raises(RuleError, match="no default steps"):
        load_removal_steps(tmp_path)


@pytest.mark.parametrize("platform", [*PLATFORM_NAMES, "mastodon"])
@pytest.mark.parametrize("way", [*GrantPath, "member", "machine", "shared", "invitation", "app"])
def test_every_way_in_has_a_step_that_ends_it(platform: str, way: str) -> None:
    """On every platform, also on one nobody has written of, each kind of access has its removal."""
    steps = removal_steps().steps(platform, way)
    assert "remove" in {step.phase for step in steps}
    assert [step.phase for step in steps] == sorted((s.phase for s in steps), key=PHASES.index)


@pytest.mark.parametrize("platform", PLATFORM_NAMES)
def test_a_removal_step_always_has_a_page(platform: str) -> None:
    """Where no id is known the platform's general settings page is named."""
    steps = [
        step for way in SUBJECTS for step in removal_steps().steps(platform, way) if step.phase == "remove"
    ]
    assert all((step.link({}) or "").startswith("https://") for step in steps)


def every_link() -> list[StepTemplate]:
    """Return the steps that come along and have links."""
    catalogue = removal_steps()
    return [
        step
        for platform in catalogue.platforms
        for way in SUBJECTS
        for step in catalogue.steps(platform, way)
        if step.links
    ]


@given(
    step=st.sampled_from(every_link()),
    ids=st.fixed_dictionaries(
        {
            name: st.one_of(
                st.none(),
                st.text(),
                st.from_regex(form, fullmatch=True),
                st.sampled_from(
                    [
                        "1/../../evil",
                        "1?x=y",
                        "1#",
                        "1\n",
                        "@evil.example",
                        "..",
                        "\uff11\uff12",
                        "%2e%2e",
                        "a b",
                    ]
                ),
            )
            for name, form in ID_FORMS.items()
        }
    ),
)
def test_no_id_bends_a_link(step: StepTemplate, ids: dict[str, str | None]) -> None:
    """Whatever a platform sends for an id, the link is one that the file wrote, holding ids of exact form only."""
    link = step.link(ids)
    patterns = [
        re.sub(r"\\\{\\\{\\ (\w+)\\ \\\}\\\}", lambda hole: ID_FORMS[hole[1]].pattern, re.escape(written))
        for written in step.links
    ]
    assert link == step.general or any(re.fullmatch(pattern, link or "") for pattern in patterns)
    if link is not None:
        hosts = {urlsplit(written).netloc for written in (*step.links, step.general or step.links[0])}
        assert urlsplit(link).netloc in hosts
        assert urlsplit(link).scheme == "https"
