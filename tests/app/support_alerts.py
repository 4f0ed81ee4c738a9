"""A small house for alerts: a configuration, a store that is real, a clock that is set by hand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from sqlalchemy import select

from auditor.app.alerts import Raised, raise_alerts
from auditor.app.removal import plans
from auditor.app.workspace import Workspace
from auditor.config import load_config
from auditor.model.estate import PersonStatus
from auditor.model.event import Event, EventKind
from auditor.model.facts import Fact
from auditor.model.finding import Severity
from auditor.model.people import Person
from auditor.store.schema import outbox
from auditor.store.store import Store
from reports.review import AccessReview, ReviewAccount, ReviewFinding
from tests.app.support_removal import account, finding, holder, review
from tests.store.support_store import ORGANIZATION, findings_frame, results_frame, snapshot

NOON = datetime(2026, 11, 20, 18, tzinfo=UTC)
"""Noon in Chicago, on a Friday."""
REPORTS = """\
reports:
  recipients: [privacy@riverside.example]
  mail: {smtp: "smtp://127.0.0.1:9", sender: auditor@riverside.example}
"""


@dataclass
class House:
    """One organisation's workspace and store, at a time that a test moves on."""

    folder: Path
    config: str = REPORTS
    domains: str = ""
    """Aliases of mail domains, as the organisation's section writes them."""
    now: datetime = NOON
    review: AccessReview | None = None
    opened: list[Store] = field(default_factory=list)

    def workspace(self) -> Workspace:
        """Return the workspace of the configuration as it is now."""
        path = self.folder / "auditor.yaml"
        head = f"organization: {{name: {ORGANIZATION}, timezone: America/Chicago{self.domains}}}\n"
        path.write_text(head + self.config, encoding="utf-8")
        return Workspace(load_config(path), clock=lambda: self.now)

    def store(self) -> Store:
        """Return the store, opened anew as another process would."""
        url = f"sqlite:///{self.folder / 'auditor.db'}"
        self.opened.append(Store.open(url, organization=ORGANIZATION, clock=lambda: self.now))
        return self.opened[-1]

    def close(self) -> None:
        """Close every store that is open."""
        for store in self.opened:
            store.close()

    def judge(self, seen: AccessReview, facts: Iterable[Fact] = ()) -> AccessReview:
        """Keep a judged snapshot whose review is ``seen``; return it with the snapshot's id."""
        store = self.store()
        info = snapshot(store, facts, at=self.now)
        store.record_judgement(info.id, findings=findings_frame(), rule_results=results_frame(), summary={})
        self.review = replace(seen, snapshot_id=info.id, removals=plans(seen))
        return self.review

    def tell(self, *events: Event) -> Raised:
        """Write events into the journal and raise what comes of them."""
        self.store().events.append(events)
        return self.raise_alerts()

    def raise_alerts(self) -> Raised:
        """Raise, as a process of its own would."""
        return raise_alerts(self.workspace(), self.store(), review=self.review)

    def begin(self) -> None:
        """Let the first look be over, so that what follows is news."""
        store = self.store()
        store.events.append([event(EventKind.FINDING_NOTED, key="begin")])
        raise_alerts(self.workspace(), store, review=self.review)

    def mails(self) -> list[EmailMessage]:
        """Return all mails of the outbox, oldest first."""
        return [_parsed(raw) for channel, raw in self.messages() if channel == "mail"]

    def messages(self) -> list[tuple[str, bytes]]:
        """Return channel and body of all messages of the outbox, oldest first."""
        with self.store()._database.read() as connection:
            found = connection.execute(select(outbox.c.channel, outbox.c.raw).order_by(outbox.c.seq))
            return [(row.channel, bytes(row.raw)) for row in found]

    def told(self) -> dict[str, list[str]]:
        """Return address to the subjects mailed to it."""
        found: dict[str, list[str]] = {}
        for mail in self.mails():
            found.setdefault(str(mail["To"]), []).append(str(mail["Subject"]))
        return found

    def later(self, **length: float) -> None:
        """Move the clock on."""
        self.now += timedelta(**length)


def _parsed(raw: bytes) -> EmailMessage:
    mail = message_from_bytes(raw, policy=policy.default)
    assert isinstance(mail, EmailMessage)
    return mail


def text_of(mail: EmailMessage) -> str:
    """Return the mail's text part."""
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def html_of(mail: EmailMessage) -> str:
    """Return the mail's HTML part."""
    body = mail.get_body(("html",))
    assert body is not None
    return str(body.get_content())


def event(kind: EventKind = EventKind.FINDING_NEW, key: str = "e", **values: object) -> Event:
    """Return an event of now."""
    given: dict[str, object] = {"at": NOON, "message": "Something happened", "severity": Severity.HIGH}
    return Event(key=key, kind=kind, **(given | values))  # type: ignore[arg-type] # what the test names


def event_of(found: ReviewFinding, kind: EventKind = EventKind.FINDING_NEW, key: str = "") -> Event:
    """Return what the journal says of a finding."""
    return event(
        kind,
        key or f"{kind.value}:{found.fingerprint}",
        severity=found.severity,
        message=found.message,
        fingerprint=found.fingerprint,
        platform=found.platform,
        account_id=found.account_id,
        principal_id=found.principal_id,
        person_id=found.person_id,
        subject_id=found.subject_id,
        after={"rule": found.rule},
    )


def leaver(
    *accounts: tuple[str, str | None], who: str = "bo", severity: Severity = Severity.CRITICAL
) -> tuple[tuple[ReviewAccount, ...], tuple[ReviewFinding, ...]]:
    """Return accounts, each an id and its owner's address, on all of which ``who`` holds access after leaving."""
    made, found = [], []
    for account_id, owner in accounts:
        gone = holder(f"g-{who}-{account_id}", who, person_status=PersonStatus.TERMINATED)
        made.append(account(account_id, gone, holder(f"k-{who}-{account_id}", "keeper"), owner_email=owner))
        found.append(
            finding(
                "grant",
                gone.grant_id,
                severity=severity,
                rule="former-staff-access",
                message=f"Person {who} has left and can still act as Account {account_id}",
                remediation="Remove the grant. Then prove it.",
                account_id=account_id,
                platform=account_id.partition(":")[0],
                principal_id=gone.principal_id,
                person_id=who,
            )
        )
    return tuple(made), tuple(found)


def person(person_id: str, status: PersonStatus, *emails: str) -> Person:
    """Return somebody of the roster; the first address is that of work."""
    return Person(
        source="roster",
        observed_at=NOON,
        person_id=person_id,
        name=f"Person {person_id}",
        work_email=emails[0] if emails else None,
        other_emails=emails[1:],
        status=status,
    )


def seen(
    accounts: Sequence[ReviewAccount], findings: Sequence[ReviewFinding] = (), **more: object
) -> AccessReview:
    """Return a review of them."""
    made = review(*accounts, findings=tuple(findings))
    return replace(made, **more)  # type: ignore[arg-type] # what the test names
