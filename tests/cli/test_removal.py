"""``auditor removal`` over an audited organisation."""

from __future__ import annotations

from tests.cli.support_cli import Bench


def test_the_list_names_whom_to_remove_and_why(audited: Bench) -> None:
    """Leavers and unlisted apps are listed, the most urgent first, with the first thing to do."""
    listed = audited("removal", "--format", "json").json["removals"]
    assert listed[0]["name"] == "Bo Fox"
    assert [plan["rank"] for plan in listed] == list(range(1, len(listed) + 1))
    assert any("left on" in reason for reason in listed[0]["reasons"])
    table = audited("removal").out
    assert table.splitlines()[1].startswith("Bo Fox\tperson\tBo Fox left on 31 Oct 2026")
    assert "Remove today" in table


def test_a_plan_is_printed_whole_as_a_checklist(audited: Bench) -> None:
    """What could not be ruled out, numbered steps with boxes, links and who can do it."""
    said = audited("removal", "bo.fox@riverside.example").out
    assert "What could not be ruled out" in said
    assert "  1. [ ] Signed in as @RiversideHealth" in said
    assert "https://x.com/settings/delegate" in said
    assert "Can do it: Dana Cole" in said
    assert said.index("\nRemove\n") < said.index("\nAfter\n") < said.index("\nWhy\n")


def test_a_recovery_address_of_a_leaver_comes_first(audited: Bench) -> None:
    """Bo's own mailbox receives the resets of the account, so that is changed before anything."""
    plan = audited("removal", "0007", "--format", "json").json
    assert {"kind": "recovery", "is_certain": True}.items() <= plan["consequences"][0].items()
    assert plan["steps"][0]["phase"] == "before"
    assert plan["steps"][0]["url"] == "https://x.com/settings/email"


def test_an_offboarding_is_planned_ahead_of_time(audited: Bench) -> None:
    """Nobody's finding calls for Dana to go, yet her plan says that she is the last admin."""
    plan = audited("removal", "Dana Cole", "--format", "json").json
    assert plan["rank"] == 0
    assert {one["kind"] for one in plan["consequences"] if one["is_certain"]} & {"last_admin", "orphaned"}
    assert "no finding calls for it" in audited("removal", "Dana Cole").out


def test_an_unknown_name_is_wrong_usage(audited: Bench) -> None:
    """Nobody is guessed at: the call ends with 2 and says where to look."""
    done = audited("removal", "nobody.at.all")
    assert done.code == 2
    assert "auditor removal, without a name" in done.err
