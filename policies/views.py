"""The published views, built in DuckDB from a snapshot's frames.

Frames are staged (`views_staging`), merged to one row an id (`views_merge`), joined into small
tables of accounts, people, principals and vendors, and shown through one view each. Reports ask
the same views that rules are judged over, so they show the same cells.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from copy import copy
from datetime import UTC, datetime
from functools import cache
from importlib import resources
from types import TracebackType
from typing import Self
from zoneinfo import ZoneInfo

import pandas as pd

from auditor.errors import UsageError
from auditor.model.estate import Level
from auditor.model.tables import FACT_TABLES
from policies import coverage, views_merge, views_staging
from policies.access import answers_sql, line_sql
from policies.columns import VIEWS
from policies.emission import told_table
from policies.expressions import nearest
from policies.frames import to_frame
from policies.intake import Intake
from policies.mail_domains import PUBLIC_MAIL_DOMAINS
from policies.sandbox import beside, connect, literal, quote, set_variables, told_failures
from policies.settings import JudgeSettings
from policies.views_staging import Frame

Identities = pd.DataFrame | Callable[[], pd.DataFrame] | None
"""Which person each principal is, or what tells it once it is needed: facts are taken in meanwhile."""
_LARGEST = "grants"
# A view's own tables, made only when it is asked for: counting a million grants is not free.
_NEEDS = {
    "accounts": ("counts",),
    "vendors": ("view_apps", "vendor_reach"),
}


class Views:
    """The published views of one snapshot, seen at one instant. Close it, or use it in a ``with``."""

    def __init__(
        self,
        frames: Mapping[str, Frame],
        *,
        identities: Identities,
        as_of: datetime,
        settings: JudgeSettings,
        ahead: Intake | None = None,
    ) -> None:
        self.settings = settings
        self._made: set[str] = set()
        self._variables: dict[str, object] = {
            "as_of": as_of.astimezone(UTC),
            "today": as_of.astimezone(ZoneInfo(settings.timezone)).date(),
            "zone": settings.timezone,
            "has_vendors": settings.has_vendors,
            "has_roster": settings.has_roster,
            "has_access": settings.access is not None,
        }
        self.connection = ahead.connection if ahead else connect(memory_limit=settings.memory_limit)
        set_variables(self.connection, self._variables)
        if ahead:
            frames = {**frames, **ahead.tables}
        with ExitStack() as undo, told_failures():
            undo.callback(self.connection.close)
            self._build(_configured(frames, settings), identities)
            undo.pop_all()

    def _build(self, frames: Mapping[str, Frame], identities: Identities) -> None:
        for macro in _macros(self.settings):
            self.connection.execute(macro)
        # The grants are most of a snapshot. While one thread takes them in, another makes what needs none of them.
        with self.beside() as second, ThreadPoolExecutor(max_workers=1) as worker:
            rest = worker.submit(second._build_roster, frames, identities)  # noqa: SLF001 - another of the same
            self._take_in(frames, _LARGEST)
            rest.result()
            others = worker.submit(second._build_beside)  # noqa: SLF001 - another of the same
            self.run("principals")
            others.result()
        coverage.inherit(self.connection)

    def _build_roster(self, frames: Mapping[str, Frame], identities: Identities) -> None:
        """Make all that can be made without the grants."""
        self._take_in(frames, *(table for table in FACT_TABLES if table != _LARGEST))
        self._stage_identities(identities() if callable(identities) else identities)
        coverage.stage(self.connection, self.settings.max_age_days)
        for script in ("people", "vendors"):
            self.run(script)

    def _build_beside(self) -> None:
        """Make what needs the grants and no principal."""
        for script in ("accounts", "holdings"):
            self.run(script)

    def _take_in(self, frames: Mapping[str, Frame], *tables: str) -> None:
        views_staging.stage(self.connection, frames, self.settings.max_age_days, tables)
        views_merge.merge(self.connection, [table for table in tables if table in views_staging.TABLES])

    def beside(self) -> Self:
        """Return the same views over a connection of its own, for a second thread; close it after use.

        A view may be asked for by one of the two threads alone.
        """
        second = copy(self)
        second.connection = beside(self.connection, self._variables)
        return second

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Release the memory."""
        self.connection.close()

    def run(self, script: str, *, among: str = "TRUE") -> None:
        """Run one of the SQL files; ``among`` narrows the principals of `reach.sql`."""
        self._run(script, {"{among}": among})

    def _run(self, script: str, own: Mapping[str, str]) -> None:
        answers = answers_sql(self.settings.access)
        text = _script(script)
        for hole, value in (
            *own.items(),
            ("{access_line}", line_sql(self.settings.access)),
            ("{allowed_level}", answers["level"]),
            ("{allowed_rank}", answers["rank"]),
            ("{allowed_messages}", answers["messages"]),
        ):
            text = text.replace(hole, value)
        self.connection.execute(text)

    def ensure(self, view: str) -> str:
        """Make the view and what it needs, once; return its SQL name."""
        for script in (*_NEEDS.get(view, ()), f"view_{view}"):
            if script not in self._made:
                self._made.add(script)
                self._run(script, {"{view}": script.replace("view_", "v_"), "{chosen}": "TRUE"})
        return f"v_{view}"

    def narrowed(self, view: str) -> str:
        """Make the same view over the rows whose ``rid`` its `told_table` holds; return its SQL name.

        Only these rows are joined to anything.
        """
        name = f"told_{view}"
        if name not in self._made:
            self._made.add(name)
            chosen = f"rowid IN (SELECT rid FROM {told_table(view)})"  # noqa: S608 - our names
            self._run(f"view_{view}", {"{view}": name, "{chosen}": chosen})
        return name

    def query(
        self,
        view: str,
        only: Collection[str] | None = None,
        **equal: str | int | bool | Collection[str] | None,
    ) -> pd.DataFrame:
        """Return the published columns of ``view``, of all rows or of those where columns equal the
        values given (None: not known), or one of several texts. Instants are UTC; lists are lists,
        counts dicts, and what is not known is NA or NaT.

        ``only``: names of the columns wanted; None: all. Lists and dicts nobody wants are most of the work.

        Raises:
            UsageError: there is no such view or column.

        """
        if view not in VIEWS:
            raise UsageError(
                f"There is no view {view!r}.", remedy=nearest(view, VIEWS) or f"Views: {', '.join(VIEWS)}."
            )
        published = VIEWS[view]
        for name in (*equal, *(only or ())):
            if published.column(name) is None:
                names = [column.name for column in published.columns]
                raise UsageError(f"The view {view} has no column {name!r}.", remedy=nearest(name, names))
        terms = [_term(name, value) for name, value in equal.items()]
        where = f" WHERE {' AND '.join(terms)}" if terms else ""
        types = {one.name: one.type for one in published.columns if only is None or one.name in only}
        columns = ", ".join(f'"{name}"' for name in types)
        with told_failures():
            name = self.ensure(view)
            if view == "principals":
                self.run("reach")
            cursor = self.connection.execute(
                f"SELECT {columns} FROM {name}{where} ORDER BY {_order(view)}"  # noqa: S608 - our names, quoted texts
            )
            return to_frame(cursor, types)

    def _stage_identities(self, identities: pd.DataFrame | None) -> None:
        columns = ("principal_id", "person_id", "method")
        if identities is None or identities.empty or not self.settings.has_roster:
            self.connection.execute(
                "CREATE TABLE t_identities (principal_id VARCHAR, person_id VARCHAR, method VARCHAR)"
            )
            return
        self.connection.register("incoming", identities.loc[:, list(columns)].astype("str"))
        self.connection.execute(f"CREATE TABLE t_identities AS SELECT {', '.join(columns)} FROM incoming")  # noqa: S608 - our names, inspected terms, quoted texts
        self.connection.unregister("incoming")


