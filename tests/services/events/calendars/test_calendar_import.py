from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from matchmaker.extensions import db
from matchmaker.models import (
    CalendarSource,
    Event,
    EventStatus,
    Role,
    RsvpStatus,
    Venue,
)
from matchmaker.refusal import Refusal
from matchmaker.services import fetching
from matchmaker.services.events.calendars import (
    calendar_import,
    calendar_reading,
    feeds,
)
from matchmaker.services.events.calendars.ics.refusals import Unreadable
from matchmaker.services.events.planning import editing, plans, standing
from tests.factories import (
    NOON,
    make_block,
    make_event,
    make_group,
    make_member,
    make_rsvp,
    make_source,
    make_space,
)
from tests.services.events.calendars.test_calendar_reading import (
    told,
    vcalendar,
    vevent,
)

LATER = NOON + timedelta(hours=1)


def talk(number=1, **said):
    """An entry on a day in May; its number is its name and its day."""
    usual = {
        "UID": f"talk-{number}@x",
        "SUMMARY": f"Talk {number}",
        "DTSTART": f"203005{10 + number:02}T080000Z",
        "DTEND": f"203005{10 + number:02}T100000Z",
    }
    return vevent(**usual | said)


def proposed(space, *entries, **how):
    return calendar_import.propose(
        space, told(vcalendar(*entries), space.zone), NOON, **how
    )


def read(source, *entries, at=LATER, head=""):
    """What the hourly reading does."""
    answered(source, lambda _url: vcalendar(*entries, head=head), at)


def answered(source, answer, at=LATER):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fetching, "fetch", answer)
        patch.setattr(calendar_reading, "read", told_or_refused)
        due = calendar_import.Due(source.id, source.url or "", source.space.zone)
        calendar_import.read_again(due, at)
    db.session.flush()


def told_or_refused(content, zone, now):
    """What is read, without the process that it is read in: that has its own tests."""
    try:
        return told(content, zone, now)
    except Unreadable as unreadable:
        raise Refusal(str(unreadable)) from None


def events():
    return list(
        db.session.scalars(db.select(Event).order_by(Event.starts_at, Event.id))
    )


def kinds(letters):
    return [letter.kind for letter in letters()]


def test_nothing_is_saved_of_it_before_somebody_has_looked(space, olga):
    source = proposed(space, talk(1), talk(2))

    preview = calendar_import.preview(source, NOON)
    assert [incoming.title for incoming in preview.new] == ["Talk 1", "Talk 2"]
    assert events() == []

    calendar_import.accept(source, olga, NOON)
    assert [event.title for event in events()] == ["Talk 1", "Talk 2"]


def test_accepted_twice_it_is_done_once(space, olga):
    source = proposed(space, talk(1))
    calendar_import.accept(source, olga, NOON)

    with pytest.raises(Refusal, match="already"):
        calendar_import.accept(source, olga, NOON)
    assert len(events()) == 1


@pytest.mark.parametrize(
    ("publishes", "status"),
    [(True, EventStatus.PUBLISHED), (False, EventStatus.DRAFT)],
)
def test_it_is_published_at_once_or_waits_as_a_draft(space, olga, publishes, status):
    group = make_group(space)
    source = proposed(space, talk(1), publishes=publishes, group=group)

    calendar_import.accept(source, olga, NOON)

    (event,) = events()
    assert (event.status, event.group, event.source_id) == (status, group, source.id)


def test_read_again_there_is_no_second(space, olga):
    calendar_import.accept(proposed(space, talk(1), talk(2)), olga, NOON)

    again = proposed(space, talk(1), talk(2))
    assert calendar_import.preview(again, NOON).changes_nothing
    calendar_import.accept(again, olga, NOON)

    assert len(events()) == 2
    assert {event.sequence for event in events()} == {0}


def test_what_is_otherwise_there_is_otherwise_here_and_those_going_are_told(
    space, olga, letters
):
    source = make_source(space, publishes=True)
    read(source, talk(1), talk(2), at=NOON)
    first, second = events()
    for status in (RsvpStatus.GOING, RsvpStatus.DECLINED):
        make_rsvp(first, status=status)

    read(source, talk(1, LOCATION="The attic"), talk(2))

    assert (first.place, first.venue, first.sequence) == ("The attic", Venue.ADDRESS, 1)
    assert first.changed_at == LATER
    assert second.sequence == 0
    assert kinds(letters) == ["event_changed"]


