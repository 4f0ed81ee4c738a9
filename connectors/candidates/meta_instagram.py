"""Instagram: generated names asked for one by one through Business Discovery.

Facts from Meta's reference of ``business_discovery`` (IG User, 2026-08-12): asked of one's own professional account,
by the exact name of another; ``instagram_basic``, ``instagram_manage_insights`` and ``pages_read_engagement`` are
needed, and ``ads_read`` where the role came through a business portfolio; accounts with an age limit are not told of.
There is no search. Code 110 ("Invalid user id", subcode 2207013) is the answer for a name that nobody has and for a
private person's account alike, so it proves nothing of either. An id is good for nothing there: a known account is
seen again under the name it had, or not at all. The id is scoped to the app.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import chain, islice
from typing import Literal

from pydantic import Field

from auditor.config import SecretRef
from auditor.errors import ConnectorError, FailureKind
from auditor.model.impersonation import Candidate, ProtectedProfile, SourceReport
from connectors.base import Check, CheckState, Context
from connectors.candidates import handles
from connectors.candidates.base import Source, blank, count, said, text
from connectors.candidates.meta import Asker, MetaSourceSettings, NativeId, Row, client_of, with_remedy
from connectors.meta.errors import GraphError

PLATFORM = "instagram"
HANDLE = re.compile(r"[A-Za-z0-9_]{3,30}")
"""What Instagram lets one register, dots apart: those are put in later."""
NAME = re.compile(r"[A-Za-z0-9._]{1,30}")
"""What may stand in the field that asks."""
FIELDS = ("id", "username", "name", "biography", "website", "followers_count", "follows_count", "media_count",
          "profile_picture_url")  # fmt: skip
KEPT = frozenset(FIELDS)
"""Fields of an account that evidence keeps."""
_DISCOVERY = "business_discovery"
_NOBODY_PROFESSIONAL = 110
_NOBODY = "auditor.asks.for.nobody.5d7c1e"
_REMEDY = (
    "Make a token with instagram_basic, instagram_manage_insights and pages_read_engagement (and ads_read where the"
    " role came through a business portfolio) that may act for ig_user_id."
)


class InstagramSettings(MetaSourceSettings):
    """Settings of the source ``instagram``."""

    source: Literal["instagram"] = "instagram"
    access_token: SecretRef
    """A user's or system user's, made for ``app_id``."""
    ig_user_id: NativeId
    """A professional account of ours, in whose name it is asked."""
    handles: int = Field(default=200, ge=1, le=100_000)
    """Names asked for in a scan, at most; each is a call."""


class Instagram(Source[InstagramSettings]):
    """Looks for candidates on Instagram."""

    def __init__(self, settings: InstagramSettings, context: Context) -> None:
        super().__init__(settings, context)
        self._followed: set[str] = set()
        self._lost = 0

    def check(self) -> Iterator[Check]:
        """Yield whether accounts may be asked for in the name of ours."""
        with client_of(self._settings, self._context, self._settings.access_token) as client:
            self._discovered(Asker(client, self._tally, FIELDS), _NOBODY)
        yield Check(CheckState.GOOD, "reach", "Instagram tells of professional accounts by their names.")

    def candidates(self, protected: Sequence[ProtectedProfile]) -> Iterator[Sequence[Candidate]]:
        """Yield the professional accounts that hold a name somebody who poses as us would take."""
        yield from self._tally.guarded(self._found(protected))

    def again(self, accounts: Sequence[tuple[str, str]]) -> Iterator[Sequence[Candidate]]:
        """Yield nothing: others' accounts cannot be asked for by id."""
        return iter(())

    def again_by_name(self, accounts: Sequence[Candidate]) -> Iterator[Sequence[Candidate]]:
        """Yield what known accounts are now, as far as they are called what they were; who took a name is told too."""
        known = [one for one in accounts if one.platform == PLATFORM and NAME.fullmatch(one.handle)]
        yield from self._tally.guarded(self._again(known))

    def report(self) -> SourceReport:
        """Return what came of it."""
        blind = ["private persons' accounts, and those with an age limit", "names that are not generated"]
        if self._lost:
            blind.append(
                f"what became of {self._lost:,} known account(s) whose name nobody professional has now: another name,"
                " private, or gone"
            )
        return self._tally.report(tuple(blind))

    def _again(self, known: Sequence[Candidate]) -> Iterator[Sequence[Candidate]]:
        with client_of(self._settings, self._context, self._settings.access_token) as client:
            asker = Asker(client, self._tally, FIELDS)
            for one in known:
                told = self._discovered(asker, one.handle)
                self._tally.ask("accounts with a case")
                self._followed.add(one.handle.lower())
                self._lost += told is None or told.id != one.id
                if told is not None:
                    yield (told,)

    def _found(self, protected: Sequence[ProtectedProfile]) -> Iterator[Sequence[Candidate]]:
        stream = (name for name in names(protected) if name not in self._followed)
        with client_of(self._settings, self._context, self._settings.access_token) as client:
            asker = Asker(client, self._tally, FIELDS)
            for name in islice(stream, self._settings.handles):
                self._tally.ask("names")
                told = self._discovered(asker, name)
                if told is not None:
                    yield (told,)
        if next(stream, None) is not None:
            self._tally.stop(
                f"{self.id} asked for {self._settings.handles:,} names, the most it may; there are less likely ones.",
                "Raise 'handles' of this source to ask for more.",
            )

    def _discovered(self, asker: Asker, name: str) -> Candidate | None:
        try:
            answer = asker.one(
                self._settings.ig_user_id, around=lambda inner: f"{_DISCOVERY}.username({name}){{{inner}}}"
            )
        except GraphError as error:
            if error.code == _NOBODY_PROFESSIONAL:
                return None
            raise with_remedy(error, _REMEDY) from None
        row = answer.get(_DISCOVERY)
        told = candidate_of(row, self.id, self._context.clock()) if isinstance(row, Mapping) else None
        if told is None:
            raise ConnectorError(
                "Graph's answer holds no business_discovery.",
                kind=FailureKind.BAD_RESPONSE,
                remedy="Check ig_user_id: it is the number of a professional account of yours.",
            )
        return told


