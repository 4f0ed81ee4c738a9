"""The ``auditor`` command: what there is to call, and how every call ends.

Exit codes: 0 done; 1 an error; 2 wrong usage; 3 findings at or above ``--fail-on``; 4 part of the
evidence could not be gathered and ``--fail-on-unknown`` was given; 130 stopped by Ctrl-C.
"""

from __future__ import annotations

import inspect
import os
import re
import sys
from collections.abc import Sequence

from cyclopts import App, CycloptsError

from auditor import __version__

_HELP = """Who, and what, can act as us on social platforms, should they, and how do we know?

Try it with no account anywhere: auditor demo. Then: auditor init, auditor doctor, auditor audit.
"""

HELP_FLAGS = frozenset(("--help", "-h"))
app = App(name="auditor", help=_HELP, version=__version__, help_format="plaintext")


def _group(name: str, help_text: str, commands: dict[str, tuple[str, str]]) -> None:
    group = App(name=name, help=help_text)
    for command, (target, summary) in commands.items():
        group.command(target, name=command, help=summary)
    app.command(group)


COMMANDS: dict[str, tuple[str, str]] = {
    "demo": (
        "auditor.cli.demo:demo",
        "Run a whole audit of a fictional organisation, with no account anywhere.",
    ),
    "init": ("auditor.cli.init:init", "Ask a few questions and write a commented auditor.yaml."),
    "doctor": (
        "auditor.cli.doctor:doctor",
        "Check configuration, secrets, store, mail and every connection.",
    ),
    "collect": ("auditor.cli.audit:collect", "Gather a snapshot, and judge nothing."),
    "audit": (
        "auditor.cli.audit:audit",
        "Gather a snapshot, judge it, record the findings, write the report.",
    ),
    "report": ("auditor.cli.report:report", "Write the report of a snapshot; --email sends it."),
    "who": ("auditor.cli.who:who", "Who, and what, can act as an account, and how we know."),
    "what": ("auditor.cli.who:what", "All that one person holds."),
    "exposure": ("auditor.cli.exposure:exposure", "How long people who have left kept access, in hours."),
    "removal": (
        "auditor.cli.removal:removal",
        "How to take access away safely: what would break, and every step in order.",
    ),
    "watch": (
        "auditor.cli.watch:watch",
        "Run the daemon: polls, audits, periodic reviews, reminders, alerts.",
    ),
    "diff": ("auditor.cli.snapshots:diff", "What changed between two snapshots."),
    "drift": ("auditor.cli.drift:drift", "What changed on the platforms, each change as one event."),
    "snapshots": ("auditor.cli.snapshots:snapshots", "List the snapshots in the store."),
}

