"""Which reports are written for whom, into which folders, and who may be mailed one."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.app.audit import present_owners
from auditor.app.progress import Silent
from auditor.app.reporting import Wanted, Written, check_wanted, folder_name, write_reports
from auditor.app.workspace import Workspace
from auditor.config import load_config
from auditor.errors import AuditorError, UsageError
from auditor.model.estate import PersonStatus
from reports.narrow import owners
from reports.review import AccessReview, Reader
from tests.reports.support_review import sample_review


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """Return a workspace whose configuration wants the full report and the owners' as CSV and HTML."""
    path = tmp_path / "auditor.yaml"
    path.write_text(
        "organization: {name: Riverside Health, timezone: America/Chicago}\n"
        "reports: {out: out, formats: [html, csv], readers: [full, owners]}\n",
        encoding="utf-8",
    )
    return Workspace(load_config(path))


def written(workspace: Workspace, wanted: Wanted | None = None) -> dict[tuple[Reader, str | None], Written]:
    """Write the sample; return what was written by its reader and whom it is about."""
    done = write_reports(workspace, sample_review(), Silent(), wanted=wanted)
    return {(one.review.reader, one.review.about): one for one in done}


def test_the_configuration_says_for_whom(workspace: Workspace, tmp_path: Path) -> None:
    """The full report lies in the folder, each owner's in a folder of its own below it, nothing else."""
    done = written(workspace)
    review = sample_review()
    assert set(done) == {(Reader.FULL, None), *((Reader.OWNER, one) for one in owners(review))}
    assert done[Reader.FULL, None].files[0] == tmp_path / "out" / "access-review.html"
    for address in owners(review):
        own = done[Reader.OWNER, address]
        assert {path.parent for path in own.files} == {tmp_path / "out" / "owners" / folder_name(address)}
        assert [path.name for path in own.files] == ["access-review.html"], (
            "programs' formats are not for them"
        )
        assert all(path.is_file() for path in own.files)


def test_documents_alone_have_a_form_for_the_executive_and_the_auditor(workspace: Workspace) -> None:
    """No table is written twice for a reader that only changes the text."""
    done = written(workspace, Wanted(formats=("html", "csv"), readers=("executive", "method")))
    names = {path.name for one in done.values() for path in one.files}
    assert names == {"executive.html", "method.html"}


def test_one_owner_or_one_person_is_written_alone(workspace: Workspace) -> None:
    """Asked for one, nothing else is written, whatever the configuration wants."""
    review = sample_review()
    address = owners(review)[0]
    assert set(written(workspace, Wanted(owner=address.upper()))) == {(Reader.OWNER, address)}
    person = review.people[0]
    done = written(workspace, Wanted(person=person.name))
    assert set(done) == {(Reader.PERSON, person.person_id)}
    assert done[Reader.PERSON, person.person_id].files[0].name == "person.html"


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        (Wanted(formats=("htm",)), "Did you mean 'html'"),
        (Wanted(readers=("board",)), "There are: full, executive, owners, method"),
        (Wanted(formats=("csv",), readers=("executive",)), "Add html or pdf"),
    ],
)
def test_words_nobody_knows_are_refused_before_any_work(
    workspace: Workspace, wanted: Wanted, words: str
) -> None:
    """A typing error is told at once, with the right word."""
    with pytest.raises(UsageError) as caught:
        check_wanted(workspace, wanted)
    assert words in f"{caught.value.message} {caught.value.remedy}"


def test_an_address_that_answers_for_nothing_names_those_that_do(workspace: Workspace) -> None:
    """The error lists the owners there are."""
    with pytest.raises(UsageError, match=r"answers for no account") as caught:
        written(workspace, Wanted(owner="nobody@riverside.example"))
    assert owners(sample_review())[0] in caught.value.remedy


def test_a_report_of_many_pages_is_not_attached_in_part() -> None:
    """An index without its pages would be full of dead links; the PDF is whole."""
    review = sample_review()
    pages = (Path("access-review.html"), Path("access-review/account-1.html"), Path("access-review.pdf"))
    assert Written(review, pages).attachable == (Path("access-review.pdf"),)
    assert Written(review, (Path("access-review.html"), Path("findings.csv"))).attachable == (
        Path("access-review.html"),
    )


def test_nobody_who_has_left_is_mailed_a_report() -> None:
    """A leaver still named as owner is left out; an address the roster does not know is kept."""
    review = sample_review()

    def with_status(status: PersonStatus | None) -> AccessReview:
        return replace(review, accounts=tuple(replace(a, owner_status=status) for a in review.accounts))

    left = with_status(PersonStatus.TERMINATED)
    assert present_owners(left) == ()
    spaced = tuple(
        replace(a, owner_email=f" {a.owner_email} " if a.owner_email else None) for a in left.accounts
    )
    assert present_owners(replace(left, accounts=spaced)) == (), "however the address is written"
    assert present_owners(with_status(None)) == owners(review) != ()


@given(st.text(max_size=80), st.text(max_size=80))
def test_folders_are_harmless_and_one_for_each(one: str, other: str) -> None:
    """Whatever an address holds, its folder's name is a plain word, and two addresses share none."""
    names = [folder_name(text) for text in (one, other)]
    assert all(name.replace("-", "").isalnum() and name.isascii() and len(name) <= 47 for name in names)
    assert (names[0] == names[1]) == (one.casefold() == other.casefold())


def test_a_machine_without_pango_is_told_before_any_work(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PDF asked for where it cannot be drawn names the packages; the other formats go on."""

    def refuse() -> None:
        raise AuditorError("the system libraries that draw a PDF are missing.", remedy="Install libpango.")

    monkeypatch.setattr("reports.pdf._library", refuse)
    check_wanted(workspace, Wanted(formats=("html", "xlsx")))
    with pytest.raises(AuditorError, match="libraries that draw a PDF"):
        check_wanted(workspace, Wanted(formats=("html", "pdf")))
