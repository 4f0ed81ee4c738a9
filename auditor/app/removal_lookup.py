"""Finding who or what is to be removed by what a human would type."""

from __future__ import annotations

from collections.abc import Iterator

from auditor.app.removal_index import RemovalIndex, folded
from auditor.app.removal_subjects import APP, PERSON, key_of
from auditor.errors import UsageError
from reports import names

_SHOWN = 12


def find_subject(index: RemovalIndex, text: str) -> tuple[str, str]:
    """Return kind and id of the person, identity or app known by ``text``.

    Args:
        index: the review.
        text: id, e-mail address, handle or name; of an identity that is a person's, the person is meant.

    Raises:
        UsageError: there is none, or there are several.

    """
    wanted = folded(text)
    found = {key: label for key, label, words in _known(index) if wanted and wanted in map(folded, words)}
    if len(found) == 1:
        return next(iter(found))
    if found:
        raise UsageError(
            f"{text!r} fits {len(found)}: {_shown(found)}.", remedy="Name one of them by its id."
        )
    called_for = "auditor removal, without a name, lists those whose removal a finding calls for."
    raise UsageError(
        f"there is no person, identity or app known as {text!r} in this snapshot.", remedy=called_for
    )


def _known(index: RemovalIndex) -> Iterator[tuple[tuple[str, str], str, list[str]]]:
    """Yield kind and id, what to call it, and every word it is known by."""
    for person in index.people.values():
        words = [person.person_id, person.work_email or "", person.name]
        yield (PERSON, person.person_id), f"{person.name} ({person.person_id})", words
    for held in index.by_principal.values():
        holder = held[0]
        native = holder.principal_id.partition(":")[2]
        words = [holder.principal_id, native, holder.principal_email or "", holder.principal_handle or ""]
        words += [holder.principal_name, holder.person_name or "", holder.person_id or ""]
        name = holder.person_name or holder.principal_name
        yield key_of(holder), f"{name} ({key_of(holder)[1]})", words
    for apps in index.apps_by_id.values():
        app = apps[0]
        words = [app.app_id, app.app_id.partition(":")[2], app.name or ""]
        yield (APP, app.app_id), f"{names.app(app)} ({app.app_id})", words


def _shown(found: dict[tuple[str, str], str]) -> str:
    listed = sorted(found.values())
    more = len(listed) - _SHOWN
    return ", ".join(listed[:_SHOWN]) + (f" and {more} more" if more > 0 else "")
