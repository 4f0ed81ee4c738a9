"""What ``auditor doctor`` says of alerts: routes that can never fit, ways that cannot be opened."""

from __future__ import annotations

from collections.abc import Iterator

from auditor.app.alerts_routes import routes_of
from auditor.app.channels import Ways
from auditor.app.judge import packs_in_force
from auditor.app.workspace import Workspace
from auditor.config.alerts import matches
from auditor.errors import AuditorError
from auditor.model.alert import Channel
from connectors.base import Check, CheckState


def check_alerts(workspace: Workspace) -> Iterator[Check]:
    """Yield what is amiss with routes and targets; nothing is sent.

    Raises:
        RuleError: the rules in force cannot be read.

    """
    if not routes_of(workspace):
        yield Check(
            CheckState.WARNING,
            "alerts",
            "reach nobody, because reports.mail is not set and no route is written.",
            "See docs/alerts.md.",
        )
        return
    rules = [rule.id for pack in packs_in_force(workspace) for rule in pack.rules]
    problems = [*_routes_in_vain(workspace, rules), *_targets_in_vain(workspace)]
    yield from problems
    if not problems:
        yield Check(
            CheckState.GOOD, "alerts", "have somebody to reach, and every rule they name is in force."
        )


def _routes_in_vain(workspace: Workspace, rules: list[str]) -> Iterator[Check]:
    for number, route in enumerate(workspace.config.alerts.routes or (), start=1):
        for pattern in route.when.rules:
            if not any(matches(pattern, rule) for rule in rules):
                yield Check(
                    CheckState.BAD,
                    "alerts",
                    f"route {number} is for the rule {pattern!r}, which fits none in force.",
                    "'auditor rules list' shows their names; * stands for any letters.",
                )


def _targets_in_vain(workspace: Workspace) -> Iterator[Check]:
    ways = Ways(workspace)
    for name, target in workspace.config.alerts.targets.items():
        channel = Channel.WEBHOOK if target.webhook else Channel.APPRISE if target.apprise else Channel.MAIL
        try:
            ways.of((channel, "" if channel is Channel.MAIL else name)).check()
        except AuditorError as error:
            yield Check(CheckState.BAD, f"alerts: {name}", error.message, error.remedy)
