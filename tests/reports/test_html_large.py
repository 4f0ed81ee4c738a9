"""The split report: nothing lost or doubled, every link leads somewhere, no page too large, nothing stale."""

from __future__ import annotations

import base64
import hashlib
import itertools
import json
import re
import stat
import tempfile
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.errors import AuditorError
from auditor.model.finding import Verdict
from reports.html import HtmlFormat, write_split
from reports.large import book
from reports.large.people import STEPS
from reports.large.size import SPLIT_ABOVE, is_large, lines_of
from reports.names import anchor
from reports.removal import Breakage, Consequence, Phase, RemovalPlan, RemovalStep
from reports.review import AccessReview, ReviewFinding
from reports.text import clean
from tests.reports.support_hostile import HOSTILE, bare, poisoned
from tests.reports.support_html import ReadPage, read
from tests.reports.support_large import large_review
from tests.reports.support_review import sample_review

HIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]"
)
FINDING = re.compile(r'id="(finding-[0-9a-f]{12})"')


def pages_in(folder: Path) -> dict[str, str]:
    """Return every page of a report by its path below ``folder``."""
    return {
        path.relative_to(folder).as_posix(): path.read_text("utf-8")
        for path in sorted(folder.rglob("*.html"))
    }


@pytest.fixture(scope="module")
def review() -> AccessReview:
    """Return a review large enough to be split."""
    return large_review(4_000, accounts=40, people=120, rules=9)


