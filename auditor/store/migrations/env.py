"""Alembic's entry: runs migrations on the connection that `auditor.store.migrate` hands over.

A new revision is drafted on a store that is up to date, with
``alembic.command.revision(alembic_config(connection), "what changes", autogenerate=True)``, then
tidied by hand and added to `auditor.store.migrate.REVISIONS`.
"""

from __future__ import annotations

from alembic import context

from auditor.store.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    version_table=context.config.attributes["version_table"],
    target_metadata=metadata,
    transactional_ddl=True,
    # SQLite alters a table by copying it.
    render_as_batch=True,
)
context.run_migrations()
