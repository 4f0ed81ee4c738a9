"""auditor.yaml: errors name file, line and mend, and a secret in it is refused unseen."""

from __future__ import annotations

from pathlib import Path

import pytest

from auditor.config import find_config, load_config
from auditor.errors import ConfigError, DocumentError

GOOD = """\
organization: {name: Riverside Health, timezone: America/Chicago, email_domains: [riverside.example]}
connections:
  - {id: x-brand, connector: x, accounts: [RiversideHealth], bearer_token: keyring:x-brand}
roster: {path: hr/people.csv}
reports:
  recipients: [privacy@riverside.example]
  mail: {smtp: "smtp+starttls://mail.riverside.example:587", sender: auditor@riverside.example}
"""


def write(tmp_path: Path, text: str) -> Path:
    """Write ``text`` as a configuration file."""
    path = tmp_path / "auditor.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_good_file_loads(tmp_path: Path) -> None:
    """The example of the documentation loads, and a connection's own keys are kept for its connector."""
    loaded = load_config(write(tmp_path, GOOD))
    assert loaded.config.organization.name == "Riverside Health"
    assert loaded.config.connections[0].options["bearer_token"] == "keyring:x-brand"
    assert loaded.resolve("hr/people.csv") == tmp_path / "hr" / "people.csv"


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("recipients:", "recipient:", 6, "Did you mean 'recipients'?"),
        ("organization:", "organisation:", 1, "Did you mean 'organization'?"),
        ("America/Chicago", "America/Chigaco", 1, "time zone name"),
        ("[privacy@riverside.example]", "privacy", 6, "recipients"),
        ("id: x-brand,", "", 3, "connections.0.id: is missing"),
        ("reports:\n", "reports:\n  formats: 3\n", 6, "formats"),
    ],
)
def test_errors_name_the_place_and_the_mend(
    tmp_path: Path, old: str, new: str, line: int, words: str
) -> None:
    """A typo or a wrong type is told with file, line, the key's path and the nearest right key."""
    with pytest.raises(ConfigError) as caught:
        load_config(write(tmp_path, GOOD.replace(old, new)))
    assert f"auditor.yaml:{line}:" in str(caught.value)
    assert words in str(caught.value)


def test_a_literal_secret_is_refused_and_not_shown(tmp_path: Path) -> None:
    """A password written into the file is refused, and the message does not repeat it."""
    text = GOOD.replace("sender:", "password: hunter2-very-secret, sender:")
    with pytest.raises(ConfigError, match="must not stand in this file") as caught:
        load_config(write(tmp_path, text))
    assert "hunter2" not in str(caught.value)


def test_a_password_in_the_store_url_is_refused(tmp_path: Path) -> None:
    """A database URL that carries a password is refused."""
    with pytest.raises(ConfigError, match="store_password") as caught:
        load_config(write(tmp_path, GOOD + "store: postgresql+psycopg://me:hunter2@db/auditor\n"))
    assert "hunter2" not in str(caught.value)


def test_two_connections_of_one_id_are_refused(tmp_path: Path) -> None:
    """Facts are traced to a connection by its id, so an id names one connection."""
    text = GOOD.replace("roster:", "  - {id: x-brand, connector: table}\nroster:")
    with pytest.raises(ConfigError, match="used twice"):
        load_config(write(tmp_path, text))


def test_an_empty_file_is_told_so(tmp_path: Path) -> None:
    """An empty file is not an empty configuration."""
    with pytest.raises(DocumentError, match="empty or not a mapping"):
        load_config(write(tmp_path, ""))


def test_finding_the_file_says_what_to_do_where_there_is_none(tmp_path: Path) -> None:
    """Where there is no configuration the next step is named."""
    with pytest.raises(ConfigError, match="auditor init"):
        find_config(str(tmp_path / "none.yaml"), environ={})


def test_the_environment_names_the_file(tmp_path: Path) -> None:
    """AUDITOR_CONFIG is used where --config is not given."""
    path = write(tmp_path, GOOD)
    assert find_config(None, environ={"AUDITOR_CONFIG": str(path)}) == path
