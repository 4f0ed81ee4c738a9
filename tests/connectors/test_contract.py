"""What every registered connector owes, ours and strangers' alike."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from auditor.errors import AuditorError
from auditor.model.estate import FactKind
from connectors.base import Connector
from connectors.registry import OURS, make, makers

DOCS = Path(__file__).parents[2] / "docs"
PAGES = {"hr-table": DOCS / "roster.md"}


@pytest.fixture(params=sorted(OURS))
def connector(request: pytest.FixtureRequest) -> Connector:
    """Return each of our connectors in turn."""
    return make(request.param)


def test_it_meets_the_contract_under_its_own_name(connector: Connector) -> None:
    """The registry's name is the connector's, and its summary says something."""
    assert isinstance(connector, Connector)
    assert connector.name in makers()
    assert connector.summary
    assert connector.platforms or connector.name in {"table", "hr-table"}


def test_it_says_of_every_kind_of_fact_once_whether_it_shows_it(connector: Connector) -> None:
    """A platform connector leaves no kind of fact out, and what it cannot show has a remedy."""
    kinds = [sight.fact for sight in connector.sees]
    assert len(kinds) == len(set(kinds))
    if connector.platforms and not connector.reads_estate:
        # An export has no tokens to speak of, and no platform shows seeds; everything else it shows or says it does not.
        assert set(FactKind) - set(kinds) <= {FactKind.TOKENS, FactKind.SEEDS}
        assert FactKind.SEEDS not in kinds
    assert [sight.fact for sight in connector.sees if not sight.can and not sight.remedy] == []


def test_every_permission_it_asks_for_has_a_reason(connector: Connector) -> None:
    """Least privilege can be checked only where each scope says what it is for."""
    assert [scope.name for scope in connector.scopes if not scope.reason] == []


def test_its_allow_list_names_no_secret(connector: Connector) -> None:
    """What is kept of an answer holds no token, cookie or invitation link."""
    kept = {field for fields in connector.kept_fields.values() for field in fields}
    assert kept.isdisjoint({"access_token", "token", "invite_link", "page_token", "datr_cookie", "password"})


def test_its_settings_refuse_unknown_keys(connector: Connector) -> None:
    """A mistyped setting is an error, never ignored."""
    with pytest.raises(ValidationError, match="no_such_key"):
        connector.settings_model.model_validate({"id": "a", "connector": connector.name, "no_such_key": 1})


def test_it_has_a_page_in_the_documentation(connector: Connector) -> None:
    """The page names the connector and each of its settings."""
    page = PAGES.get(connector.name, DOCS / "connectors" / f"{connector.name}.md").read_text(encoding="utf-8")
    settings = set(connector.settings_model.model_fields) - {"id", "connector"}
    assert sorted(name for name in settings if f"`{name}" not in page and f"{name}:" not in page) == []


def test_an_unknown_name_is_told_with_the_known_ones() -> None:
    """A typo in ``connector:`` names what there is."""
    with pytest.raises(AuditorError, match="x-archive"):
        make("x-archiv")
