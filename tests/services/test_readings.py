import numpy as np
import pytest
from sqlalchemy import select

from matchmaker import jobs
from matchmaker.extensions import db
from matchmaker.matching.text.encoders import encode
from matchmaker.matching.text.topics import TopicIndex
from matchmaker.models import PhraseReading
from matchmaker.refusal import Refusal
from matchmaker.services import imports, profiles, readings, topics
from tests.factories import NOON, make_member, make_space

OFFERS, WANTS = ["boekhouding", "VAT returns for freelancers"], ["asdf qwer"]


def make_reader(**fields):
    """Make a member whose phrases have been read."""
    ana = make_member(space=make_space(), **{"offers": OFFERS, "wants": WANTS} | fields)
    readings.refresh([ana], NOON)
    return ana


def read_texts(member):
    rows = select(PhraseReading.text).where(PhraseReading.member_id == member.id)
    return {*db.session.scalars(rows)}


def slugs(phrase):
    return [guess.topic.slug for guess in phrase.topics]


def test_a_job_reads_what_is_written_and_forgets_what_is_gone(any_database):
    ana = make_member(offers=OFFERS, wants=WANTS)
    ben = make_member()  # has nothing to read
    db.session.commit()
    jobs.read_all(NOON)
    assert read_texts(ana) == {*OFFERS, *WANTS}

    profiles.say_what_you_exchange(
        ana, offers=[OFFERS[0], "React"], wants=WANTS, interests=[], now=NOON
    )
    assert [each.member_id for each in readings.unread()] == [ana.id]
    db.session.commit()
    jobs.read_all(NOON)

    db.session.expire_all()
    assert read_texts(ana) == {OFFERS[0], "React", *WANTS}
    assert (ana.profile.read_by, ben.profile.read_by) == (
        topics.version(),
        topics.version(),
    )
    assert readings.unread() == []


def test_what_other_encoders_read_is_read_again(any_database):
    ana = make_reader()
    ana.profile.read_by = "older"
    for reading in db.session.scalars(select(PhraseReading)):
        reading.read_by, reading.static = "older", b""
    db.session.commit()

    jobs.read_all(NOON)

    db.session.expire_all()
    (reading,) = db.session.scalars(
        select(PhraseReading).where(PhraseReading.text == WANTS[0])
    )
    assert (reading.read_by, len(reading.static)) == (topics.version(), 512)


def test_what_changed_while_it_was_read_stays_unread(app):
    ana = make_member(offers=["React"], wants=WANTS)
    (encoded,) = readings.encode_all(readings.unread())
    ana.profile.offers = ["Django"]
    readings.keep(encoded, NOON)

    assert read_texts(ana) == {*WANTS}
    assert [each.texts for each in readings.unread()] == [("Django", *WANTS)]


def test_an_import_leaves_a_job_that_reads_it(app):
    space = make_space()
    table = b"email,name,offers,wants\nana@example.org,Ana,React; SEO,a logo\n"
    imports.import_members(space, table, {}, NOON)
    db.session.commit()

    queued = db.session.execute(
        db.text("SELECT queue_name FROM workflow_status WHERE name = 'read_profiles'")
    )
    assert queued.scalars().all() == ["readings"]
    (unread,) = readings.unread()
    assert unread.texts == ("React", "SEO", "a logo")


def test_rows_are_the_same_whether_stored_or_not(any_database):
    make_reader()
    texts = ["clients", *OFFERS, "clients", "", OFFERS[0]]

    stored = readings.stored(db.session, texts)

    fresh = encode(texts)
    close = topics.shipped_index().closeness(fresh)
    np.testing.assert_allclose(stored.vectors.static, fresh.static, atol=1e-3)
    np.testing.assert_allclose(
        stored.vectors.multilingual, fresh.multilingual, atol=1e-3
    )
    np.testing.assert_allclose(stored.closeness, close, atol=0.03)
    ben = make_member(offers=["clients"])
    readings.refresh([ben], NOON)
    again = readings.stored(db.session, texts)
    np.testing.assert_array_equal(stored.vectors.static, again.vectors.static)
    # Compared among other texts, the last digit that is kept may be another.
    np.testing.assert_allclose(stored.closeness, again.closeness, rtol=1e-3, atol=1e-3)
    assert len(readings.stored(db.session, [])) == 0