@pytest.fixture(scope="module")
def folder(review: AccessReview, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return where its report stands, in small pages so that every book has several."""
    out = tmp_path_factory.mktemp("split")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(book, "FILL", 30_000)
        HtmlFormat().write(review, out)
    return out


@pytest.fixture(scope="module")
def pages(folder: Path) -> dict[str, ReadPage]:
    """Return its pages, parsed."""
    return {name: read(text) for name, text in pages_in(folder).items()}


def _anchors(findings: Iterable[ReviewFinding]) -> Counter[str]:
    return Counter(anchor("finding", finding.fingerprint) for finding in findings)


def _found(texts: dict[str, str], *kinds: str) -> Counter[str]:
    return Counter(
        found
        for name, text in texts.items()
        if Path(name).name.startswith(kinds)
        for found in FINDING.findall(text)
    )


def test_the_demo_sized_report_stays_one_page(tmp_path: Path) -> None:
    """A report of ordinary size is one file and no folder."""
    assert lines_of(sample_review()) < SPLIT_ABOVE
    assert HtmlFormat().write(sample_review(), tmp_path) == [tmp_path / "access-review.html"]
    assert [path.name for path in tmp_path.iterdir()] == ["access-review.html"]


def test_every_link_leads_somewhere(pages: dict[str, ReadPage]) -> None:
    """Each address names a page of the report and, where it has a fragment, an id on it."""
    ids = {name: set(page.ids) for name, page in pages.items()}
    links = {
        (name, element.attributes["href"])
        for name, page in pages.items()
        for element in page.all("a")
        if not element.attributes["href"].startswith("https://")
    }
    assert len(links) > 5_000
    for name, address in links:
        file, _hash, fragment = address.partition("#")
        target = _resolved(name, file)
        assert target in pages, (name, address)
        assert not fragment or fragment in ids[target], (name, address)


def _resolved(name: str, file: str) -> str:
    if not file:
        return name
    here = Path(name).parent
    return (here.parent / file[3:]).as_posix() if file.startswith("../") else (here / file).as_posix()


def test_the_search_of_the_index_leads_somewhere(pages: dict[str, ReadPage], review: AccessReview) -> None:
    """Every rule, account and person is among the index's names, each with an address that exists."""
    data = next(
        e.text for e in pages["access-review.html"].all("script") if e.attributes.get("id") == "names"
    )
    kinds = json.loads(data)
    assert {kind: len(rows) for kind, rows in kinds.items()} == {
        "Rule": 9, "Account": 40, "Person": 120, "Matched to nobody": len(review.unmatched), "App": 7,
    }  # fmt: skip
    for rows in kinds.values():
        for _name, address in rows:
            file, _hash, fragment = address.partition("#")
            page = pages[f"access-review/{file}"]
            assert not fragment or fragment in page.ids


def test_pages_are_well_formed_and_self_contained(pages: dict[str, ReadPage]) -> None:
    """Ids are unique, headings skip no level, tables have captions, nothing is fetched, one h1 and one main."""
    for name, page in pages.items():
        assert len(page.ids) == len(set(page.ids)), name
        levels = [int(e.tag[1]) for e in page.elements if re.fullmatch(r"h[1-6]", e.tag)]
        assert levels[0] == 1
        assert levels.count(1) == 1, name
        assert all(after <= before + 1 for before, after in itertools.pairwise(levels)), (
            name,
            levels,
        )
        assert len(page.all("main")) == 1
        assert len(page.all("caption")) == len(page.all("table"))
        assert not {"img", "iframe", "link", "object", "embed", "base"} & {e.tag for e in page.elements}
        for element in page.elements:
            assert not [key for key in element.attributes if key.startswith("on") or key in {"src", "style"}]


def test_the_policy_allows_exactly_what_the_page_has(pages: dict[str, ReadPage]) -> None:
    """On each page style and script have the hashes that its policy names, and nothing else may load."""
    for page in pages.values():
        policy = next(e.attributes["content"] for e in page.all("meta") if "http-equiv" in e.attributes)
        assert policy.startswith("default-src 'none'; ")
        scripts = [e for e in page.all("script") if "type" not in e.attributes]
        for kind, element in [("style", *page.all("style")), *(("script", one) for one in scripts)]:
            digest = base64.b64encode(hashlib.sha256(element.text.encode()).digest()).decode()
            assert f"{kind}-src 'sha256-{digest}'" in policy


def test_pages_say_where_they_stand(pages: dict[str, ReadPage]) -> None:
    """A book of several pages numbers them, and each leads to the one before and the one after."""
    count = max(
        int(found[1]) for name in pages if (found := re.fullmatch(r"access-review/people-(\d+)\.html", name))
    )
    assert count > 3
    second = pages["access-review/people-2.html"]
    assert f"Page 2 of {count}" in second.all("main")[0].text
    related = {e.attributes["rel"]: e.attributes["href"] for e in second.all("a") if "rel" in e.attributes}
    assert related == {"prev": "people.html", "next": "people-3.html"}


def test_every_grant_stands_at_its_account_and_at_its_holder(folder: Path, review: AccessReview) -> None:
    """Lines of grants on the account pages, and those of people and identities, are as many as the grants."""
    texts = pages_in(folder)
    grants = sum(len(account.holders) for account in review.accounts)

    def lines(kind: str, prefix: tuple[str, ...]) -> int:
        tables = [
            table for name, text in texts.items() if Path(name).name.startswith(prefix)
            for table in re.findall(rf'<table class="lines {kind}".*?</table>', text, re.DOTALL)
        ]  # fmt: skip
        return sum(table.count("<tr data-find>") for table in tables)

    assert lines("holders", ("account-",)) == grants
    assert lines("held", ("people", "principals")) == grants


def test_every_person_account_app_and_gap_has_its_place(
    pages: dict[str, ReadPage], review: AccessReview
) -> None:
    """Each thing of the review has exactly one section or line of its own."""
    seen = Counter(one for page in pages.values() for one in page.ids)
    things = [("person", person.person_id) for person in review.people]
    things += [("principal", principal.principal_id) for principal in review.unmatched]
    things += [("app", app.app_key) for account in review.accounts for app in account.apps]
    things += [("gap", gap.remedy) for gap in review.gaps]
    assert {seen[anchor(*thing)] for thing in things} == {1}
    for account in review.accounts:
        assert f"access-review/{anchor('account', account.account_id)}.html" in pages


@settings(max_examples=12, deadline=None)
@given(
    places=st.lists(st.tuples(st.integers(0, 9), st.integers(0, 40), st.booleans()), max_size=60),
    fill=st.integers(1_000, 20_000),
)
def test_splitting_loses_and_doubles_nothing(places: list[tuple[int, int, bool]], fill: int) -> None:
    """Whatever accounts and rules findings are at, the pages by account and those by rule hold each exactly once."""
    sample = sample_review()
    accounts = [*(account.account_id for account in sample.accounts), None, "x:not-read"]
    model = sample.findings[0]
    findings = tuple(
        replace(
            model,
            fingerprint=f"{number}",
            account_id=accounts[where],
            rule=f"rule-{rule}",
            verdict=Verdict.UNKNOWN if unknown else Verdict.FAIL,
            remedy="Ask." if unknown else "",
        )
        for number, (where, rule, unknown) in enumerate(places)
    )
    with tempfile.TemporaryDirectory() as out, pytest.MonkeyPatch.context() as patch:
        patch.setattr(book, "FILL", fill)
        write_split(replace(sample, findings=findings), Path(out))
        texts = pages_in(Path(out))
    assert _found(texts, "account-", "elsewhere") == _anchors(findings)
    assert _found(texts, "rule-") == _anchors(findings)


def test_findings_stand_riskiest_first(folder: Path, review: AccessReview) -> None:
    """On the pages of a rule, in their order, no score rises."""
    rule = review.rules[0].rule
    stem = anchor("rule", rule)
    numbers = range(1, 100)
    names = [folder / "access-review" / book.page_name(stem, number) for number in numbers]
    text = "".join(path.read_text("utf-8") for path in names if path.exists())
    fails = text.partition("not decided</h2>")[0]
    scores = [int(score) for score in re.findall(r"<summary>Risk (\d+)</summary>", fails)]
    assert len(scores) > 100
    assert scores == sorted(scores, reverse=True)


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> list[ReadPage]:
    """Return the pages of the harmless sample, split."""
    out = tmp_path_factory.mktemp("plain")
    write_split(sample_review(), out)
    return [read(text) for text in pages_in(out).values()]


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_texts_do_no_harm_on_any_page(kind: str, plain: list[ReadPage], tmp_path: Path) -> None:
    """With the text in every field no page has a new element or attribute, a control, or a broken link."""
    write_split(poisoned(sample_review(), HOSTILE[kind]), tmp_path)
    bad = pages_in(tmp_path)
    tags = {e.tag for page in plain for e in page.elements}
    attributes = {name for page in plain for e in page.elements for name in e.attributes}
    parsed = {name: read(text) for name, text in bad.items()}
    for name, page in parsed.items():
        assert not HIDDEN.search(bad[name].replace("\n", "")), name
        assert {e.tag for e in page.elements} <= tags
        assert {key for e in page.elements for key in e.attributes} <= attributes
        assert len(page.ids) == len(set(page.ids))
        for link in page.all("a"):
            file, _hash, fragment = link.attributes["href"].partition("#")
            if not file.startswith("https:"):
                target = parsed[_resolved(name, file)]
                assert not fragment or fragment in target.ids, (name, link.attributes["href"])
    assert clean(HOSTILE[kind])[:40] in parsed["access-review.html"].all("main")[0].text


def test_a_long_text_is_kept_in_full_once(tmp_path: Path) -> None:
    """Ten thousand letters are cut where they stand and reachable in full on a page of texts."""
    write_split(poisoned(sample_review(), HOSTILE["long"]), tmp_path)
    texts = [text for name, text in pages_in(tmp_path).items() if "/texts" in name]
    assert sum(text.count(HOSTILE["long"] + "Priya Raman<") for text in texts) == 1


def test_a_review_with_nothing_optional_is_written(tmp_path: Path) -> None:
    """With everything missing that may be missing, the pages stand and mark what is not known."""
    write_split(bare(sample_review()), tmp_path)
    texts = pages_in(tmp_path)
    assert all(read(text).all("h1") for text in texts.values())
    account = next(text for name, text in texts.items() if "/account-" in name)
    assert "unknown-word" in account


def test_plans_of_removal_have_a_page(tmp_path: Path) -> None:
    """A plan stands with its consequences and steps; an overlong one says how much is left out."""
    step = RemovalStep(
        phase=Phase.REMOVE, text="Take the delegate out", url="https://social.example/settings"
    )
    breaks = Consequence(kind=Breakage.LAST_ADMIN, account_id="x:2244", text="Nobody would be left")
    plan = RemovalPlan(subject_type="person", subject_id="hr:100512", name="Bo Fox", consequences=(breaks,),
                       steps=(step,) * (STEPS + 7))  # fmt: skip
    write_split(replace(sample_review(), removals=(plan,)), tmp_path)
    pages = pages_in(tmp_path)
    text = pages["access-review/removals.html"]
    assert text.count("Take the delegate out") == STEPS
    assert "Nobody would be left" in text
    assert "7 further lines of this plan" in text
    assert "access-review/removals.html" in pages["access-review.html"]
    assert anchor("person", "hr:100512") in text


def test_pages_of_an_earlier_run_do_not_survive(tmp_path: Path) -> None:
    """A second report has its own pages alone; a small one has none; a stranger's file stays."""
    first = large_review(400, accounts=9, people=20, rules=5)
    write_split(first, tmp_path)
    note = tmp_path / "access-review" / "note.txt"
    note.write_text("mine")
    write_split(replace(first, accounts=first.accounts[:3], findings=first.findings[:3]), tmp_path)
    names = {path.name for path in note.parent.iterdir()}
    assert len([name for name in names if name.startswith("account-")]) == 3
    assert note.read_text() == "mine"
    HtmlFormat().write(sample_review(), tmp_path)
    assert [path.name for path in note.parent.iterdir()] == ["note.txt"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["access-review", "access-review.html"]


def test_a_report_that_fails_leaves_the_one_before_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page over the limit is an error; index and pages of the run before stand unchanged, and nothing else."""
    small = large_review(300, accounts=4, people=20, rules=5)
    write_split(small, tmp_path)
    before = pages_in(tmp_path)
    monkeypatch.setattr(book, "LIMIT", 50_000)
    with pytest.raises(AuditorError, match="larger than 2 MB"):
        write_split(large_review(2_000, accounts=4, people=20, rules=5), tmp_path)
    assert pages_in(tmp_path) == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["access-review", "access-review.html"]


def test_a_file_in_the_folders_place_is_named(tmp_path: Path) -> None:
    """Where something else has the folder's name, the error says so and nothing is touched."""
    (tmp_path / "access-review").write_text("mine")
    with pytest.raises(AuditorError, match="not a folder"):
        write_split(sample_review(), tmp_path)
    assert (tmp_path / "access-review").read_text() == "mine"


def test_only_the_owner_can_read_it(folder: Path) -> None:
    """Folder and pages are closed to others."""
    assert stat.S_IMODE((folder / "access-review").stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.rglob("*.html")} == {0o600}


def test_a_hundred_thousand_lines_are_large() -> None:
    """The size is told from findings, grants, apps and answers together."""
    sample = sample_review()
    assert not is_large(sample)
    assert is_large(replace(sample, findings=sample.findings * (SPLIT_ABOVE // len(sample.findings))))
