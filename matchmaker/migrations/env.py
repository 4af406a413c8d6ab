"""How Alembic runs: on the application's own engine, against its own models."""

from alembic import context
from flask import current_app

from matchmaker.jobs import prepare_database

migrate = current_app.extensions["migrate"]
engine = migrate.db.engine

if engine.dialect.name == "sqlite":
    # Kept in the file for good, so set here alone: two processes that set it at once
    # lock each other out. Not within a transaction, hence past SQLAlchemy.
    raw = engine.raw_connection()
    raw.cursor().execute("PRAGMA journal_mode = WAL")
    raw.close()

with engine.connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=migrate.db.metadata,
        **migrate.configure_args,
    )
    with context.begin_transaction():
        context.run_migrations()

prepare_database(engine)
