"""``python -m tests.chaos [--kills N] [--seed N]``: kill the demo organisation's runs until N kills are met."""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.chaos.scenarios import SECRETS, START, demo
from tests.chaos.support_chaos import Outcome, assert_alike, disturbed, undisturbed, workers

_A_ROUND = 20
"""Kills in one playing of the scenario."""


def main() -> int:
    """Play, and say what was met; an AssertionError tells of anything lost, made up or left half done."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=20261120)
    given = parser.parse_args()
    began = time.monotonic()
    with TemporaryDirectory() as folder, workers(dict(SECRETS)) as hands:
        with demo(Path(folder) / "quiet") as quiet:
            expected = undisturbed(quiet.steps, quiet.config, START, hands, quiet.post)
        _say(f"undisturbed: {len(expected.findings)} findings, {expected.happened.total()} events,"
             f" {expected.mails.total()} mails; {sum(expected.seconds.values()):.0f} s")  # fmt: skip
        rounds: list[Outcome] = []
        while sum(one.kills for one in rounds) < given.kills:
            seed = given.seed + len(rounds)
            left = given.kills - sum(one.kills for one in rounds)
            with demo(Path(folder) / f"round-{len(rounds)}") as house:
                found = disturbed(
                    house.steps, house.config, START, hands, house.post,
                    dice=random.Random(seed), kills=min(_A_ROUND, left + 4), like=expected,
                )  # fmt: skip
            assert_alike(expected, found)
            rounds.append(found)
            _say(
                f"seed {seed}: {found.kills} kills, {found.doubled} mails sent twice under one Message-ID, all alike"
            )
    met = Counter(told.partition(" ")[0] for one in rounds for told in one.told)
    where = ", ".join(f"{count} in {step}" for step, count in met.most_common())
    _say(f"{met.total()} kills ({where}) in {time.monotonic() - began:.0f} s: no finding lost, no snapshot half"
         f" written, no mail lost, {sum(one.doubled for one in rounds)} doubled, each under its own Message-ID.")  # fmt: skip
    return 0


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