def test_what_was_changed_here_by_hand_is_kept(space, olga):
    source = make_source(space, publishes=True)
    read(source, talk(1), at=NOON)
    (event,) = events()
    plan = plans.replace(plans.of(event), title="Our talk")
    editing.edit(event, plan, olga, NOON)

    read(source, talk(1, SUMMARY="Their talk", LOCATION="The attic"))

    assert (event.title, event.place) == ("Our talk", "The attic")
    source.pending = told(vcalendar(talk(1, SUMMARY="A", LOCATION="B")), space.zone)
    (change,) = calendar_import.preview(source, LATER).changed
    assert (change.fields, change.kept) == (["place"], ["title"])


def test_an_event_that_was_moved_here_keeps_both_its_times(space, olga):
    source = make_source(space, publishes=True)
    read(source, talk(1), at=NOON)
    (event,) = events()
    moved = plans.of(event)
    moved = plans.replace(moved, ends_at=moved.ends_at + timedelta(hours=1))
    editing.edit(event, moved, olga, NOON)
    before = (event.starts_at, event.ends_at)

    read(source, talk(1, DTSTART="20300520T080000Z", DTEND="20300520T083000Z"))

    assert (event.starts_at, event.ends_at) == before


def test_what_is_gone_is_called_off_and_those_going_are_told(space, letters):
    source = make_source(space, publishes=True)
    read(source, talk(1), talk(2), at=NOON)
    first, second = events()
    make_rsvp(first)

    read(source, talk(2))

    assert (first.status, first.sequence) == (EventStatus.CANCELLED, 1)
    assert second.is_published
    assert kinds(letters) == ["event_cancelled"]


def test_a_draft_that_is_gone_is_gone(space):
    source = make_source(space)
    read(source, talk(1), talk(2), at=NOON)

    read(source, talk(2))

    assert [event.title for event in events()] == ["Talk 2"]


def test_one_called_off_there_is_called_off_here(space):
    source = make_source(space, publishes=True)
    read(source, talk(1), talk(2), at=NOON)

    read(source, talk(1, STATUS="CANCELLED"), talk(2), talk(3, STATUS="CANCELLED"))

    assert [event.is_cancelled for event in events()] == [True, False]


def test_what_was_cancelled_here_stays_so(space, olga):
    source = make_source(space, publishes=True)
    read(source, talk(1), at=NOON)
    (event,) = events()
    standing.cancel(event, "", olga, NOON)

    read(source, talk(1, LOCATION="The attic"))

    assert event.is_cancelled
    assert event.place == ""


@pytest.mark.parametrize("left", [[], [7]])
def test_a_calendar_that_is_suddenly_empty_cancels_nothing_by_itself(
    space, olga, letters, left
):
    source = make_source(space, publishes=True)
    read(source, *map(talk, range(1, 8)), at=NOON)
    make_rsvp(events()[0])

    read(source, *map(talk, left))

    assert all(event.is_published for event in events())
    assert letters() == []
    assert "Nothing was changed" in source.problem
    preview = calendar_import.preview(source, LATER)
    assert len(preview.gone) == 7 - len(left)

    calendar_import.accept(source, olga, LATER)  # somebody looked, and it is so
    assert sum(event.is_cancelled for event in events()) == 7 - len(left)
    assert source.problem == ""


def test_the_doubt_goes_when_the_calendar_is_itself_again(space):
    source = make_source(space, publishes=True)
    read(source, talk(1), at=NOON)
    read(source)
    assert source.problem
    assert source.pending

    read(source, talk(1), at=LATER + timedelta(hours=1))

    assert (source.problem, source.pending) == ("", None)


def test_what_cannot_be_read_this_time_is_not_gone(space):
    source = make_source(space, publishes=True)
    read(source, talk(1), talk(2), at=NOON)

    read(source, talk(1, DTEND="20300101T000000Z"), talk(2))

    assert all(event.is_published for event in events())


def test_what_is_over_is_not_gone(space):
    source = make_source(space, publishes=True)
    read(source, talk(1), talk(2), at=NOON)

    read(source, talk(2), at=NOON + timedelta(days=6))

    assert all(event.is_published for event in events())


def test_beyond_five_hundred_nothing_is_thought_to_be_gone(space):
    source = make_source(space, publishes=True)
    late = make_event(
        space,
        source_id=source.id,
        source_uid="late@x",
        starts_at=NOON + timedelta(days=300),
    )

    read(source, *(talk(n % 15, UID=f"{n}@x", SUMMARY=f"{n}") for n in range(600)))

    assert late.is_published
    assert len(events()) == 501


