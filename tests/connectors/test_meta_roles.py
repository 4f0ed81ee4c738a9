"""Meta's roles, tasks and words as levels and states."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.model.estate import AccessStatus, Level, MfaRequired
from connectors.meta.roles import (
    _TASKS,
    invitation_status,
    mfa_required,
    mfa_state,
    page_power,
    partner_status,
    portfolio_power,
)

KNOWN = sorted(_TASKS)


@pytest.mark.parametrize(
    ("tasks", "level", "can_message", "can_grant"),
    [
        (("MANAGE",), Level.ADMIN, True, True),
        (("PROFILE_PLUS_FULL_CONTROL",), Level.ADMIN, True, True),
        (("CREATE_CONTENT", "ANALYZE"), Level.PUBLISHER, False, False),
        (("MESSAGING",), Level.MODERATOR, True, False),
        (("CONTENT", "MESSAGES"), Level.PUBLISHER, True, False),
        (("ADVERTISE", "ANALYZE"), Level.ADVERTISER, False, False),
        (("ANALYZE",), Level.ANALYST, False, False),
        (("PROFILE_PLUS_FACEBOOK_ACCESS",), Level.PUBLISHER, None, False),
        (("ANALYZE", "SOMETHING_NEW"), None, None, None),
        (("MESSAGING", "SOMETHING_NEW"), None, True, None),
        (("MANAGE", "SOMETHING_NEW"), Level.ADMIN, True, True),
        ((), None, None, None),
        (None, None, None, None),
    ],
)
def test_tasks_come_to_a_level(
    tasks: tuple[str, ...] | None, level: Level | None, can_message: bool | None, can_grant: bool | None
) -> None:
    """The highest task gives the level; one not known makes it unknown, never lower."""
    power = page_power(tasks)
    assert (power.level, power.can_message, power.can_grant) == (level, can_message, can_grant)


@given(st.lists(st.sampled_from(KNOWN), min_size=1), st.sampled_from(KNOWN))
def test_another_task_never_lowers_power(tasks: list[str], more: str) -> None:
    """Adding a task can only raise what a person may do."""
    before, after = page_power(tasks), page_power([*tasks, more])
    assert before.level is not None
    assert after.level is not None
    assert after.level >= before.level
    assert not (before.can_message is True and after.can_message is not True)
    assert not (before.can_grant is True and after.can_grant is not True)


@given(st.lists(st.sampled_from(KNOWN)), st.text(min_size=1).filter(lambda t: t.strip().upper() not in KNOWN))
def test_an_unknown_task_is_never_taken_for_harmless(tasks: list[str], odd: str) -> None:
    """With a task we do not know nothing is said to be impossible."""
    power = page_power([*tasks, odd])
    assert power.level in (None, Level.ADMIN)
    assert power.can_message is not False
    assert power.can_grant is not False


@pytest.mark.parametrize(
    ("role", "tasks", "level", "can_grant"),
    [
        ("ADMIN", None, Level.ADMIN, True),
        ("EMPLOYEE", None, Level.VIEWER, False),
        ("EMPLOYEE", ("FINANCE_EDITOR",), Level.MANAGER, False),
        ("DEVELOPER", None, None, None),
        (None, None, None, None),
    ],
)
def test_portfolio_roles(
    role: str | None, tasks: tuple[str, ...] | None, level: Level | None, can_grant: bool | None
) -> None:
    """ADMIN gives everything; a role Meta does not explain has no level."""
    power = portfolio_power(role, tasks)
    assert (power.level, power.can_grant) == (level, can_grant)


@pytest.mark.parametrize("word", ["ENABLED", "On", " active ", "two_factor_enabled", "TRUE", True])
def test_clear_words_for_on(word: object) -> None:
    """Clear words for on are on, whatever their case and joints."""
    assert mfa_state(word, {}) is True


@pytest.mark.parametrize("word", ["DISABLED", "off", "not_set_up", "Not Enabled", "false", False])
def test_clear_words_for_off(word: object) -> None:
    """Clear words for off are off."""
    assert mfa_state(word, {}) is False


@pytest.mark.parametrize(
    "word", [None, "", "none", "required", "unknown", "TWO_FAC_VALUE_A", 3, {}, "not on"]
)
def test_all_else_is_unknown(word: object) -> None:
    """A missing, odd or ambiguous word is neither on nor off."""
    assert mfa_state(word, {}) is None


@given(st.text())
def test_the_customers_words_go_first(word: str) -> None:
    """What the customer says a word means is what it means."""
    key = word.strip().casefold()
    assert mfa_state(word, {key: False}) is False
    assert mfa_state(word, {key: True}) is True


@pytest.mark.parametrize(
    ("word", "state"),
    [
        ("none", MfaRequired.NONE),
        ("admin_required", MfaRequired.ADMINS),
        ("ALL_REQUIRED", MfaRequired.ALL),
        (None, None),
        ("some_required", None),
        (False, None),
    ],
)
def test_whom_two_factor_binds(word: object, state: MfaRequired | None) -> None:
    """The documented words are understood; a missing one is unknown, not 'none'."""
    assert mfa_required(word) is state


def test_standing_of_partners_and_invitations() -> None:
    """Pending is invited, ended is removed, a word not known is unknown; an invitation stays open."""
    assert partner_status("CONFIRMED") is AccessStatus.ACTIVE
    assert partner_status(None) is AccessStatus.ACTIVE
    assert partner_status("CLIENT_RESPONSE_PENDING") is AccessStatus.INVITED
    assert partner_status("DECLINED") is AccessStatus.REMOVED
    assert partner_status("ODD") is None
    assert invitation_status("ODD") is AccessStatus.INVITED
    assert invitation_status("EXPIRED") is AccessStatus.REMOVED
