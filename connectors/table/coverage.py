"""How far an attestation reaches: one coverage per account it lists and kind of fact it speaks of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from auditor.model.estate import CoverageState, FactKind
from auditor.model.facts import Coverage
from connectors.base import ConnectionSettings, Context, coverage_for
from connectors.table import words
from connectors.table.columns import TableKind
from connectors.table.names import Names
from connectors.table.rows import Entry, LostRow, Parsed

_SPEAKS_OF: Mapping[TableKind, tuple[FactKind, ...]] = {
    TableKind.GRANTS: (FactKind.GRANTS, FactKind.PRINCIPALS),
    TableKind.PRINCIPALS: (FactKind.PRINCIPALS,),
    TableKind.MFA: (),
    TableKind.APPS: (FactKind.APPS,),
    TableKind.ACCOUNTS: (FactKind.ACCOUNTS,),
}
MAY_SPEAK_OF = (
    FactKind.ACCOUNTS,
    FactKind.GRANTS,
    FactKind.PRINCIPALS,
    FactKind.MFA,
    FactKind.MFA_REQUIRED,
    FactKind.APPS,
    FactKind.RECOVERY,
    FactKind.LAST_USED,
)
"""Every kind of fact that a table of one kind or another can tell."""
_TEMPLATE_FOR = {
    FactKind.ACCOUNTS: "accounts",
    FactKind.MFA: "mfa",
    FactKind.MFA_REQUIRED: "accounts",
    FactKind.APPS: "apps",
    FactKind.RECOVERY: "accounts",
}
_REASONS_SHOWN = 5


@dataclass(slots=True)
class _Share:
    """The part of the table that is about one account."""

    platform: str
    entries: list[Entry] = field(default_factory=list)
    lost: list[LostRow] = field(default_factory=list)

    @property
    def rows(self) -> list[Entry]:
        """Rows that name a holder or an app."""
        return [entry for entry in self.entries if not entry.says_none]


@dataclass(frozen=True, slots=True)
class Reach:
    """Tells the coverage of one table, after its facts have been yielded and its cells noted."""

    parsed: Parsed
    settings: ConnectionSettings
    context: Context
    names: Names
    contradicted: set[str]
    """Accounts where two rows give one holder different MFA."""
    introduced: set[str]
    """Accounts this table alone has made known, so that it has to say of each kind how it stands."""

    def coverage(self) -> Iterator[Coverage]:
        """Yield coverage of every account the table lists."""
        for account_id, share in self._shares().items():
            told = list(self._told(account_id, share))
            yield from told
            if account_id in self.introduced:
                spoken_of = {coverage.fact for coverage in told}
                yield from self._silence(account_id, share, spoken_of)

    def _told(self, account_id: str, share: _Share) -> Iterator[Coverage]:
        troubles = self._troubles(share)
        for fact in _SPEAKS_OF[self.parsed.kind]:
            yield self._say(account_id, share, fact, troubles)
        for fact, gap in self._further(share):
            missing = [gap] if gap else []
            if fact is FactKind.MFA and account_id in self.contradicted:
                missing.append("two rows give one holder different answers about MFA")
            yield self._say(account_id, share, fact, [*missing, *troubles])

    def _silence(self, account_id: str, share: _Share, spoken_of: set[FactKind]) -> Iterator[Coverage]:
        """Yield the kinds of fact the table does not speak of."""
        for fact in MAY_SPEAK_OF:
            if fact not in spoken_of:
                template = _TEMPLATE_FOR.get(fact) or _delegates(share.platform)
                yield from coverage_for(
                    self.settings,
                    account_id,
                    (fact,),
                    CoverageState.NOT_EXPOSED,
                    at=self.context.clock(),
                    reason=f"the table {self.parsed.path.name} does not speak of it",
                    remedy=f"Connect the platform, or attest it: auditor attest new {template}.",
                )

    def _shares(self) -> dict[str, _Share]:
        shares: dict[str, _Share] = {}
        for entry in self.parsed.entries:
            if entry.reference:
                account_id = self.names.account_id(entry.account)
                shares.setdefault(account_id, _Share(entry.platform)).entries.append(entry)
        for lost in self.parsed.lost:
            if lost.account is not None:
                account_id = self.names.account_id(lost.account)
                shares.setdefault(account_id, _Share(lost.account[0])).lost.append(lost)
        for lost in self.parsed.lost:
            if lost.account is None:
                for share in shares.values():
                    share.lost.append(lost)
        return shares

    def _troubles(self, share: _Share) -> list[str]:
        """Return what is wrong with the account's rows, each with file and line."""
        name = self.parsed.path.name
        found = [(lost.line, lost.reason) for lost in share.lost]
        found += [(entry.line, note) for entry in share.entries for note in entry.notes]
        if share.rows:
            found += [
                (entry.line, "it says there is none, but other rows name some")
                for entry in share.entries
                if entry.says_none
            ]
        shown = [f"{name}:{line}: {reason}" for line, reason in sorted(found)[:_REASONS_SHOWN]]
        more = len(found) - len(shown)
        return [*shown, f"and {more} more"] if more > 0 else shown

    def _further(self, share: _Share) -> Iterator[tuple[FactKind, str]]:
        """Yield the kinds of fact the optional cells speak of, and what they leave open."""
        rows, kind = share.rows, self.parsed.kind
        if self.parsed.has_mfa and kind is not TableKind.ACCOUNTS and rows:
            blank = sum(entry.read("mfa", words.yes_or_no) is None for entry in rows)
            yield (
                FactKind.MFA,
                f"{blank} of {len(rows)} holders have neither yes nor no for MFA" if blank else "",
            )
        if self.parsed.has_last_used and kind is TableKind.GRANTS:
            blank = sum(entry.read("last_used_on", words.day_of) is None for entry in rows)
            if blank < len(rows):
                yield (
                    FactKind.LAST_USED,
                    f"{blank} of {len(rows)} holders have no last_used_on" if blank else "",
                )
        if kind is TableKind.ACCOUNTS:
            if any(entry.read("mfa_required", words.mfa_required_of) for entry in rows):
                yield FactKind.MFA_REQUIRED, ""
            if any(entry.read("recovery_email", words.email_of) for entry in rows):
                yield FactKind.RECOVERY, ""

    def _say(self, account_id: str, share: _Share, fact: FactKind, troubles: list[str]) -> Coverage:
        now = self.context.clock()
        attestations = [entry.attestation for entry in share.entries]
        oldest = min(attestations, key=lambda one: one.valid_until, default=None)
        state = CoverageState.PARTIAL if troubles or oldest is None else CoverageState.ATTESTED
        remedy = "Fill in or mend the rows named, then run again." if troubles else ""
        reasons = list(troubles)
        if oldest is not None:
            lapsed = now > oldest.valid_until
            until = f"{'lapsed on' if lapsed else 'valid until'} {oldest.valid_until:%Y-%m-%d}"
            reasons.append(f"attested by {oldest.by} on {oldest.on.isoformat()}, {until}")
            if lapsed:
                state = CoverageState.STALE
                remedy = f"Attest it again: auditor attest new {self._template(share.platform)}."
        return Coverage(
            source=self.settings.id,
            observed_at=min(oldest.observed_at, now) if oldest else now,
            attested_by=oldest.by if oldest else None,
            valid_until=oldest.valid_until if oldest else None,
            account_id=account_id,
            fact=fact,
            state=state,
            reason="; ".join(reasons),
            remedy=remedy,
        )

    def _template(self, platform: str) -> str:
        kind = self.parsed.kind
        return _delegates(platform) if kind in (TableKind.GRANTS, TableKind.PRINCIPALS) else str(kind)


def _delegates(platform: str) -> str:
    return "x-delegates" if platform == "x" else "grants"
