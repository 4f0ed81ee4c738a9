"""``auditor mfa``: seeds in, codes out. A seed is never an argument and never printed; a code, only once asked for."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from auditor.cli.common import COMMON, Common, Format
from auditor.cli.console import put_json, put_line, put_table, say
from auditor.cli.mfa_input import ask_confirmation, check_beforehand, given_seed, no_seed_among, sure
from auditor.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from auditor.app.custody_desk import Desk
    from auditor.app.custody_entry import Entered
    from auditor.app.custody_list import ListedSeed
    from auditor.model.custody import SeedUse

Words = Annotated[str, Parameter(show=False)]
Account = Annotated[str, Parameter(help="A handle, name, URL or id, as 'auditor who' takes it.")]
Qr = Annotated[Path | None, Parameter(help="Picture of the platform's QR code, instead of typing the seed.")]
Code = Annotated[str, Parameter(help="A code that another authenticator shows for this seed now.")]
Unconfirmed = Annotated[str, Parameter(help="Why no code can be given to confirm it; this is kept.")]


def enroll(
    account: Account,
    *words: Words,
    qr: Qr = None,
    code: Code = "",
    unconfirmed: Unconfirmed = "",
    common: Common = COMMON,
) -> None:
    """Take an account's TOTP seed into custody: into the OS keyring, or the vault file where there is none.

    The seed is asked for on the terminal without showing it, or read from a pipe: the otpauth:// address
    of the platform's QR code, or the letters it shows beside it. Never give it as an argument: others on
    this machine can see those. Then a current code is asked for, so that a wrong seed is seen at once.

    Examples: auditor mfa enroll x:RiversideHealth; auditor mfa enroll @RiversideHealth --qr code.png
    """
    from auditor.app.custody_desk import Desk
    from auditor.app.custody_entry import Confirmation
    from auditor.app.custody_entry import enroll as take_in

    no_seed_among(account, *words)
    workspace = common.workspace()
    with workspace.store(create=False) as store:
        desk = Desk(workspace, store)
        found = desk.account(account)
        desk.keeper(found)
        check_beforehand(code, unconfirmed)
        seed = given_seed(found.shown, qr)
        confirmed = ask_confirmation(seed, code, unconfirmed, workspace.clock, may_wait=False)
        entered = take_in(desk, found, seed, confirmed or Confirmation())
        _tell(desk, entered, qr)


def rotate(
    account: Account,
    *words: Words,
    qr: Qr = None,
    code: Code = "",
    unconfirmed: Unconfirmed = "",
    finish: Annotated[bool, Parameter(help="Bring the new seed that waits into force.", negative=())] = False,
    accepted: Annotated[
        bool, Parameter(help="With --finish: the platform took a code given out here.", negative=())
    ] = False,
    common: Common = COMMON,
) -> None:
    """Renew an account's seed. The old one stays in force until a code of the new one is confirmed.

    Have the platform set up a new authenticator app and give its new seed as with enroll. Without a code
    the new seed waits beside the old: take a code with 'auditor mfa code ACCOUNT --new', type it at the
    platform, and once that has taken it run this with --finish --accepted. The trail of both seeds is kept.

    Examples: auditor mfa rotate x:RiversideHealth; auditor mfa rotate x:RiversideHealth --finish --accepted
    """
    from auditor.app import custody_entry as entry
    from auditor.app.custody_desk import Desk

    no_seed_among(account, *words)
    workspace = common.workspace()
    with workspace.store(create=False) as store:
        desk = Desk(workspace, store)
        found = desk.account(account)
        desk.keeper(found)
        if finish:
            given: entry.Confirmation | None = entry.Confirmation(accepted=True)
            if not accepted:
                check_beforehand(code, unconfirmed)
                seed = desk.box.read(desk.awaited(found).seed_id, found.account_id)
                given = ask_confirmation(seed, code, unconfirmed, workspace.clock, may_wait=False)
            entered = entry.finish(desk, found, given or entry.Confirmation())
        else:
            seed = given_seed(found.shown, qr)
            given = ask_confirmation(seed, code, unconfirmed, workspace.clock, may_wait=True)
            entered = entry.rotate(desk, found, seed, given)
        _tell(desk, entered, None if finish else qr)


def code(
    account: Account,
    *,
    reason: Annotated[str, Parameter(help="What it is for; kept with your name and the time.")],
    fresh: Annotated[
        bool, Parameter(help="Wait for the next code, to have its whole time.", negative=())
    ] = False,
    new: Annotated[bool, Parameter(help="Of the new seed that awaits confirmation.", negative=())] = False,
    format: Format = "table",
    common: Common = COMMON,
) -> None:
    """Print an account's code of now, for those the configuration entitles; each use is on record first.

    Who you are is your operating-system user as 'custody: operators:' maps it. A person who is not
    active in the newest roster gets none.

    Examples: auditor mfa code x:RiversideHealth --reason "post the flu clinic hours"; auditor mfa code @RiversideHealth --reason "new phone" --fresh
    """
    from auditor.app.custody_codes import give_code
    from auditor.app.custody_desk import Desk

    no_seed_among(account)
    workspace = common.workspace()
    with workspace.store(create=False) as store:
        desk = Desk(workspace, store)
        found = desk.account(account)
        given = give_code(desk, found, reason, fresh=fresh, waiting=new)
    if given.before is not None:
        say(
            f"This same code was given to {given.before.who} at {given.before.at:%H:%M:%S} UTC. A platform takes"
            " a code once: where it refuses this one, ask again with --fresh."
        )
    if format == "json":
        put_json(
            {
                "account": found.shown,
                "code": given.code,
                "seconds_left": given.seconds_left,
                "expires_at": given.expires_at,
                "seed": given.record.seed_id,
                "given_before": given.before is not None,
            }
        )
        return
    put_line(given.code)
    say(f"{given.seconds_left} seconds left. This use is on record.")


def list_seeds(
    *,
    retired: Annotated[bool, Parameter(help="Also those that are no longer in force.", negative=())] = False,
    format: Format = "table",
    common: Common = COMMON,
) -> None:
    """List the seeds in custody, and the accounts that should have one and have none.

    Age, length in bits and whether that is weak, who may have its codes, who took the last one. Never a seed.

    Example: auditor mfa list --format json
    """
    from auditor.app.custody_desk import Desk
    from auditor.app.custody_list import list_custody

    workspace = common.workspace()
    with workspace.store(create=False) as store:
        listing = list_custody(Desk(workspace, store), retired=retired)
    if format == "json":
        without = [{"account": one.shown, "account_id": one.account_id} for one in listing.without]
        put_json(
            {
                "seeds": [_as_json(listed) for listed in listing.seeds],
                "without": without if listing.accounts_known else None,
            }
        )
        return
    put_table(
        [
            "account",
            "state",
            "age",
            "bits",
            "weak",
            "confirmed",
            "readers",
            "last used",
            "by",
            "uses",
            "kept in",
        ],
        [_as_row(listed) for listed in listing.seeds],
    )
    put_line("")
    if not listing.accounts_known:
        put_line("No snapshot yet, so it is not known which accounts have no seed in custody.")
    elif listing.without:
        put_table(["no seed in custody", "name"], [(one.shown, one.name) for one in listing.without])
    else:
        put_line("Every account that should have a seed in custody has one.")


def uses(account: Account, *, format: Format = "table", common: Common = COMMON) -> None:
    """List every code of an account that was given out: who, when, why, on which machine.

    Example: auditor mfa uses x:RiversideHealth
    """
    from auditor.app.custody_desk import Desk

    workspace = common.workspace()
    with workspace.store(create=False) as store:
        found = Desk(workspace, store).account(account)
        listed: Sequence[SeedUse] = store.custody.uses(found.account_id)
    if format == "json":
        names = ("at", "who", "os_user", "host", "reason", "seed_id")
        put_json([{name: getattr(use, name) for name in names} for use in listed])
        return
    put_table(
        ["at", "who", "user", "machine", "reason"],
        [(use.at, use.who, use.os_user, use.host, use.reason) for use in listed],
    )


def retire(
    account: Account,
    *,
    reason: Annotated[str, Parameter(help="Why; this is kept.")],
    yes: Annotated[bool, Parameter(help="Do not ask.", negative=())] = False,
    common: Common = COMMON,
) -> None:
    """Take an account's seed out of custody: the vault forgets it for good, its record stays.

    Only where the platform no longer asks for its codes: without another authenticator, nobody can sign in.

    Example: auditor mfa retire x:RiversideHealth --reason "replaced by security keys"
    """
    from auditor.app import custody_entry as entry
    from auditor.app.custody_desk import Desk

    workspace = common.workspace()
    with workspace.store(create=False) as store:
        desk = Desk(workspace, store)
        found = desk.account(account)
        desk.keeper(found)
        if not (yes or sure(f"Forget the seed of {found.shown} for good?")):
            raise UsageError("nothing was done.", remedy="Answer yes, or say it beforehand with --yes.")
        for record in entry.retire(desk, found, reason):
            say(f"Retired: {record.seed_id} of {found.shown}")


def _tell(desk: Desk, entered: Entered, qr: Path | None) -> None:
    record = entered.record
    for note in entered.notes:
        say(note)
    where = next(one.place for one in desk.store.custody.seeds() if one.seed_id == record.seed_id)
    say(f"The seed of {record.account_name} ({record.bits} bits) is in custody: {where}.")
    if not entered.in_force:
        say(
            "It waits beside the old one, which stays in force. Take its codes with --new; then rotate --finish --accepted."
        )
    if not desk.section.readers_of((record.account_name, record.account_id)):
        say("Nobody may have its codes yet: name readers under 'custody:' in auditor.yaml.")
    if qr is not None:
        say(
            f"Delete {qr} now, also from the bin and from synced folders: whoever has the picture has the seed."
        )


def _as_row(listed: ListedSeed) -> tuple[object, ...]:
    record, last = listed.record, listed.last_use
    return (
        listed.account.shown,
        record.state.value,
        f"{listed.age_days} days",
        record.bits,
        record.is_weak,
        record.confirmed_at is not None,
        listed.readers or "nobody",
        last.at if last else "never",
        last.who if last else "",
        listed.uses,
        "forgotten" if record.forgotten_at else record.place or "not kept yet",
    )


def _as_json(listed: ListedSeed) -> dict[str, Any]:
    record, last = listed.record, listed.last_use
    names = (
        "seed_id", "account_id", "platform", "label", "issuer", "digits", "period", "algorithm", "bits",
        "place", "enrolled_at", "enrolled_by", "confirmed_at", "unconfirmed_reason", "replaces", "retired_at",
        "retired_by", "retired_reason", "forgotten_at",
    )  # fmt: skip
    return {
        "account": listed.account.shown,
        "state": record.state.value,
        "weak": record.is_weak,
        "age_days": listed.age_days,
        "readers": listed.readers,
        "readers_before": listed.readers_before,
        "uses": listed.uses,
        "last_used_at": last.at if last else None,
        "last_used_by": last.who if last else None,
        **{name: getattr(record, name) for name in names},
    }
