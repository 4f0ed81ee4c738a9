"""What stops with somebody: apps they let in, machines and suites that work in their name, tokens."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from auditor.app.removal_index import RemovalIndex, folded
from auditor.app.removal_subjects import APP, PERSON, Subject
from auditor.app.removal_words import called, cell_reason, cleaned
from auditor.model.estate import FactKind, GrantPath, PrincipalKind
from reports import names
from reports.removal import Breakage, Consequence
from reports.review import ConnectedApp
from reports.text import listed, plural

_SHOWN = 5


def depending(index: RemovalIndex, subject: Subject) -> Iterator[Consequence]:
    """Yield what stops, or may stop, once ``subject`` is removed."""
    if subject.type == APP:
        yield from _apps_own(subject, index)
    else:
        yield from _let_in(index, subject)
        yield from _not_known(index, subject)
        yield from _machines(index, subject)
        yield from _tokens(index, subject)
    yield from _through(index, subject)


def identifiers(index: RemovalIndex, subject: Subject) -> tuple[frozenset[str], frozenset[str]]:
    """Return what names the subject exactly (ids, addresses, handles), and what may (bare names)."""
    exact: set[str | None] = {subject.id}
    bare: set[str | None] = {subject.name}
    person = index.people.get(subject.id) if subject.type == PERSON else None
    if person:
        exact.add(person.work_email)
    held = (index.by_person if subject.type == PERSON else index.by_principal).get(subject.id, [])
    for holder in held:
        exact |= {holder.principal_id, holder.principal_email, holder.principal_handle}
        exact.add(holder.principal_id.partition(":")[2])
        bare |= {holder.principal_name, holder.person_name}
    known = frozenset(folded(text) for text in exact if text)
    return known - {""}, frozenset(folded(text) for text in bare if text) - known - {""}


def _let_in(index: RemovalIndex, subject: Subject) -> Iterator[Consequence]:
    exact, bare = identifiers(index, subject)
    for words, is_certain in ((exact, True), (bare, False)):
        for word in sorted(words):
            for app in index.apps_by_approver.get(word, ()):
                account = index.accounts[app.account_id]
                doubt = "" if is_certain else " Only the name says so; it could be a namesake."
                yield Consequence(
                    kind=Breakage.DIES_WITH_IT,
                    account_id=app.account_id,
                    text=f"{cleaned(names.app(app))} was let in to {called(account)} by {cleaned(subject.name)}:"
                    f" what it posts, answers or reads in their name stops.{doubt}",
                    is_certain=is_certain,
                )


def _not_known(index: RemovalIndex, subject: Subject) -> Iterator[Consequence]:
    """Yield one consequence an account of which it is not known who let the apps in, or which there are."""
    if subject.kinds <= {PrincipalKind.SHARED, PrincipalKind.SERVICE} and subject.kinds:
        return
    for account_id in dict.fromkeys(holder.account_id for holder in subject.grants):
        account = index.accounts[account_id]
        unsigned = [app for app in account.apps if not app.approved_by and not app.first_party]
        if unsigned:
            shown = listed(_named(unsigned))
            text = f"Who connected {shown} to {called(account)} is not known: what was let in in their name stops."
            told = (
                "Ask them, or have the apps attested with the column approved_by ('auditor attest new apps')."
            )
            yield _maybe(account_id, f"{text} {told}")
        cell = index.coverage(account_id, FactKind.APPS)
        if not unsigned and (cell is None or not cell.state.is_known):
            text = (
                f"Which apps are connected to {called(account)} is not known; one could work in their name."
            )
            yield _maybe(account_id, f"{text} {cell_reason(cell, 'the connected apps')}")


def _machines(index: RemovalIndex, subject: Subject) -> Iterator[Consequence]:
    for holder in subject.grants:
        place = called(index.accounts[holder.account_id])
        if holder.principal_kind is PrincipalKind.SERVICE:
            text = f"The tokens of {cleaned(holder.principal_name)} stop on {place}, and every tool that works with them."
        elif holder.principal_kind is PrincipalKind.SHARED:
            text = f"Everybody and every tool signed in to {place} with {cleaned(holder.principal_name)} is signed out."
        else:
            continue
        yield Consequence(kind=Breakage.DIES_WITH_IT, account_id=holder.account_id, text=text)


def _through(index: RemovalIndex, subject: Subject) -> Iterator[Consequence]:
    """Yield where others come in through what is removed: an agency's people, a suite's."""
    ways = {subject.id} if subject.type == APP else {holder.principal_id for holder in subject.grants}
    through: dict[str, list[str]] = {}
    for way in sorted(ways):
        for holder in index.by_way.get(way, ()):
            is_through = holder.via in (GrantPath.AGENCY, GrantPath.SUITE)
            if is_through and holder.grant_id not in subject.grant_ids:
                through.setdefault(holder.account_id, []).append(holder.person_name or holder.principal_name)
    for account_id, people in through.items():
        who = listed([cleaned(name) for name in people[:_SHOWN]])
        more = f" and {len(people) - _SHOWN} more" if len(people) > _SHOWN else ""
        place = called(index.accounts[account_id])
        text = f"{who}{more} come in to {place} through {cleaned(subject.name)} and lose access with it."
        yield Consequence(kind=Breakage.DIES_WITH_IT, account_id=account_id, text=text)


def _tokens(index: RemovalIndex, subject: Subject) -> Iterator[Consequence]:
    """Yield the tokens that findings speak of and that bear the identity's number."""
    natives = {holder.principal_id.partition(":")[2] for holder in subject.grants} - {""}
    for token_id, finding in index.token_findings.items():
        if natives & set(token_id.replace("/", ":").split(":")[1:]):
            text = f"The token {cleaned(token_id)} was issued to {cleaned(subject.name)}, and ends with them."
            yield Consequence(kind=Breakage.DIES_WITH_IT, account_id=finding.account_id, text=text)


def _apps_own(subject: Subject, index: RemovalIndex) -> Iterator[Consequence]:
    for account_id in dict.fromkeys(app.account_id for app in subject.apps):
        used = [app.last_used_at for app in subject.apps if app.account_id == account_id and app.last_used_at]
        place = called(index.accounts[account_id])
        text = f"Whatever runs through {cleaned(subject.name)} on {place} stops: scheduled posts, replies, reports."
        if not used:
            text += " When it was last used is not known; ask who works with it."
        yield Consequence(kind=Breakage.DIES_WITH_IT, account_id=account_id, text=text, is_certain=bool(used))


def _named(apps: Iterable[ConnectedApp]) -> list[str]:
    found = list(dict.fromkeys(cleaned(names.app(app)) for app in apps))
    more = len(found) - _SHOWN
    return [*found[:_SHOWN], plural(more, "other app")] if more > 0 else found


def _maybe(account_id: str, text: str) -> Consequence:
    return Consequence(kind=Breakage.DIES_WITH_IT, account_id=account_id, text=text, is_certain=False)


def apps_let_in(index: RemovalIndex, subject: Subject) -> dict[str, str]:
    """Return account id to the names of the apps there that the subject let in, for a step's text."""
    exact, bare = identifiers(index, subject)
    found: dict[str, list[ConnectedApp]] = {}
    for word in sorted(exact | bare):
        for app in index.apps_by_approver.get(word, ()):
            found.setdefault(app.account_id, []).append(app)
    return {account_id: listed(_named(apps)) for account_id, apps in found.items()}
