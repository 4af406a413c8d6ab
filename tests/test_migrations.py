import flask_migrate
import pytest
from sqlalchemy import inspect

from matchmaker.extensions import db
from matchmaker.models import Base


def test_the_migrations_make_the_tables_of_the_models(any_database):
    flask_migrate.check()  # exits where a column differs

    assert set(Base.metadata.tables) <= set(inspect(db.engine).get_table_names())


def test_a_column_that_no_migration_makes_is_noticed(app):
    with db.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE space DROP COLUMN blurb")

    with pytest.raises(SystemExit):
        flask_migrate.check()
