import flask_migrate
import pytest
from sqlalchemy import delete, inspect, select
from sqlalchemy.exc import IntegrityError

from matchmaker.extensions import db
from matchmaker.models import Base, Event, Series
from tests.factories import (
    NOON,
    make_event,
    make_following,
    make_group,
    make_member,
    make_rsvp,
    make_space,
)


def test_the_migrations_make_the_tables_of_the_models(any_database):
    flask_migrate.check()  # exits where a column differs

    assert set(Base.metadata.tables) <= set(inspect(db.engine).get_table_names())


def test_a_column_that_no_migration_makes_is_noticed(app):
    with db.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE space DROP COLUMN blurb")

    with pytest.raises(SystemExit):
        flask_migrate.check()


def test_tables_that_others_refer_to_are_changed_with_their_rows(any_database):
    space = make_space()
    series = Series(space=space, rule="FREQ=WEEKLY", timezone="UTC", starts_at=NOON)
    series.made_at = NOON
    event = make_event(space, series=series)
    make_rsvp(event)
    make_following(make_group(space), make_member(space=space))
    db.session.commit()

    flask_migrate.downgrade(revision="0003")
    flask_migrate.upgrade()
    flask_migrate.check()

    assert db.session.scalars(select(Event.series_id)).all() == [series.id]
    with pytest.raises(IntegrityError):
        db.session.execute(delete(Series))