GROUPS: dict[str, tuple[str, dict[str, tuple[str, str]]]] = {
    "alerts": (
        "What somebody must be told between reviews.",
        {
            "list": ("auditor.cli.alerts:list_alerts", "List alerts, and whether anybody sees to them."),
            "show": ("auditor.cli.alerts:show", "One alert: what it told of, to whom, what became of it."),
            "ack": ("auditor.cli.alerts:acknowledge", "Say that you see to an alert."),
            "send": ("auditor.cli.alerts:send", "Raise what is due and send what waits."),
        },
    ),
    "findings": (
        "What the rules found.",
        {
            "list": ("auditor.cli.findings:list_findings", "List findings, the gravest first."),
            "show": ("auditor.cli.findings:show", "One finding whole, and its history over the snapshots."),
            "note": ("auditor.cli.findings_desk:note", "Add a note to a finding."),
            "assign": ("auditor.cli.findings_desk:assign", "Hand a finding to somebody."),
            "waive": ("auditor.cli.findings_desk:waive", "Accept a finding until a day, with a reason."),
            "unwaive": ("auditor.cli.findings_desk:unwaive", "Take a finding's waiver back."),
        },
    ),
    "waivers": (
        "Findings a named person has accepted, and until when.",
        {
            "list": ("auditor.cli.waivers:list_waivers", "List the waivers and what each covers."),
            "check": (
                "auditor.cli.waivers:check",
                "Check the waivers file; exit 1 where something is amiss.",
            ),
            "show": ("auditor.cli.waivers:show", "One waiver whole, with every version of its terms."),
        },
    ),
    "rules": (
        "Policy packs and their rules.",
        {
            "list": ("auditor.cli.rules:list_rules", "List the rules in force."),
            "show": ("auditor.cli.rules:show", "One rule whole."),
            "columns": ("auditor.cli.rules:columns", "The columns a rule may be written against."),
            "test": ("auditor.cli.rules:run_tests", "Run the examples a rule file carries."),
            "backtest": (
                "auditor.cli.rules:backtest",
                "What a rule file would have found in the snapshots kept.",
            ),
        },
    ),
    "identities": (
        "Principals matched to people.",
        {
            "list": ("auditor.cli.identities:list_identities", "List who was matched to whom, and how."),
            "propose": (
                "auditor.cli.identities:propose",
                "List guesses that await a human; none counts as a match.",
            ),
            "accept": ("auditor.cli.identities:accept", "Record a reviewed match in the identities file."),
        },
    ),
    "secrets": (
        "Secrets in the keyring or the vault file.",
        {
            "set": (
                "auditor.cli.secrets:set_secret",
                "Keep a secret; its value is read from the terminal or a pipe.",
            ),
            "list": (
                "auditor.cli.secrets:list_secrets",
                "List the references in use and whether each resolves.",
            ),
            "delete": ("auditor.cli.secrets:delete", "Forget a secret."),
        },
    ),
    "mfa": (
        "Custody of brand accounts' TOTP seeds.",
        {
            "enroll": (
                "auditor.cli.mfa:enroll",
                "Take an account's seed into custody; never as an argument.",
            ),
            "code": ("auditor.cli.mfa:code", "Print a code for those entitled; each use is on record."),
            "list": ("auditor.cli.mfa:list_seeds", "List seeds in custody, and accounts that have none."),
            "uses": ("auditor.cli.mfa:uses", "List every code of an account that was given out."),
            "rotate": (
                "auditor.cli.mfa:rotate",
                "Renew a seed; the old one stays until the new one is confirmed.",
            ),
            "retire": ("auditor.cli.mfa:retire", "Take a seed out of custody; its record stays."),
        },
    ),
    "attest": (
        "Facts no API shows, stated by a named person.",
        {"new": ("auditor.cli.attest:new", "Write the table a person fills in.")},
    ),
    "connectors": (
        "Sources of facts.",
        {
            "list": (
                "auditor.cli.connectors:list_connectors",
                "List connectors, what each can see and what it needs.",
            )
        },
    ),
    "siem": (
        "The journal of events to a SIEM.",
        {
            "send": ("auditor.cli.siem:send", "Send every sink the events it has not got."),
            "status": ("auditor.cli.siem:status", "How many events each sink has not got, and since when."),
        },
    ),
    "impersonators": (
        "Accounts that pose as a brand of yours.",
        {
            "scan": (
                "auditor.cli.impersonators:scan",
                "Find accounts that pose as your brands, and why: from sources, or in any list.",
            ),
            "list": ("auditor.cli.impersonators_cases:list_cases", "List the cases, the gravest first."),
            "show": ("auditor.cli.impersonators_cases:show", "One case whole, with its timeline."),
            "watch": ("auditor.cli.impersonators_cases:watch", "Say that a case was looked at and waits."),
            "reported": (
                "auditor.cli.impersonators_cases:reported",
                "Say that a case was reported to the platform.",
            ),
            "dismiss": (
                "auditor.cli.impersonators_cases:dismiss",
                "Decide that an account is no impersonator, until a day.",
            ),
            "dossier": (
                "auditor.cli.impersonators_dossier:dossier",
                "Freeze a case as PDF and zip: side by side, why, timeline, where to report it.",
            ),
            "forget": (
                "auditor.cli.impersonators_forget:forget",
                "Remove the raw records and pictures kept of a closed case.",
            ),
        },
    ),
    "jobs": (
        "What the daemon runs: when each job is due and how it went.",
        {
            "list": ("auditor.cli.watch:list_jobs", "List the jobs, and whether a daemon is watching."),
            "history": ("auditor.cli.watch:history", "List past runs: the evidence that reviews took place."),
            "run": ("auditor.cli.watch:run", "Run one job now."),
            "health": ("auditor.cli.watch:health", "Say whether the daemon here is well; for health checks."),
        },
    ),
    "evidence": (
        "Raw records behind facts.",
        {"show": ("auditor.cli.evidence:show", "Show a raw record by its id; its hash is checked.")},
    ),
}