def _term(name: str, value: str | int | bool | Collection[str] | None) -> str:
    if value is None or isinstance(value, (str, int)):
        return f'"{name}" IS NOT DISTINCT FROM {literal(value)}'
    return f'"{name}" IN ({", ".join(map(quote, sorted(value)))})' if value else "false"


def _configured(frames: Mapping[str, Frame], settings: JudgeSettings) -> dict[str, Frame]:
    """Leave out what is not configured, so that its columns are NULL and no rule passes by it."""
    absent = {
        name
        for name, here in (("people", settings.has_roster), ("vendors", settings.has_vendors))
        if not here
    }
    return {name: frame for name, frame in frames.items() if name not in absent}


def _order(view: str) -> str:
    """The most powerful first; what is unmapped ranks as high as it could be."""
    names = {column.name for column in VIEWS[view].columns}
    order = ["account_name"] if "account_name" in names else []
    order += ["sort_rank DESC"] if "sort_rank" in names else []
    order += ["coalesce(highest_rank, 7) DESC"] if "highest_rank" in names else []
    return ", ".join([*order, VIEWS[view].key])


@cache
def _script(name: str) -> str:
    return (resources.files("policies") / "sql" / f"{name}.sql").read_text(encoding="utf-8")


def _macros(settings: JudgeSettings) -> tuple[str, ...]:
    ranks = " ".join(f"WHEN {quote(level.word)} THEN {int(level)}" for level in Level)
    words = " ".join(f"WHEN {int(level)} THEN {quote(level.word)}" for level in Level)
    aliases = " ".join(
        f"WHEN {quote(alias.lower())} THEN {quote(domain.lower())}"
        for alias, domain in settings.email_aliases.items()
    )
    resolved = f"CASE d {aliases} ELSE d END" if aliases else "d"
    rewritten = "split_part(e, '@', 1) || '@' || resolved_domain(split_part(e, '@', -1))" if aliases else "e"
    domains = [domain.lower() for domain in settings.email_domains]
    inside = " OR ".join(f"d = {quote(domain)} OR ends_with(d, {quote('.' + domain)})" for domain in domains)
    public = ", ".join(quote(domain) for domain in sorted(PUBLIC_MAIL_DOMAINS))
    return (
        "CREATE MACRO day_of(t) AS strftime(timezone(getvariable('zone'), t), '%-d %b %Y')",
        f"CREATE MACRO level_rank(word) AS CASE word {ranks} END",
        f"CREATE MACRO level_word(rank) AS CASE rank {words} END",
        "CREATE MACRO rank_of(b) AS CASE WHEN b THEN 2 WHEN NOT b THEN 0 ELSE 1 END",
        "CREATE MACRO any_of(found, gap) AS CASE WHEN found THEN TRUE WHEN gap THEN NULL ELSE FALSE END",
        "CREATE MACRO sure_or_open(sure, open) AS CAST(CASE WHEN sure > 0 OR open = 0 THEN sure END AS INTEGER)",
        """CREATE MACRO bounds(sure, could, known) AS struct_pack(
           at_least := CAST(coalesce(sure, 0) AS BIGINT),
           at_most := CASE WHEN known THEN CAST(coalesce(could, 0) AS BIGINT) END)""",
        "CREATE MACRO list_of(j) AS TRY(CAST(CAST(j AS JSON) AS VARCHAR[]))",
        "CREATE MACRO days_of(j) AS TRY(CAST(CAST(j AS JSON) AS MAP(VARCHAR, DATE)))",
        f"CREATE MACRO resolved_domain(d) AS {resolved}",
        f"CREATE MACRO at_home_domain(e) AS {rewritten}",
        "CREATE MACRO plain_domain(d) AS resolved_domain(nullif(lower(trim(d)), ''))",
        # The part before a plus sign names the mailbox; what follows only sorts.
        """CREATE MACRO plain_email(e) AS CASE WHEN contains(e, '@') THEN at_home_domain(
           CASE WHEN contains(e, '+') THEN regexp_replace(lower(trim(e)), '\\+[^@]*@', '@') ELSE lower(trim(e)) END) END""",
        f"CREATE MACRO in_organization(d) AS {f'({inside})' if inside else 'CAST(NULL AS BOOLEAN)'}",
        f"CREATE MACRO is_public_mail(d) AS d IN ({public})",
    )