def test_other_events_of_the_space_are_left_alone(space):
    other_space = make_space("loft")
    mine, theirs = make_event(space), make_event(other_space, source_uid="talk-1@x")
    source = make_source(space, publishes=True)
    another = make_source(space, url="https://b.example/")
    read(another, talk(2), at=NOON)

    read(source, talk(1))
    read(source, at=LATER + timedelta(hours=1))

    assert mine.is_published
    assert theirs.is_published
    assert theirs.title == "Breakfast"


def test_one_event_comes_from_one_calendar(space, olga):
    first = make_source(space, publishes=True)
    read(first, talk(1), at=NOON)

    second = proposed(space, talk(1, SUMMARY="Mine"), url="https://b.example/c.ics")

    preview = calendar_import.preview(second, NOON)
    assert preview.changes_nothing
    assert [left_out.why for left_out in preview.left_out] == [
        "It comes from Meetups already."
    ]


def test_a_feed_goes_on_with_what_a_file_has_begun(space, olga):
    calendar_import.accept(proposed(space, talk(1)), olga, NOON)

    feed = proposed(space, talk(1), url="https://b.example/c.ics")
    calendar_import.accept(feed, olga, NOON)

    (event,) = events()
    assert event.source_id == feed.id


def test_our_own_calendar_does_not_come_back_to_us(space, app):
    event = make_event(space)
    feed = feeds.of_space(space, make_member(space=space), NOON).text(NOON)
    source = calendar_import.propose(space, told(feed.encode(), space.zone), NOON)

    preview = calendar_import.preview(source, NOON)

    assert preview.changes_nothing
    assert [left_out.why for left_out in preview.left_out] == [
        "It comes from this portal itself."
    ]
    assert event.source_id is None


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("https://localhost/spaces/mill/events.ics", "our own calendars"),
        ("http://calendar.example/", "begins with http"),
        ("calendar.example", "not the address"),
        ("https://calendar.example/meetups.ics", "here already: Meetups"),
        ("webcal://calendar.example/meetups.ics", "here already: Meetups"),
    ],
)
def test_an_address_of_no_use_is_refused(space, url, why):
    make_source(space)

    with pytest.raises(Refusal, match=why):
        proposed(space, talk(1), url=url)


def test_it_is_called_as_it_calls_itself(space):
    content = vcalendar(talk(1), head="X-WR-CALNAME:Ghent\r\n")

    assert calendar_import.propose(space, told(content), NOON).name == "Ghent"
    assert proposed(space, talk(1), url="https://b.example/").name == "b.example"
    assert proposed(space, talk(2), name=" Mine ").name == "Mine"


def test_thrown_away_nothing_is_left_of_it(space):
    calendar_import.discard(proposed(space, talk(1)))

    assert db.session.scalars(db.select(CalendarSource)).all() == []
    assert events() == []


def test_thrown_away_a_feed_that_was_read_before_stays(space):
    source = make_source(space, pending="BEGIN:VCALENDAR")

    calendar_import.discard(source)

    assert source.pending is None
    assert db.session.scalars(db.select(CalendarSource)).all() == [source]


def test_read_no_more_its_events_stay_and_are_the_spaces_own(space):
    source = make_source(space, publishes=True)
    read(source, talk(1), at=NOON)

    calendar_import.forget(source)

    (event,) = events()
    db.session.refresh(event)
    assert (event.source_id, event.is_published) == (None, True)


def test_a_feed_is_due_an_hour_after_it_was_read_and_then_once(space):
    source = make_source(space)
    make_source(space, url=None)  # a file
    make_source(space, url="https://b.example/", read_at=None)  # nobody has said yes

    assert calendar_import.claim_due(NOON + timedelta(minutes=59)) == []
    assert [due.source_id for due in calendar_import.claim_due(LATER)] == [source.id]
    assert calendar_import.claim_due(LATER) == []


def test_what_went_wrong_is_kept_in_words_and_nothing_is_changed(space):
    source = make_source(space, publishes=True)
    read(source, talk(1), at=NOON)

    def away(_url):
        raise Refusal("The server there could not be reached.")

    answered(source, away)
    assert source.problem == "The server there could not be reached."
    answered(source, lambda _url: b"<html>")
    assert "a web page" in source.problem
    assert [event.is_published for event in events()] == [True]

    read(source, talk(1))
    assert source.problem == ""


