"""One run's reading of X: the accounts named, their affiliates, and the token itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from auditor.errors import ConnectorError, FailureKind
from auditor.model.estate import CoverageState, FactKind
from auditor.model.facts import Account, Coverage, Fact, Token, platform_id
from connectors.base import ConnectionSettings, Context, coverage_for
from connectors.x import facts, gaps
from connectors.x.gaps import Bearer, Gap, TokenKind
from connectors.x.problems import Problem, XFailure, coverage_state

if TYPE_CHECKING:
    from connectors.x.client import Answer, XClient

HANDLES_A_CALL = 100
MAX_AFFILIATE_PAGES = 500


def identify(client: XClient) -> Bearer:
    """Return whom the token belongs to, by one call to users/me.

    Raises:
        ConnectorError: the token is not valid; nothing can be read with it.

    """
    try:
        answer = client.me(facts.OWN_FIELDS)
    except ConnectorError as failure:
        if isinstance(failure, XFailure) and failure.is_app_only_refusal:
            return Bearer(TokenKind.APP)
        if failure.kind is FailureKind.AUTH_INVALID:
            raise
        # users/by has limits and permissions of its own, so it may well answer.
        return Bearer(TokenKind.UNKNOWN, failure=failure)
    user = facts.user_record(answer.users[0], facts.USER_KIND) if answer.users else None
    if user is None:
        broken = XFailure("X's answer to /2/users/me names no user.", kind=FailureKind.BAD_RESPONSE)
        return Bearer(TokenKind.UNKNOWN, failure=broken)
    return Bearer(TokenKind.USER, user, answer.problems)


class Reading:
    """Reads one connection. Facts of an account come together, so a later failure takes none away.

    Args:
        settings: the connection, for its id.
        handles: the accounts to read, valid and each once.
        with_affiliates: whether to read the affiliates of Verified Organizations.
        is_oauth1: whether the token is one of OAuth 1.0a.
        context: clock, evidence and progress.
        client: what to read through.

    """

    def __init__(
        self,
        settings: ConnectionSettings,
        handles: tuple[str, ...],
        *,
        with_affiliates: bool,
        is_oauth1: bool,
        context: Context,
        client: XClient,
    ) -> None:
        self._settings = settings
        self._source = settings.id
        self._handles = handles
        self._named = {handle.casefold() for handle in handles}
        self._with_affiliates = with_affiliates
        self._is_oauth1 = is_oauth1
        self._context = context
        self._client = client

    def facts(self) -> Iterator[Fact]:
        """Yield everything this connection shows.

        Raises:
            ConnectorError: not one of the accounts could be read.

        """
        bearer = identify(self._client)
        left = list(self._handles)
        if bearer.user is not None and bearer.handle is not None and bearer.is_named_in(self._handles):
            own = bearer.handle.casefold()
            left = [handle for handle in left if handle.casefold() != own]
            yield from self._account(bearer.user, bearer, bearer.problems)
        something_read = len(left) < len(self._handles)
        for start in range(0, len(left), HANDLES_A_CALL):
            chunk = left[start : start + HANDLES_A_CALL]
            self._context.progress(f"X accounts {start + len(chunk)} of {len(left)}")
            try:
                answer = self._client.users(chunk, facts.USER_FIELDS)
            except ConnectorError as failure:
                if not something_read:
                    raise
                for handle in chunk:
                    yield from self._unread(handle, gaps.failed(failure), bearer)
                continue
            something_read = True
            yield from self._chunk(chunk, answer, bearer)
        yield self._token(bearer)

    def _chunk(self, handles: Sequence[str], answer: Answer, bearer: Bearer) -> Iterator[Fact]:
        found: dict[str, Mapping[str, Any]] = {}
        for record in answer.users:
            user = facts.user_record(record, facts.USER_KIND)
            if user is not None:
                found.setdefault(user["username"].casefold(), user)
        for handle in handles:
            shown = found.get(handle.casefold())
            if shown is not None:
                yield from self._account(shown, bearer, answer.problems)
            else:
                yield from self._absent(handle, answer, bearer)

    def _account(
        self, user: Mapping[str, Any], bearer: Bearer, problems: tuple[Problem, ...]
    ) -> Iterator[Fact]:
        at = self._context.clock()
        evidence = self._context.evidence.put(dict(user), kind=facts.USER_KIND)
        account = facts.account_of(user, source=self._source, at=at, evidence_id=evidence)
        yield account
        gap = gaps.account_gap(user, self._client.dropped_fields, problems)
        yield from self._common_coverage(account, gap, bearer)
        yield from self._affiliates(user, account)

    def _absent(self, handle: str, answer: Answer, bearer: Bearer) -> Iterator[Fact]:
        """Yield what is known of a handle that X served no user for: suspended, free, or untold."""
        for problem, raw in zip(answer.problems, answer.raw_problems, strict=True):
            if problem.is_about_a_field or not problem.concerns(handle):
                continue
            evidence = self._context.evidence.put(facts.problem_record(raw), kind=facts.PROBLEM_KIND)
            published, gap = gaps.absence(handle, problem)
            yield from self._unread(handle, gap, bearer, published=published, evidence_id=evidence)
            return
        gap = Gap(CoverageState.FAILED, f"X's answer says nothing of @{handle}.", gaps.LATER)
        yield from self._unread(handle, gap, bearer)

    def _unread(
        self,
        handle: str,
        gap: Gap,
        bearer: Bearer,
        *,
        published: bool | None = None,
        evidence_id: str | None = None,
    ) -> Iterator[Fact]:
        account = facts.account_by_handle(
            handle,
            source=self._source,
            at=self._context.clock(),
            published=published,
            evidence_id=evidence_id,
        )
        yield account
        yield from self._common_coverage(account, gap, bearer)
        yield from self._cover_grants(account, Gap(CoverageState.NOT_EXPOSED, gaps.NO_DELEGATES))

    def _affiliates(self, user: Mapping[str, Any], account: Account) -> Iterator[Fact]:
        if not self._with_affiliates or not facts.may_have_affiliates(user):
            yield from self._cover_grants(account, Gap(CoverageState.NOT_EXPOSED, gaps.NO_DELEGATES))
            return
        seen: set[str] = set()
        lacking = 0
        try:
            for answer in self._pages(user["id"]):
                self._context.progress(f"X affiliates of @{account.handle}: {len(seen) + len(answer.users)}")
                records = [facts.user_record(record, facts.AFFILIATE_KIND) for record in answer.users]
                unserved = sum(not problem.is_about_a_field for problem in answer.problems)
                lacking += records.count(None) + max(unserved, (answer.count or 0) - len(records))
                for record in records:
                    if record is not None and record["id"] not in seen:
                        seen.add(record["id"])
                        yield from self._affiliate(record, account)
        except ConnectorError as failure:
            reason = f"{len(seen)} affiliates read, then: {failure.message} {gaps.NO_DELEGATES}"
            yield from self._cover_grants(account, Gap(coverage_state(failure), reason, failure.remedy))
            return
        left_out = f" X left out {lacking} more." if lacking else ""
        reason = f"{len(seen)} affiliates read.{left_out} {gaps.NO_DELEGATES}"
        yield from self._cover_grants(account, Gap(CoverageState.PARTIAL, reason))

    def _affiliate(self, record: dict[str, Any], account: Account) -> Iterator[Fact]:
        # One of the accounts under audit is an account, not a holder of another.
        if record["username"].casefold() in self._named:
            return
        native_id = account.account_id.partition(":")[2]
        evidence = self._context.evidence.put(
            {**record, "affiliate_of": native_id}, kind=facts.AFFILIATE_KIND
        )
        yield from facts.affiliate_of(
            record, account, source=self._source, at=self._context.clock(), evidence_id=evidence
        )

    def _pages(self, user_id: str) -> Iterator[Answer]:
        token: str | None = None
        asked: set[str] = set()
        for _ in range(MAX_AFFILIATE_PAGES):
            answer = self._client.affiliates(user_id, facts.AFFILIATE_FIELDS, token)
            yield answer
            token = answer.next_token
            if token is None:
                return
            if token in asked:
                raise XFailure("X sent the same page twice.", kind=FailureKind.BAD_RESPONSE)
            asked.add(token)
        raise XFailure(
            f"there are more than {MAX_AFFILIATE_PAGES} pages of affiliates.", kind=FailureKind.PARTIAL_VIEW
        )

    def _token(self, bearer: Bearer) -> Token:
        level = self._client.access_level
        user_id = bearer.user["id"] if bearer.user is not None else None
        is_user = self._is_oauth1 or bearer.kind is TokenKind.USER
        record = {"access_level": level, "kind": str(bearer.kind), "user_id": user_id}
        # App-only tokens and OAuth 1.0a keys live until revoked; OAuth 2.0 user tokens two hours.
        eternal = True if self._is_oauth1 or bearer.kind is TokenKind.APP else None
        return Token(
            source=self._source,
            observed_at=self._context.clock(),
            evidence_id=self._context.evidence.put(record, kind=facts.TOKEN_KIND),
            token_id=platform_id(facts.PLATFORM, f"connection/{self._source}"),
            kind="user" if is_user else "bearer",
            account_id=bearer.account_id,
            scopes=tuple(level.split("-")) if level else None,
            scopes_needed=("read",),
            never_expires=False if is_user and not eternal else eternal,
        )

    def _common_coverage(self, account: Account, gap: Gap, bearer: Bearer) -> Iterator[Coverage]:
        yield self._cover(account, FactKind.ACCOUNTS, gap)
        yield self._cover(account, FactKind.RECOVERY, gaps.recovery_gap(account, bearer, self._handles))
        level = self._client.access_level
        yield self._cover(account, FactKind.TOKENS, gaps.token_gap(account, bearer, self._handles, level))
        for fact, hidden in gaps.NEVER_SHOWN.items():
            yield self._cover(account, fact, hidden)

    def _cover_grants(self, account: Account, gap: Gap) -> Iterator[Coverage]:
        remedy = f"{gaps.DELEGATES_REMEDY} {gap.remedy}".strip()
        for fact in (FactKind.GRANTS, FactKind.PRINCIPALS):
            yield self._cover(account, fact, Gap(gap.state, gap.reason, remedy))

    def _cover(self, account: Account, fact: FactKind, gap: Gap) -> Coverage:
        (coverage,) = coverage_for(
            self._settings,
            account.account_id,
            (fact,),
            gap.state,
            at=self._context.clock(),
            reason=gap.reason,
            remedy=gap.remedy,
        )
        return coverage
