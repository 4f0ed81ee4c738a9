"""Waivers as a mutelist of Prowler, asked by its own published class whether a finding is muted."""

from __future__ import annotations

import importlib
import logging
import re
from collections.abc import Callable, Sequence
from typing import Any

from auditor.model.life import Seen
from auditor.model.waiver import Waiver

_REGION = "global"


def muter(waivers: Sequence[Waiver]) -> Callable[[Sequence[Seen]], frozenset[str]]:
    """Return a function that gives the fingerprints of those findings that are muted.

    Its patterns are searched for anywhere in a text, so each is written between ``^`` and ``$``; a ``*`` it
    takes for any letters itself. A waiver of a whole account stands under that account.
    """
    logging.getLogger("prowler").setLevel(logging.CRITICAL)
    base: Any = importlib.import_module("prowler.lib.mutelist.mutelist").Mutelist
    # Its one abstract method picks a cloud's own fields; what it then calls is called here directly.
    peer: Any = type("Peer", (base,), {"is_finding_muted": base.is_muted})(mutelist_content=_content(waivers))

    def muted(found: Sequence[Seen]) -> frozenset[str]:
        return frozenset(
            seen.fingerprint
            for seen in found
            if peer.is_muted(seen.account_id, seen.rule, _REGION, seen.subject_id, "")
        )

    return muted


def _content(waivers: Sequence[Waiver]) -> dict[str, Any]:
    accounts: dict[str, Any] = {}
    for waiver in waivers:
        is_account = "|" not in waiver.subject
        account, resource = (waiver.subject, "*") if is_account else ("*", _pattern(waiver.subject))
        checks = accounts.setdefault(account, {"Checks": {}})["Checks"]
        rule = _pattern(waiver.rule) if "*" in waiver.rule else waiver.rule
        check = checks.setdefault(rule, {"Regions": ["*"], "Resources": []})
        check["Resources"].append(resource)
    return {"Accounts": accounts}


def _pattern(glob: str) -> str:
    return "^" + "*".join(re.escape(part).replace(r"\?", ".") for part in glob.split("*")) + "$"
