"""A truncated roster must not raise a thousand false leavers, or hide a real one."""

from __future__ import annotations

from auditor.errors import RosterError


def roster_shrank(previous: int, current: int, max_shrink: float) -> RosterError | None:
    """Return the error to stop with where the roster lost more than ``max_shrink`` (0 to 1) of its people.

    ``previous`` is the number of people in the last snapshot's roster; 0 where there was none.
    """
    missing = previous - current
    if previous <= 0 or missing <= max_shrink * previous:
        return None
    return RosterError(
        f"the roster has {current} people, {missing} fewer ({missing / previous:.0%}) than the {previous} of last "
        f"time; more than {max_shrink:.0%} may not go missing at once.",
        remedy=(
            "Look whether the export is whole. If they did leave, go on with --accept-roster; "
            "roster.max_shrink in auditor.yaml sets the share."
        ),
    )
