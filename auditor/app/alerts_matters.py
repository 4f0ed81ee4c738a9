"""From events to matters: what is told to whom and when, before a word of it is written."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo

from auditor.app.alerts_receivers import Receiver, Receivers
from auditor.app.alerts_routes import OPERATOR_KINDS, Route, routes_for
from auditor.app.alerts_topics import LOOKALIKE, Known, Topic, alert_id
from auditor.config.alerts import RECIPIENTS
from auditor.model.event import Event
from auditor.model.finding import Severity

Place = tuple[str, str]


@dataclass(slots=True)
class Telling:
    """What one receiver is told of one matter, and when."""

    receiver: Receiver
    due_at: datetime
    is_digest: bool
    events: dict[str, Event] = field(default_factory=dict)
    """By key; a receiver is told of what its routes let through, and of nothing else."""
    escalates_after: timedelta | None = None
    """When others are told if nobody acknowledges, counted from the first telling."""


@dataclass(slots=True)
class Matter:
    """One alert in the making."""

    topic: Topic
    events: list[Event] = field(default_factory=list)
    tellings: dict[Place, Telling] = field(default_factory=dict)
    escalations: dict[Place, Telling] = field(default_factory=dict)
    nobody: dict[str, None] = field(default_factory=dict)
    """Why somebody is not told."""

    @property
    def alert_id(self) -> str:
        """Its id, the same on every machine."""
        return alert_id(self.topic, self.events)

    @property
    def severity(self) -> Severity:
        """That of its gravest event."""
        return max(one.severity or Severity.HIGH for one in self.events)

    @property
    def rank(self) -> tuple[int, int, bool, float, str]:
        """What puts the gravest first: severity, how much there is of it; of look-alikes the likely, then the score."""
        if self.topic.kind != LOOKALIKE:
            return -self.severity, -len(self.events), False, 0.0, str(self.topic)
        # How often a case has changed says nothing of how grave it is.
        told = self.events[-1].after or {}
        return -self.severity, -1, told.get("tier") != "likely", -float(told.get("score", 0)), str(self.topic)

    @property
    def is_immediate(self) -> bool:
        """Whether anybody is told of it by itself."""
        return any(not one.is_digest for one in self.tellings.values())

    @property
    def is_for_operators(self) -> bool:
        """Whether it is about Auditor's own work."""
        return all(one.kind in OPERATOR_KINDS for one in self.events)


@dataclass(frozen=True, slots=True)
class Desk:
    """What decides whom to tell."""

    routes: Sequence[Route]
    known: Known
    receivers: Receivers
    now: datetime
    zone: tzinfo

    def matters(self, events: Iterable[Event]) -> list[Matter]:
        """Return the matters of ``events``, the gravest first; what no route is for is left out."""
        found: dict[Topic, Matter] = {}
        for event in events:
            routes = routes_for(self.routes, event, self.known.account(event.account_id))
            if not routes:
                continue
            topic = self.known.topic(event)
            matter = found.setdefault(topic, Matter(topic))
            matter.events.append(event)
            self._tell(matter, event, routes)
        matters = list(found.values())
        for matter in matters:
            _merge(matter)
        return sorted(matters, key=lambda one: one.rank)

    def _tell(self, matter: Matter, event: Event, routes: Sequence[Route]) -> None:
        reached = False
        for route in routes:
            due_at = route.due(event.severity or Severity.HIGH, self.now, self.zone)
            for receiver in self._behind(route.targets, event, matter):
                reached = True
                _add(matter.tellings, Telling(receiver, due_at, route.is_digest), event, route)
            if route.escalates_after is not None:
                later = due_at + route.escalates_after
                for receiver in self._behind(route.escalates_to, event, matter):
                    # How long nobody will have acknowledged by then.
                    _add(matter.escalations, Telling(receiver, later, is_digest=False), event, route)
        if not reached:
            # Better told to those who read the reports than to nobody.
            due_at = min(route.due(event.severity or Severity.HIGH, self.now, self.zone) for route in routes)
            for receiver in self._behind((RECIPIENTS,), event, matter):
                _add(matter.tellings, Telling(receiver, due_at, is_digest=False), event, None)

    def _behind(self, targets: Sequence[str], event: Event, matter: Matter) -> Iterable[Receiver]:
        for target in targets:
            for one in self.receivers.of(target, event):
                if isinstance(one, Receiver):
                    yield one
                else:
                    matter.nobody[one] = None


def _add(tellings: dict[Place, Telling], new: Telling, event: Event, route: Route | None) -> None:
    """Let a receiver be told of ``event``: of all they may see, by the earliest of their routes."""
    place = new.receiver.place
    here = tellings.setdefault(place, new)
    if here.receiver.is_owner and not new.receiver.is_owner:
        # Who reads everything anyway is told of it whole.
        here.receiver = new.receiver
    if (new.is_digest, new.due_at) < (here.is_digest, here.due_at):
        here.is_digest, here.due_at = new.is_digest, new.due_at
    here.events[event.key] = event
    after = route.escalates_after if route else None
    if after is not None and (here.escalates_after is None or after < here.escalates_after):
        here.escalates_after = after


def _merge(matter: Matter) -> None:
    """Let nobody be told of the same twice: an escalation to whom the alert itself reaches is none."""
    for place, telling in matter.tellings.items():
        later = matter.escalations.get(place)
        if later is not None and telling.events.keys() >= later.events.keys():
            del matter.escalations[place]