def names(protected: Sequence[ProtectedProfile]) -> Iterator[str]:
    """Yield names to ask for, each once: our handles of other platforms first, then invented ones, likeliest first.

    Instagram lets a dot stand where an underscore does.
    """
    ours = {one.handle.casefold() for one in protected if one.platform == PLATFORM}
    elsewhere = (one.handle for one in protected if HANDLE.fullmatch(one.handle))
    seen = set(ours)
    for handle in chain(elsewhere, (made for _kind, made in handles.handles(protected, HANDLE))):
        plain = handle.lower()
        dotted = re.sub(r"(?<=[a-z0-9])_(?=[a-z0-9])", ".", plain)
        for name in (plain, dotted):
            if name not in seen:
                seen.add(name)
                yield name


def candidate_of(row: Row, source: str, at: datetime) -> Candidate | None:
    """Return the account Business Discovery tells of; None where it has no number or name."""
    number, handle = text(row, "id"), text(row, "username")
    if not (number.isascii() and number.isdigit() and len(number) <= 32 and handle):
        return None
    website = text(row, "website")
    return Candidate(
        platform=PLATFORM,
        id=number,
        handle=handle,
        name=text(row, "name"),
        bio=text(row, "biography"),
        url=f"https://www.instagram.com/{handle}/" if NAME.fullmatch(handle) else "",
        links=tuple(website.split()),
        followers=count(row, "followers_count"),
        following=count(row, "follows_count"),
        posts=count(row, "media_count"),
        avatar_url=text(row, "profile_picture_url"),
        source=source,
        observed_at=at,
        blank=blank(bio=row.get("biography"), links=row.get("website")),
        told=said(source, _DISCOVERY, row, KEPT, at),
    )
