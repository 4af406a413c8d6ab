import pytest
from sqlalchemy import select

from matchmaker import jobs
from matchmaker.extensions import db
from matchmaker.models import Membership, SpaceTopic
from matchmaker.refusal import Unfit
from matchmaker.services import readings, topics
from tests.factories import NOON, make_member, make_space, make_topic


def test_a_spaces_own_topic_is_read_there_and_nowhere_else(any_database):
    mill, loft = make_space(), make_space()
    ana = make_member(space=mill, offers=["flying hawks"], wants=["padel"])
    ana.memberships.append(Membership(space=loft, joined_at=NOON))
    topics.add(mill, "Falconry", ["flying hawks", "valkenjacht"], ["Buchhaltung"], NOON)
    db.session.commit()
    jobs.read_all(NOON)

    own = db.session.scalar(select(SpaceTopic))
    here, there = ana.memberships
    read, padel = readings.topics_of(here)
    assert [guess.topic.name for guess in read.topics] == ["Falconry"]
    assert padel.slugs == ["padel"]
    assert own.slug not in readings.topics_of(there)[0].slugs

    readings.confirm(here, "offers", "flying hawks", [own.slug])
    assert readings.confirmed([ana.id], mill) == {
        ana.id: {("offers", "flying hawks"): frozenset({own.slug})}
    }
    assert readings.confirmed([ana.id], loft) == {}

    topics.remove(own)
    assert readings.confirmed([ana.id], mill) == {}
    assert own.slug not in readings.topics_of(here)[0].slugs


def test_a_changed_topic_is_encoded_again(app):
    space = make_space()
    own = topics.add(space, "Falconry", ["flying hawks"], ["PADEL"], NOON)
    db.session.commit()
    jobs.read_all(NOON)
    assert topics.index(space).slugs[-1] == own.slug
    ((id_, texts),) = [(own.id, own.texts)]
    late = topics.encode_own(id_, texts)

    topics.change(own, "Falcons", ["valkenjacht"], [], NOON)
    topics.keep(late, NOON)  # of how it was before

    assert own.slug not in topics.index(space).slugs
    assert topics.unread() == [(own.id, ("Falcons", "valkenjacht"))]
    db.session.commit()
    jobs.read_all(NOON)
    assert topics.unread() == []
    assert topics.index(space).slugs[-1] == own.slug


@pytest.mark.parametrize(
    ("name", "near", "field"),
    [
        ("bookkeeping", [], "name"),
        ("LETTERPRESS ", [], "name"),
        ("Falcons", ["no such topic"], "near"),
    ],
)
def test_a_topic_is_new_and_near_one_of_ours(app, name, near, field):
    space = make_space()
    make_topic(space, name="Letterpress")

    with pytest.raises(Unfit) as refusal:
        topics.add(space, name, [], near, NOON)

    assert refusal.value.field == field


def test_topics_are_suggested_in_every_language(app):
    assert "bookkeeping" in topics.suggest("boekh")
    assert topics.suggest("pad")[0] == "padel"
    assert topics.suggest("  ") == []
    assert len(topics.suggest("a")) == topics.MOST_SUGGESTED
