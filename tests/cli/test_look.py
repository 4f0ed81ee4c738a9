"""Looking at what an audit left: findings, who, what, identities, evidence, secrets, rules."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from auditor.demo.mailbox import Mailbox
from tests.cli.support_cli import Bench


def test_who_shows_holders_apps_and_what_is_not_known(audited: Bench) -> None:
    """The holders of an account come with their path and with how we know, the gaps with their remedy."""
    found = audited("who", "@riversidehealth", "--format", "json").json
    people = {holder["person"]: holder for holder in found["holders"] if holder["person"]}
    assert people["Bo Fox"]["person_status"] == "terminated"
    assert people["Dana Cole"]["attested_by"] == "lee.ray@riverside.example"
    assert [app["name"] for app in found["apps"]] == ["PostPilot"]
    assert all(gap["remedy"] for gap in found["not_known"])
    table = audited("who", "x:RiversideHealth")
    assert "attested by lee.ray@riverside.example" in table.out


def test_who_says_what_there_is_where_nothing_fits(audited: Bench) -> None:
    """A wrong name is wrong usage and lists the accounts."""
    done = audited("who", "@nobody")
    assert done.code == 2
    assert "x:RiversideHealth" in done.err


def test_what_shows_all_that_a_person_holds(audited: Bench) -> None:
    """A person is found by id, e-mail or name, with grants and findings."""
    for name in ("0007", "BO.FOX@riverside.example", "Bo Fox"):
        found = audited("what", name, "--format", "json").json
        assert found["person"]["left_on"] == "2026-10-31"
        assert [held["role"] for held in found["holds"]] == ["contributor"]
        assert any(finding["rule"] == "former-staff-access" for finding in found["findings"])


def test_findings_are_filtered_and_shown_whole(audited: Bench) -> None:
    """The list narrows by severity, verdict and rule; one finding shows its history and references."""
    listed = audited(
        "findings", "list", "--severity", "critical", "--verdict", "fail", "--format", "json"
    ).json
    assert listed
    assert {(f["severity"], f["verdict"]) for f in listed} == {("critical", "fail")}
    at_x = audited("findings", "list", "--account", "@riversidehealth", "--format", "json").json
    assert {f["account_id"] for f in at_x} == {"x:1001", None}
    holders = audited("who", "@riversidehealth", "--format", "json").json["holders"]
    held_by = {holder[key] for holder in holders for key in ("principal_id", "person_id")}
    of_holders = [f for f in at_x if f["account_id"] is None]
    assert "mfa-every-holder" in {f["rule"] for f in of_holders}
    assert all({f["principal_id"], f["person_id"]} & (held_by - {None}) for f in of_holders)
    for option, slip, near in (
        ("--rule", "former-staf-access", "former-staff-access"),
        ("--platform", "xx", "Did you mean 'x'"),
        ("--account", "x:Riverside", "x:RiversideHealth"),
    ):
        refused = audited("findings", "list", option, slip)
        assert (refused.code, near in refused.err) == (2, True)
    none = audited("findings", "list", "--owner", "nobody@riverside.example")
    assert "No finding is as asked" in none.err
    one = audited(
        "findings", "list", "--rule", "former-staff-access", "--limit", "1", "--format", "json"
    ).json[0]
    shown = audited("findings", "show", one["fingerprint"][:8], "--format", "json").json
    assert shown["fingerprint"] == one["fingerprint"]
    assert [entry["verdict"] for entry in shown["history"]] == ["fail"]
    assert "164.308(a)(3)(ii)(C)" in audited("findings", "show", one["fingerprint"]).out


def test_evidence_is_shown_and_its_hash_checked(audited: Bench) -> None:
    """The raw record behind a fact comes back by its id; an altered one is refused."""
    found = audited("who", "@riversidehealth", "--format", "json").json
    evidence_id = found["apps"][0]["evidence_id"]
    record = audited("evidence", "show", evidence_id)
    assert record.json["id"] == evidence_id
    assert "PostPilot" in record.out
    assert audited("evidence", "show", "0" * 64).code == 1


def test_identities_are_listed_proposed_and_accepted(audited: Bench) -> None:
    """A guess counts only once a named person has accepted it."""
    audited.edit(
        "x,RiversideHealth,Dana Cole,dana.cole@riverside.example,human,admin,yes",
        "x,RiversideHealth,Samuel Poe,,human,admin,yes",
        "delegates.csv",
    )
    audited.edit("roster:", "identities: identities.csv\nroster:")
    assert audited("audit").code == 0
    proposed = audited("identities", "propose", "--format", "json").json
    guess = next(one for one in proposed if one["person_id"] == "0009")
    assert guess["reasons"]
    before = audited("identities", "list", "--format", "json").json
    assert guess["principal_id"] in before["unmatched"]
    accepted = audited(
        "identities", "accept", guess["principal_id"], "0009", "--reviewed-by", "lee.ray@riverside.example"
    )
    assert accepted.code == 0
    after = audited("identities", "list", "--format", "json").json
    match = next(one for one in after["matches"] if one["principal_id"] == guess["principal_id"])
    assert (match["person_id"], match["method"]) == ("0009", "reviewed")
    assert audited("identities", "accept", "x:nobody", "0009", "--reviewed-by", "me").code == 2


def test_nothing_changed_between_a_snapshot_and_itself(audited: Bench) -> None:
    """A snapshot does not differ from itself."""
    assert "Nothing changed." in audited("diff", "latest", "latest").out


def test_secrets_are_listed_without_their_values(audited: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every reference in the file is listed with whether it resolves, never with its value."""
    monkeypatch.setenv("SMTP_PASSWORD", "hunter2-hunter2")
    audited.edit(
        "reports: {",
        'reports: {mail: {smtp: "smtps://a@mail.riverside.example:465", password: env:SMTP_PASSWORD,'
        " sender: auditor@riverside.example}, ",
    )
    done = audited("secrets", "list", "--format", "json")
    assert [(row["reference"], row["resolves"]) for row in done.json] == [("env:SMTP_PASSWORD", True)]
    assert "hunter2" not in done.out + done.err


