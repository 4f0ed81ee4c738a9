"""``auditor demo``."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from auditor.cli.audit import show_summary, tell_mail
from auditor.cli.console import put_line, say
from auditor.cli.screen import Screen
from auditor.errors import UsageError

if TYPE_CHECKING:
    from auditor.app.reporting import Wanted
    from auditor.app.workspace import Workspace
    from auditor.store import Store

_MARK = ".auditor-demo"


def demo(
    *,
    out: Annotated[Path, Parameter(help="Folder to write into; an earlier demo there is replaced.")] = Path(
        "demo-out"
    ),
    debug: Annotated[bool, Parameter(help="Show tracebacks and debug logs.", negative=())] = False,
) -> None:
    """Run the whole audit of a fictional health system, with no account anywhere.

    X and the Graph API are played by servers on this machine, spoken to through the same SDKs as in
    earnest; an X data archive, an HR roster and attestations lie in the folder. Report, store, mails
    and the configuration stay there to look at. The story plays on 20 November 2026.

    Example: auditor demo --out demo-out
    """
    from auditor.app.audit import mail_reports, run_audit
    from auditor.app.impersonators.configured import sources_of
    from auditor.app.impersonators.scan import scan
    from auditor.app.reporting import write_reports
    from auditor.logs import configure
    from auditor.model.impersonation import case_id_of

    configure("debug" if debug else "warning")
    _clear(out)
    say("A week earlier, on 13 November 2026:")
    with demo_workspace(out, week_before=True) as workspace, workspace.store() as store, Screen() as screen:
        run_audit(workspace, store, screen)
        scan(workspace, store, sources_of(workspace), screen)
        decide_a_week_before(workspace, store)
    say("")
    say("Today, on 20 November 2026:")
    with demo_workspace(out) as workspace, workspace.store() as store, Screen() as screen:
        scan(workspace, store, sources_of(workspace), screen)
        audited = run_audit(workspace, store, screen)
        written = write_reports(workspace, audited.review, screen, wanted=_what_can_be_drawn(workspace))
        sent = mail_reports(workspace, store, audited.review, written, screen, to_owners=True)
        config = workspace.loaded.document.path
    show_summary(audited)
    tell_mail(sent)
    first = written[0].files[0]
    put_line(f"Open first     {first}")
    put_line(f"One side       {written[1].files[-1]}")
    put_line(f"Other formats  {first.parent}")
    put_line(f"For each owner {first.parent / 'owners'}")
    put_line(f"Mails          {out / 'mails'}")
    put_line(f"Configuration  {config}")
    say("")
    say("Look around, for instance:")
    for line in (
        "findings list --severity high",
        "who x:RiversideHealth",
        "what dana.kowalczyk@riverside.example",
        "removal",
        "impersonators list",
        f"impersonators dossier {case_id_of('x', '90001')[:8]}",
    ):
        say(f"  auditor {line} --config {config}")


def _what_can_be_drawn(workspace: Workspace) -> Wanted:
    """Return what the demo's configuration wants; a machine without Pango does without the PDFs."""
    from auditor.app.reporting import Wanted
    from reports.pdf import missing

    problem = missing()
    if problem is None:
        return Wanted()
    formats = workspace.config.reports.formats
    say(f"No PDF this time: {problem.message} {problem.remedy}")
    return Wanted(formats=tuple(name for name in formats if name != "pdf"))


@contextmanager
def demo_workspace(folder: Path, *, week_before: bool = False) -> Iterator[Workspace]:
    """Write the demo into ``folder`` and play its platforms and its post office for a ``with`` block."""
    from auditor.app.workspace import Workspace
    from auditor.config import load_config
    from auditor.demo.graph_sandbox import GraphSandbox
    from auditor.demo.mailbox import Mailbox
    from auditor.demo.media_sandbox import MediaSandbox
    from auditor.demo.organisation import NOW, WEEK_BEFORE
    from auditor.demo.organisation.folder import EXPORTED_ON, SECRETS, write_demo
    from auditor.demo.organisation.lookalikes import pictures
    from auditor.demo.organisation.meta_state import graph_state, state_week_before
    from auditor.demo.organisation.x_state import x_state
    from auditor.demo.x_sandbox import XSandbox
    from auditor.vault import SecretChain

    now = WEEK_BEFORE if week_before else NOW
    state = state_week_before() if week_before else graph_state()
    folder.mkdir(parents=True, exist_ok=True)
    (folder / _MARK).touch()
    with (
        XSandbox(x_state(week_before=week_before)) as x,
        GraphSandbox(state) as graph,
        MediaSandbox(pictures()) as media,
        Mailbox(folder / "mails") as post,
    ):
        path = write_demo(
            folder,
            x_base_url=x.base_url,
            graph_base_url=graph.base_url,
            media_base_url=media.base_url,
            week_before=week_before,
            exported_on=EXPORTED_ON - timedelta(days=7) if week_before else EXPORTED_ON,
            mail=post.url,
        )
        loaded = load_config(path)
        secrets = SecretChain(base_dir=loaded.base_dir, environ=dict(SECRETS))
        yield Workspace(loaded, clock=lambda: now, sleep=lambda _seconds: None, secrets=secrets)


def decide_a_week_before(workspace: Workspace, store: Store) -> None:
    """Let people decide on cases of look-alikes, as they did a week ago."""
    from auditor.app.impersonators.desk import Decision, decide, last_day
    from auditor.demo.organisation.lookalikes import DECIDED
    from auditor.model.impersonation import CaseState

    cases = {case.candidate.id: case.case_id for case in store.cases.all()}
    for one in DECIDED:
        expires = last_day(workspace, one.days) if one.days else None
        decision = Decision(CaseState(one.state), one.actor, one.reason, expires, one.reference)
        decide(workspace, store, cases[one.account], decision)


def _clear(out: Path) -> None:
    """Remove an earlier demo; another folder's contents are never touched."""
    if not out.exists():
        return
    if (out / _MARK).is_file():
        shutil.rmtree(out)
    elif not out.is_dir() or any(out.iterdir()):
        raise UsageError(
            f"{out} is there and was not made by the demo.", remedy="Name another folder with --out."
        )
