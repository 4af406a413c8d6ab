import flask_migrate
import pytest
from sqlalchemy import delete, inspect, select, text
from sqlalchemy.exc import IntegrityError

from matchmaker.config import ROOT
from matchmaker.enums import GainKind, UnmatchedReason
from matchmaker.extensions import db
from matchmaker.models import Base, Event, LeftOut, Part, Series
from tests.factories import (
    NOON,
    make_event,
    make_following,
    make_group,
    make_introduction,
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


def test_what_earlier_engines_said_is_kept_by_its_new_names(any_database):
    space = make_space(industry_weight=0.2)
    said = 'so "kind": "offer meets want"'  # somebody's words, which stay
    kinds = {"mentor": "mentoring", "peer": "offer meets want"}
    introduction = make_introduction(make_member(space=space), make_member(space=space))
    for side, (part, kind) in zip(introduction.sides, kinds.items(), strict=True):
        side.part = Part(part)
        side.gains = [side.gains[0] | {"kind": kind, "want": said}]
    introduction.round.left_out = [
        LeftOut(member=make_member(space=space), why=UnmatchedReason.ODD_ONE_OUT)
    ]
    db.session.commit()
    (renaming,) = ROOT.glob("matchmaker/migrations/versions/*_kinds_of_gain.py")
    flask_migrate.downgrade(revision=f"{int(renaming.name[:4]) - 1:04}")
    db.session.execute(text("UPDATE left_out SET why = 'put off'"))
    db.session.execute(text("UPDATE space SET industry_weight = 0.2"))
    db.session.commit()

    flask_migrate.upgrade()

    db.session.expire_all()
    gains = {side.part: side.gains[0] for side in introduction.sides}
    assert gains[Part.MENTOR]["kind"] == GainKind.GIVING
    assert gains[Part.PEER]["kind"] == GainKind.HELP
    assert {gain["want"] for gain in gains.values()} == {said}
    (left_out,) = introduction.round.left_out
    assert left_out.why is UnmatchedReason.SAVED_FOR_LATER
    assert space.industry_weight == 0.1