def test_one_that_was_forgotten_meanwhile_is_not_read(space, monkeypatch):
    monkeypatch.setattr(fetching, "fetch", lambda _url: vcalendar(talk(1)))

    calendar_import.read_again(
        calendar_import.Due(404, "https://x.example/", ZoneInfo("UTC")), NOON
    )

    assert events() == []


def test_one_that_recurs_keeps_its_people_when_all_move_to_another_hour(space, letters):
    source = make_source(space, publishes=True)
    weekly = {"RRULE": "FREQ=WEEKLY;COUNT=3"}
    read(source, talk(1, **weekly), at=NOON)
    before = events()
    make_rsvp(before[1])

    read(
        source,
        talk(1, DTSTART="20300511T140000Z", DTEND="20300511T160000Z", **weekly),
    )

    assert events() == before
    assert {event.starts_at.hour for event in before} == {14}
    assert kinds(letters) == ["event_changed"]


def test_it_is_done_alike_on_every_database(any_database):
    space = make_space(timezone="Europe/Brussels")
    olga = make_member("Olga", space=space, role=Role.ORGANISER)
    entries = [talk(1, SUMMARY="Café 🍵", DESCRIPTION="x" * 9_000), talk(2)]
    source = proposed(space, *entries, url="https://b.example/", publishes=True)
    db.session.commit()

    calendar_import.accept(source, olga, NOON)
    db.session.commit()
    read(source, talk(1, SUMMARY="Café"))
    db.session.commit()

    told = [(event.title, event.status) for event in events()]
    assert told == [
        ("Café", EventStatus.PUBLISHED),
        ("Talk 2", EventStatus.CANCELLED),
    ]


def made_by_hand(space, **fields):
    return make_event(
        space,
        **{
            "title": "talk  1",
            "starts_at": NOON.replace(day=11, hour=8),
            "ends_at": NOON.replace(day=11, hour=9),
        }
        | fields,
    )


def test_what_somebody_made_by_hand_already_does_not_come_unless_it_is_ticked(
    space, olga
):
    own = made_by_hand(space)
    source = proposed(space, talk(1, SUMMARY="Talk 1 "), talk(2))

    preview = calendar_import.preview(source, NOON, olga)
    assert [(t.incoming.title, t.event) for t in preview.twins] == [("Talk 1", own)]
    assert [incoming.title for incoming in preview.new] == ["Talk 2"]

    calendar_import.accept(source, olga, NOON)
    assert [event.title for event in events()] == ["talk  1", "Talk 2"]

    again = proposed(space, talk(1), talk(2))
    calendar_import.accept(again, olga, NOON, ["talk-1@x"])
    assert sorted(event.title for event in events()) == ["Talk 1", "Talk 2", "talk  1"]


def test_a_feed_leaves_a_twin_out_by_itself(space):
    own = made_by_hand(space)
    source = make_source(space, publishes=True)

    read(source, talk(1))

    assert events() == [own]


@pytest.mark.parametrize(
    "fields",
    [
        {"title": "Talk 10"},
        {"starts_at": NOON.replace(day=11, hour=7)},
        {"status": EventStatus.CANCELLED},
        {"archived_at": NOON},
    ],
)
def test_what_is_otherwise_is_no_twin(space, fields):
    made_by_hand(space, **fields)

    preview = calendar_import.preview(proposed(space, talk(1)), NOON)

    assert (len(preview.new), preview.twins) == (1, [])


def test_the_same_event_under_another_uid_stays_itself(space, letters):
    """It was cancelled by letter and came again, each hour that a feed named it anew."""
    source = make_source(space, publishes=True)
    read(source, *map(talk, range(1, 6)), at=NOON)
    before = events()
    for event in before:
        make_rsvp(event)

    for hour in (1, 2):
        renamed = [talk(n, UID=f"{n}-{hour}@x") for n in range(1, 6)]
        read(source, *renamed, at=NOON + timedelta(hours=hour))

    assert events() == before
    assert all(event.is_published for event in before)
    assert [event.source_uid for event in before] == [f"{n}-2@x" for n in range(1, 6)]
    assert (letters(), source.problem) == ([], "")


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"LOCATION": "The attic"}, "place"),
        ({"DTSTART": "20300511T090000Z"}, "starts_at"),
        ({"DTSTART": "20300520T080000Z", "DTEND": "20300520T100000Z"}, "starts_at"),
        ({"SUMMARY": "TALK   1"}, "title"),
    ],
)
def test_one_that_was_edited_and_named_anew_is_the_same_one_changed(
    space, letters, said, field
):
    source = make_source(space, publishes=True)
    read(source, talk(1), talk(2), at=NOON)
    event, _ = before = events()
    rsvp = make_rsvp(event)
    was = getattr(event, field)

    read(source, talk(1, UID="other@x", **said), talk(2))

    assert {event.id for event in events()} == {event.id for event in before}
    assert event.is_published
    assert getattr(event, field) != was
    assert rsvp.is_going
    assert "event_cancelled" not in kinds(letters)