for _name, (_target, _summary) in COMMANDS.items():
    app.command(_target, name=_name, help=_summary)
for _name, (_summary, _commands) in GROUPS.items():
    _group(_name, _summary, _commands)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit."""
    sys.exit(run(sys.argv[1:] if arguments is None else arguments))


def run(arguments: Sequence[str]) -> int:
    """Run one command; return its exit code. Every failure ends here as one sentence."""
    from auditor.errors import AuditorError, UsageError

    try:
        if not HELP_FLAGS.isdisjoint(arguments):
            _tell_whole(arguments)
        code = app(list(arguments), exit_on_error=False, print_error=False, result_action="return_value")
    except CycloptsError as error:
        return _fail(_without_values(f"{error}", arguments), "See 'auditor --help'.", 2)
    except AuditorError as error:
        _trace(error, arguments)
        return _fail(error.message, error.remedy, 2 if isinstance(error, UsageError) else 1)
    except KeyboardInterrupt:
        return _fail("stopped; nothing half-done was kept.", "", 130)
    except BrokenPipeError:
        # The reader of our output has gone, as `head` does; there is nobody left to tell.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except (OSError, MemoryError) as error:
        _trace(error, arguments)
        reason = getattr(error, "strerror", None) or type(error).__name__
        path = getattr(error, "filename", None)
        return _fail(
            f"{path}: {reason}." if path else f"{reason}.", "Run again with --debug to see where.", 1
        )
    return code if isinstance(code, int) else 0


def _tell_whole(arguments: Sequence[str]) -> None:
    """Let the help of the one command asked for be its whole text, examples and all; lists keep the summaries."""
    words = [argument for argument in arguments if argument not in HELP_FLAGS]
    _names, apps, _rest = app.parse_commands(words)
    command = apps[-1]
    if command.default_command is not None and command is not app:
        command.help, command.help_epilogue = whole_help(inspect.getdoc(command.default_command) or "")


def whole_help(text: str) -> tuple[str, str]:
    """Return a command's text in lines of any length, and its examples on a line each, to be copied."""
    told, examples = [], []
    for paragraph in text.split("\n\n"):
        line = " ".join(paragraph.split())
        example = re.fullmatch(r"(Examples?(?:, [^:]+)?:) (auditor .+)", line)
        if example:
            examples += [
                example[1],
                *(f"  {one}" for one in re.split(r"; (?:or: |(?=auditor ))", example[2])),
            ]
        else:
            told.append(line)
    return "\n\n".join(told), "\n".join(examples)


def _without_values(message: str, arguments: Sequence[str]) -> str:
    """Return what is wrong with the command line; what may have been meant as a secret is not repeated."""
    if list(arguments[:1]) in (["mfa"], ["secrets"]):
        message = re.sub(
            r"Unused Tokens: .*", "there are more arguments than it takes.", message, flags=re.DOTALL
        )
    return re.sub(r"(Unknown option: -[^\s=]+)=.*", r"\1", message, flags=re.DOTALL)


def _trace(error: BaseException, arguments: Sequence[str]) -> None:
    """With --debug, show where it happened; a traceback quotes values, so it is masked like all else."""
    if "--debug" in arguments or os.environ.get("AUDITOR_DEBUG"):
        import traceback

        from auditor.cli.console import say
        from auditor.vault import redact

        say(redact("".join(traceback.format_exception(error))))


def _fail(message: str, remedy: str, code: int) -> int:
    from auditor.cli.console import complain

    complain(message, remedy)
    return code
