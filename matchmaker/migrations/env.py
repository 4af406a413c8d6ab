"""How Alembic runs: on the application's own engine, against its own models."""

from alembic import context
from flask import current_app

from matchmaker.cli.trouble import in_sentences
from matchmaker.jobs import prepare_database
from matchmaker.refusal import Refusal


def run() -> None:
    migrate = current_app.extensions["migrate"]
    engine = migrate.db.engine

    if engine.dialect.name == "sqlite":
        # Kept in the file for good, so set here alone: two processes that set it at once
        # lock each other out. Not within a transaction, hence past SQLAlchemy.
        raw = engine.raw_connection()
        raw.cursor().execute("PRAGMA journal_mode = WAL")
        raw.close()

    with engine.connect() as connection:
        # SQLite changes a table by writing it anew and dropping the old one, to which
        # others refer. It heeds this between transactions alone, hence past SQLAlchemy.
        pragma = connection.connection.cursor().execute
        is_sqlite = engine.dialect.name == "sqlite"
        if is_sqlite:
            pragma("PRAGMA foreign_keys = OFF")
        context.configure(
            connection=connection,
            target_metadata=migrate.db.metadata,
            **migrate.configure_args,
        )
        with context.begin_transaction():
            context.run_migrations()
            lost = pragma("PRAGMA foreign_key_check").fetchall() if is_sqlite else []
            if lost:
                raise Refusal(f"Rows refer to others that are gone: {lost[:5]}")
    engine.dispose()  # the next connection is one that heeds references

    prepare_database(engine)


with in_sentences():
    run()