@pytest.mark.parametrize(
    "now_there",
    [
        pytest.param([], id="an empty one"),
        pytest.param([talk(n) for n in range(1, 7)], id="half of it"),
        pytest.param(
            [talk(n, SUMMARY=f"Yoga {n}", UID=f"y{n}") for n in range(1, 13)],
            id="another calendar",
        ),
        pytest.param(
            [talk(n) for n in range(1, 11)]
            + [talk(n, SUMMARY=f"Yoga {n}", UID=f"y{n}") for n in (3, 4)],
            id="two replaced",
        ),
        pytest.param(
            [talk(n) for n in range(1, 12)] + [talk(12, SUMMARY="Yoga", UID="y")],
            id="one given another name in every way",
        ),
        pytest.param(
            [
                talk(
                    n,
                    DTSTART=f"203005{10 + n}T090000Z",
                    DTEND=f"203005{10 + n}T110000Z",
                )
                for n in range(1, 13)
            ],
            id="an hour later",
        ),
        pytest.param(
            [
                talk(n, DTSTART=f"203105{n:02}T080000Z", DTEND=f"203105{n:02}T100000Z")
                for n in range(1, 5)
            ],
            id="another year",
        ),
        pytest.param(
            [talk(n, LOCATION="Somewhere else") for n in range(1, 13)],
            id="elsewhere",
        ),
    ],
)
def test_a_reading_that_may_be_the_calendars_fault_changes_nothing(
    space, olga, letters, now_there
):
    source = make_source(space, publishes=True)
    read(source, *map(talk, range(1, 13)), at=NOON)
    before = [(event.title, event.starts_at, event.status) for event in events()]
    for event in events():
        make_rsvp(event)

    for hour in (1, 2):
        read(source, *now_there, at=NOON + timedelta(hours=hour))

    told_of = [(event.title, event.starts_at, event.status) for event in events()]
    assert told_of == before
    assert letters() == []
    assert "Nothing was changed" in source.problem

    calendar_import.accept(source, olga, LATER)  # somebody looked, and it is so
    assert (source.problem, source.pending) == ("", None)
    assert letters()


def test_what_a_calendar_names_anew_is_the_same_in_a_file_too(space, olga):
    first = proposed(space, talk(1), talk(2))
    calendar_import.accept(first, olga, NOON)

    again = proposed(space, talk(1, UID="a"), talk(2, UID="b"), talk(3, UID="c"))

    assert again is first
    preview = calendar_import.preview(again, NOON)
    assert (len(preview.new), len(preview.same), preview.gone) == (1, 2, [])


def test_a_twin_that_a_block_hides_is_not_given_away(space, olga):
    bo = make_member("Bo", space=space)
    make_block(olga, bo)
    made_by_hand(space, hosts=[bo])

    preview = calendar_import.preview(proposed(space, talk(1)), NOON, olga)

    assert (len(preview.new), preview.twins) == (1, [])


@pytest.mark.parametrize("is_read", [False, True])
def test_the_same_file_twice_is_one_calendar(space, olga, is_read):
    first = proposed(space, talk(1))
    if is_read:
        calendar_import.accept(first, olga, NOON)

    assert proposed(space, talk(1)) is first
    assert db.session.scalars(db.select(CalendarSource)).all() == [first]


def test_a_file_with_more_in_it_goes_on_with_the_one_before(space, olga):
    first = proposed(space, talk(1))
    calendar_import.accept(first, olga, NOON)

    assert proposed(space, talk(1), talk(2)) is first


def test_a_file_that_lacks_what_another_has_is_another(space, olga):
    first = proposed(space, talk(1), talk(2))
    calendar_import.accept(first, olga, NOON)

    assert proposed(space, talk(2), talk(3)) is not first
