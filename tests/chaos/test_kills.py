"""kill -9 at random moments over gathering, judging, recording, following up and sending: a short sample.

``make chaos`` plays two hundred kills over the demo organisation.
"""

from __future__ import annotations

import random
from pathlib import Path

from tests.chaos.scenarios import START, small_house
from tests.chaos.support_chaos import assert_alike, disturbed, undisturbed, workers


def test_kills_lose_no_finding_and_no_mail_and_double_none(tmp_path: Path) -> None:
    """A day played with kills ends as the same day played in peace: findings, lives, journal and mails."""
    with workers({}) as hands:
        with small_house(tmp_path / "quiet") as quiet:
            expected = undisturbed(quiet.steps, quiet.config, START, hands, quiet.post)
        assert any("left on" in subject for _recipient, subject in expected.mails)
        with small_house(tmp_path / "killed") as killed:
            found = disturbed(
                killed.steps,
                killed.config,
                START,
                hands,
                killed.post,
                dice=random.Random(20261120),
                kills=10,
                like=expected,
            )
    assert found.kills >= 5
    assert_alike(expected, found)