def test_a_secret_set_from_a_pipe_lands_encrypted_in_the_vault(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a machine without a keyring the vault takes the secret; nothing is in clear on disk."""
    import keyring
    from keyring.backends import fail

    before = keyring.get_keyring()
    keyring.set_keyring(fail.Keyring())
    try:
        bench.edit("organization:", "vault: auditor.vault\norganization:")
        monkeypatch.setenv("AUDITOR_VAULT_PASSPHRASE", "correct horse battery")
        with _piped("piped-secret-1\n"):
            assert bench("secrets", "set", "x-brand").code == 0
        assert "piped-secret-1" not in (bench.folder / "auditor.vault").read_text(encoding="utf-8")
        assert bench("secrets", "delete", "x-brand").code == 0
        assert bench("secrets", "delete", "x-brand").code == 1
    finally:
        keyring.set_keyring(before)


def test_the_report_is_mailed_once_a_recipient_and_not_again(audited: Bench) -> None:
    """--email sends to each recipient; a second call sends nothing, for the mail has gone out."""
    with Mailbox(audited.folder / "mails") as post:
        audited.edit(
            "reports: {",
            f'reports: {{recipients: [a@riverside.example, b@riverside.example], mail: {{smtp: "{post.url}",'
            " sender: auditor@riverside.example}, ",
        )
        first = audited("report", "--email")
        again = audited("report", "--email")
    assert "2 sent" in first.err
    assert "0 sent" in again.err
    assert len(list((audited.folder / "mails").glob("*.eml"))) == 2


def test_mail_that_cannot_go_waits_in_the_outbox(audited: Bench) -> None:
    """A server that is down costs no mail: it waits and the report is there all the same."""
    audited.edit(
        "reports: {",
        'reports: {recipients: [a@riverside.example], mail: {smtp: "smtp://127.0.0.1:9",'
        " sender: auditor@riverside.example}, ",
    )
    done = audited("report", "--email")
    assert done.code == 0
    assert "1 waiting" in done.err


def test_rules_are_shown_without_any_configuration(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The built-in packs can be read before anything is set up."""
    from auditor.cli.app import run

    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("AUDITOR_CONFIG", raising=False)
    assert run(["rules", "list"]) == 0
    assert "former-staff-access" in capsys.readouterr().out
    assert run(["rules", "show", "former-staff-acces"]) == 2
    assert "former-staff-access" in capsys.readouterr().err
    assert run(["rules", "columns", "grants"]) == 0
    assert "person_status" in capsys.readouterr().out


def test_rules_test_fails_where_an_example_comes_out_otherwise(bench: Bench) -> None:
    """A rule file whose example is wrong exits 1 and names rule, expectation and outcome."""
    (bench.folder / "house.yaml").write_text(
        """\
pack: {id: house, title: House rules, version: "1", description: Ours.}
rules:
  - id: no-viewers
    title: Nobody is a mere viewer
    severity: low
    over: grants
    fails_when: level = 'viewer'
    message: "{{ principal_name }} is a viewer"
    examples:
      - {given: {level: viewer}, verdict: pass}
""",
        encoding="utf-8",
    )
    done = bench("rules", "test", str(bench.folder / "house.yaml"))
    assert done.code == 1
    assert "no-viewers" in done.out
    assert "expected pass" in done.out


def test_doctor_names_what_to_mend_and_exits_1(bench: Bench) -> None:
    """A connection whose file is missing is bad with a remedy; the rest is checked all the same."""
    good = bench("doctor", "--format", "json")
    assert {check["state"] for check in good.json} <= {"good", "warning"}
    assert good.code == 0
    (bench.folder / "people.csv").unlink()
    done = bench("doctor", "--format", "json")
    assert done.code == 1
    bad = [check for check in done.json if check["state"] == "bad"]
    assert any("people.csv" in check["message"] for check in bad)


@contextmanager
def _piped(text: str) -> Iterator[None]:
    """Put ``text`` on standard input, as a pipe does."""
    import sys

    reading, writing = os.pipe()
    before = sys.stdin
    with os.fdopen(reading, encoding="utf-8") as source, os.fdopen(writing, "w", encoding="utf-8") as sink:

        def write() -> None:
            sink.write(text)
            sink.close()

        threading.Thread(target=write).start()
        sys.stdin = source
        try:
            yield
        finally:
            sys.stdin = before