def test_a_round_compares_nothing_with_topics_that_was_compared_before(
    app, monkeypatch
):
    ana = make_reader()
    compared = []
    monkeypatch.setattr(TopicIndex, "closeness", lambda _self, v: compared.append(v))

    (books, *_) = readings.topics_of(ana.memberships[0])

    assert slugs(books) == ["bookkeeping"]
    assert compared == []


def test_we_say_what_we_understood_and_nothing_of_nonsense(app):
    ana = make_reader()

    books, vat, nonsense = readings.topics_of(ana.memberships[0])

    assert slugs(books) == ["bookkeeping"]
    assert slugs(vat)[0] == "vat"
    assert slugs(nonsense) == []
    for phrase in (books, vat, nonsense):
        assert len(phrase.others) == readings.MOST_OTHERS
        assert not phrase.is_confirmed


def test_nonsense_is_about_nothing_and_real_words_are_not(app):
    nonsense = ["zzzzz", "🎉🎉", "the", "nothing", "tbd", "n/a", "12345", "stuff", "!"]
    real = ["padel", "findable in Google", "SQL, Python basics", "un associé technique"]
    ana = make_reader(offers=nonsense, wants=real)

    read = readings.topics_of(ana.memberships[0])

    assert {p.text for p in read if p.topics} == {*real}
    assert all(len(p.topics) <= readings.MOST_TOPICS for p in read)


def test_the_member_has_the_last_word(any_database):
    ana = make_reader()
    membership = ana.memberships[0]
    assert readings.confirmed([ana.id], membership.space) == {}

    readings.confirm(membership, "offers", "boekhouding", ["payroll", "bookkeeping"])
    readings.confirm(membership, "wants", WANTS[0], [])
    db.session.commit()
    readings.refresh([ana], NOON)

    assert readings.confirmed([ana.id, ana.id + 1], membership.space) == {
        ana.id: {
            ("offers", "boekhouding"): frozenset({"payroll", "bookkeeping"}),
            ("wants", WANTS[0]): frozenset(),
        }
    }
    books, vat, nonsense = readings.topics_of(membership)
    assert slugs(books) == ["payroll", "bookkeeping"]
    assert [guess.probability for guess in books.topics] == [1, 1]
    assert (books.is_confirmed, vat.is_confirmed, nonsense.is_confirmed) == (1, 0, 1)
    assert nonsense.topics == ()


def test_what_was_said_of_a_phrase_survives_other_capitals(app):
    ana = make_reader()
    readings.confirm(ana.memberships[0], "offers", "boekhouding", ["payroll"])

    ana.profile.offers = ["Boekhouding"]
    readings.refresh([ana], NOON)

    said = readings.confirmed([ana.id], ana.memberships[0].space)
    assert said == {ana.id: {("offers", "Boekhouding"): frozenset({"payroll"})}}


@pytest.mark.parametrize(
    ("field", "text", "said"),
    [
        ("offers", "never written", ["vat"]),
        ("wants", "boekhouding", ["vat"]),
        ("shoes", "boekhouding", ["vat"]),
        ("offers", "boekhouding", ["no-such-topic"]),
        ("offers", "boekhouding", ["vat", "payroll", "seo", "tea", "chess", "cats"]),
    ],
)
def test_only_what_is_there_can_be_confirmed(app, field, text, said):
    ana = make_reader()

    with pytest.raises(Refusal):
        readings.confirm(ana.memberships[0], field, text, said)

    assert readings.confirmed([ana.id], ana.memberships[0].space) == {}


def test_readings_go_with_their_member(any_database):
    ana = make_reader()

    db.session.delete(ana)
    db.session.commit()

    assert db.session.scalars(select(PhraseReading.text)).all() == []
