"""The room's pages: first that they give nobody away, then that they work."""

import json
import re
from datetime import timedelta

import pytest
from markupsafe import escape
from sqlalchemy import event as sqlalchemy_event
from sqlalchemy import select

from matchmaker.extensions import db
from matchmaker.mail import reasons
from matchmaker.models import (
    Answer,
    EventKind,
    Introduction,
    Role,
    Rsvp,
    Seat,
    Seating,
    Side,
    Slot,
    utcnow,
)
from matchmaker.services import safety
from matchmaker.services.events.room import introducing, seating
from matchmaker.services.events.room.present import Who
from tests.factories import (
    NOON,
    make_block,
    make_encounter,
    make_event,
    make_member,
    make_rsvp,
    make_slot,
    make_space,
)

CRAFTS = ("Postgres", "grant writing", "logo design", "tax advice")


@pytest.fixture
def event(app):
    return make_event(make_space("mill"), title="Autumn breakfast")


@pytest.fixture
def host(event):
    host = make_member("Hana Sato", space=event.space, role=Role.HOST)
    event.hosts.append(host)
    return host


@pytest.fixture
def desk(host, as_member):
    return as_member(host)


def come(event, count, *, shown=True, **fields):
    members = []
    for number in range(count):
        member = make_member(
            f"Member{number} Known",
            space=event.space,
            offers=[CRAFTS[number % 4]],
            wants=[CRAFTS[(number + 1) % 4], CRAFTS[(number + 3) % 4]],
        )
        make_rsvp(
            event,
            member,
            is_shown=shown,
            wants_introductions=True,
            checked_in_at=NOON,
            **fields,
        )
        members.append(member)
    return members


def over(event):
    event.ends_at = utcnow() - timedelta(minutes=5)
    event.starts_at = event.ends_at - timedelta(hours=2)
    db.session.flush()


def at(event, page):
    return f"/events/{event.id}/{page}"


def seat_form(**fields):
    return {"who": "arrived", "table_size": 4, "rounds": 2, "minutes": 10} | fields


# Nobody is given away


def test_the_screen_and_its_clock_have_no_names(event, as_member, visitor):
    members = come(event, 8)
    seating.make(event, Who.ARRIVED, 2, 4, 10, NOON)
    seating.start_round(event, 1, utcnow())
    stranger = as_member(make_member("Stranger", space=event.space))

    for page in ("screen", "clock.json"):
        shown = stranger.get(at(event, page))
        assert shown.status_code == 200
        assert "Known" not in shown.text
        assert all(member.email not in shown.text for member in members)
        assert visitor.get(at(event, page)).status_code == 404


def test_one_sees_ones_table_and_nobody_whom_a_block_parts(event, as_member):
    members = come(event, 4)
    ana, ben, cem, dan = members
    seating.make(event, Who.ARRIVED, 1, 4, 10, NOON)
    seating.start_round(event, 1, utcnow())
    safety.block(ben, ana, NOON)  # they sit at one table already

    page = as_member(ana).get(at(event, "here")).text

    assert ben.name not in page
    assert cem.name in page
    assert dan.name in page
    assert "other" not in re.sub(r"<[^>]*>", " ", page.split("seat-now")[1])[:400]


def test_who_chose_not_to_be_shown_is_counted_and_not_named(event, as_member):
    ana, *_ = come(event, 4, shown=False)
    seating.make(event, Who.ARRIVED, 1, 4, 10, NOON)

    page = as_member(ana).get(at(event, "here")).text

    assert "3 others" in page
    assert "Member1" not in page


def test_a_runner_sees_and_counts_nobody_whom_a_block_parts(event, host, desk):
    members = come(event, 8)
    make_block(members[3], host)
    for _ in range(2):
        page = desk.get(at(event, "room")).text
        assert members[3].name not in page
        assert re.search(r"Arrived</dt>\s*<dd><span class=\"stat-value\">7<", page)
        db.session.rollback()
        if not seating.of(event):
            introducing.introduce(event, Who.ARRIVED, NOON)
            seating.make(event, Who.ARRIVED, 2, 4, 10, NOON)
            db.session.commit()
    seats = db.session.scalars(select(Seat).where(Seat.member_id == members[3].id))
    assert len(seats.all()) == 2  # they have a seat all the same


def test_no_contact_details_before_both_said_yes(event, as_member):
    ana, ben = come(event, 2)
    introducing.introduce(event, Who.ARRIVED, NOON)
    browser = as_member(ana)

    page = browser.get(at(event, "here")).text
    assert ben.name in page
    assert ben.email not in page

    introduction = db.session.scalars(select(Introduction)).one()
    mine = as_member(ana).get(f"/introductions/{introduction.id}").text
    assert "Autumn breakfast" in mine
    assert ben.email not in mine
    for member in (ana, ben):
        answer = {"answer": Answer.YES.value}
        url = f"/introductions/{introduction.id}/answer"
        as_member(member).post(url, data=answer)
    assert ben.email in as_member(ana).get(f"/introductions/{introduction.id}").text


def test_whom_a_block_parts_from_a_mentor_finds_no_hours(event, as_member):
    (ana, ben, mara) = come(event, 3)
    slot = make_slot(event, mara, starts_at=event.starts_at)
    make_block(mara, ana)

    assert mara.name not in as_member(ana).get(at(event, "hours")).text
    assert mara.name in as_member(ben).get(at(event, "hours")).text
    data = {"slot": slot.id, "topic": "pricing"}
    refused = as_member(ana).post(at(event, "hours/book"), data=data)
    unknown = as_member(ana).post(at(event, "hours/book"), data=data | {"slot": 99999})
    assert refused.status_code == unknown.status_code == 409
    without_tokens = [
        re.sub(r'value="[^"]{60,}"', "", p.text) for p in (refused, unknown)
    ]
    assert without_tokens[0] == without_tokens[1]


# The host's page


def said_of_the_tables(desk, event):
    page = desk.get(at(event, "room")).text
    return " ".join(
        re.search(r'class="result clean">(.*?)</ul>', page, re.S)[1].split()
    )


def sit(event, *rounds):
    """Make tables, and seat people at these instead: of each round who sits where."""
    made = seating.make(event, Who.ARRIVED, len(rounds), 2, 10, NOON)
    for number, tables in enumerate(rounds, 1):
        where = {m.id: n for n, table in enumerate(tables, 1) for m in table}
        for seat in made.seats:
            if seat.round == number:
                seat.table = where[seat.member_id]
    db.session.commit()
    return made


def test_what_is_said_of_the_tables_is_of_those_whom_the_reader_sees(
    event, host, desk, as_member
):
    ana, ben, cem, dan = come(event, 4)
    made = sit(event, [[ana, ben], [cem, dan]], [[ana, cem], [ben, dan]])
    # As kept with the tables: Dan is counted, who met somebody before, and meets twice.
    made.repeats, made.met_before, made.repeats_bound = 1, 1, 1
    for one, other in ((ben, dan), (ana, ben)):
        make_encounter(one, other, event.space)
    make_block(dan, host)
    db.session.commit()

    said = said_of_the_tables(desk, event)
    assert "Nobody meets twice" in said
    assert "1 pair had met before" in said

    colleague = make_member("Ida Ek", space=event.space, role=Role.HOST)
    event.hosts.append(colleague)
    db.session.commit()
    assert "2 pairs had met before" in said_of_the_tables(as_member(colleague), event)


def test_that_somebody_is_kept_apart_is_not_proved_to_who_runs_the_event(event, desk):
    ana, ben, _, _ = come(event, 4)
    make_block(ana, ben)

    made = seating.make(event, Who.ARRIVED, 3, 2, 10, NOON)
    db.session.commit()

    assert made.repeats_bound > 0  # of four, three rounds of pairs need no repeat
    assert "cannot be fewer" not in said_of_the_tables(desk, event)


def test_where_it_cannot_be_otherwise_the_host_reads_so(event, desk):
    come(event, 4)
    seating.make(event, Who.ARRIVED, 2, 4, 10, NOON)
    db.session.commit()

    said = said_of_the_tables(desk, event)
    assert "<strong>6 meet a second time.</strong>" in said
    assert "it cannot be fewer than 6" in said


def test_the_host_introduces_everybody_with_one_press(event, desk):
    come(event, 4)

    page = desk.post(
        at(event, "room/introductions"), data={"who": "arrived"}, follow_redirects=True
    ).text

    assert "4 people have somebody to look for" in page
    assert "4 of 4" in page


def test_the_host_counts_no_introduction_with_one_whom_a_block_parts(event, host, desk):
    _, parted = come(event, 2)
    introducing.introduce(event, Who.ARRIVED, NOON)
    make_block(host, parted)

    page = desk.get(at(event, "room")).text

    assert "1 of 1" not in page
    assert parted.name not in page


def test_the_host_reads_why_somebody_has_nobody(event, desk):
    come(event, 2)
    odd = make_member("Odd Fellow", space=event.space, offers=["opera"], wants=["bees"])
    make_rsvp(event, odd, wants_introductions=True, checked_in_at=NOON)
    desk.post(at(event, "room/introductions"), data={"who": "arrived"})

    page = desk.get(at(event, "room")).text

    assert "nobody here with whom both would gain enough" in page


def test_tables_are_made_begun_mended_and_ended_from_one_page(event, desk):
    members = come(event, 8)

    page = desk.post(
        at(event, "room/tables"), data=seat_form(table_size=2), follow_redirects=True
    ).text
    assert "Nobody meets twice" in page
    assert "what chance would give" in page
    assert "Start round 1" in page

    page = desk.post(
        at(event, "room/round"), data={"number": 1}, follow_redirects=True
    ).text
    assert "Round 1 of 2" in page

    late = make_member("Late Comer", space=event.space)
    make_rsvp(event, late, checked_in_at=NOON)
    page = desk.get(at(event, "room")).text
    assert "New here: Late Comer" in page
    away = {"who": "arrived", "away": [members[0].id]}
    page = desk.post(
        at(event, "room/tables/mend"), data=away, follow_redirects=True
    ).text
    assert "The tables fit again" in page
    assert "New here" not in page

    desk.post(at(event, "room/longer"))
    desk.post(at(event, "room/round"), data={"number": 2})
    page = desk.post(at(event, "room/finish"), follow_redirects=True).text
    assert "The rounds are over" in page


def test_what_the_form_cannot_mean_is_said_beside_the_field(event, desk):
    come(event, 8)

    page = desk.post(at(event, "room/tables"), data=seat_form(table_size=1, rounds=99))

    assert page.status_code == 422
    assert "Choose between 2 and 12" in page.text
    assert "Choose between 1 and 20" in page.text
    assert db.session.scalars(select(Seating)).all() == []
    assert desk.post(at(event, "room/introductions")).status_code == 409


def test_the_page_suggests_what_there_is_time_for(event, desk):
    event.ends_at = event.starts_at + timedelta(minutes=60)
    come(event, 17)

    page = desk.get(at(event, "room")).text

    assert re.search(r'name="table_size"[^>]*value="4"', page)
    assert re.search(r'name="rounds"[^>]*value="3"', page)


def test_speed_networking_is_at_tables_of_four(event, desk):
    event.kind, event.ends_at = EventKind.SPEED_NETWORKING, NOON + timedelta(days=7)
    event.starts_at = event.ends_at - timedelta(minutes=105)
    come(event, 24)

    page = desk.get(at(event, "room")).text

    for name, value in {"table_size": 4, "rounds": 6, "minutes": 10}.items():
        assert re.search(rf'name="{name}"[^>]*value="{value}"', page)


def test_when_it_is_over_the_hosts_page_offers_nothing_that_would_be_refused(
    event, desk
):
    come(event, 3)
    introducing.introduce(event, Who.ARRIVED, NOON)
    over(event)

    page = desk.get(at(event, "room")).text

    assert "Seat everybody" not in page
    assert "Look again" not in page
    assert "Introduce" not in page.split("<h2>Introductions</h2>")[1]


# The screen and the phone


def test_the_screen_says_how_far_it_is(event, as_member):
    browser = as_member(make_member(space=event.space))
    assert "Welcome" in browser.get(at(event, "screen")).text

    come(event, 8)
    seating.make(event, Who.ARRIVED, 2, 4, 10, NOON)
    assert "Find your table" in browser.get(at(event, "screen")).text

    seating.start_round(event, 1, utcnow())
    page = browser.get(at(event, "screen")).text
    assert "Round 1 of 2" in page
    assert "data-ends-at" in page
    assert f"localhost/events/{event.id}/here" in page.replace("<wbr>", "")
    assert "<svg" in page

    db.session.scalars(select(Seating)).one().round_ends_at = utcnow()
    assert "Change tables" in browser.get(at(event, "screen")).text
    seating.finish(event, NOON)
    assert "Thank you" in browser.get(at(event, "screen")).text


def test_the_clock_tells_an_open_page_when_to_look_again(event, as_member):
    ana, *_ = come(event, 8)
    browser = as_member(ana)

    def told():
        return json.loads(browser.get(at(event, "clock.json?of=mine")).text)

    states, versions = [told()["state"]], {told()["version"]}
    introducing.introduce(event, Who.ARRIVED, NOON)
    versions.add(told()["version"])
    seating.make(event, Who.ARRIVED, 2, 4, 10, NOON)
    versions.add(told()["version"])
    states.append(told()["state"])
    seating.start_round(event, 1, utcnow())
    states.append(told()["state"])
    versions.add(told()["version"])

    assert states == ["none", "waiting", "running"]
    assert len(versions) == 4


def test_ones_page_says_where_to_sit_and_whom_to_look_for(event, as_member):
    ana, *_ = come(event, 8)
    introducing.introduce(event, Who.ARRIVED, NOON)
    seating.make(event, Who.ARRIVED, 2, 4, 10, NOON)
    seating.start_round(event, 1, utcnow())

    page = as_member(ana).get(at(event, "here")).text

    assert "Round 1 of 2" in page
    table = db.session.scalars(
        select(Seat.table).where(Seat.member_id == ana.id, Seat.round == 1)
    ).one()
    assert re.search(rf"Table</span> <strong>{table}<", page)
    side = db.session.scalars(select(Side).where(Side.member_id == ana.id)).first()
    assert str(escape(reasons.gain_sentences(side, side)[0])) in page
    assert "again" in page


def test_ones_page_asks_whom_to_see_again_where_it_can_be_said(event, as_member):
    ana, *_ = come(event, 3)
    seating.make(event, Who.ARRIVED, 1, 3, 10, NOON)
    seating.start_round(event, 1, NOON)
    seating.finish(event, NOON)
    browser = as_member(ana)

    page = browser.get(at(event, "here")).text
    assert "The rounds are over" in page
    assert "This page asks you once the event is over" in page

    over(event)
    page = browser.get(at(event, "here")).text
    assert f'href="{at(event, "after")}#people">Say whom' in page
    assert browser.get(at(event, "after")).status_code == 200


def test_whoever_was_not_seen_is_not_asked_whom_they_met(event, as_member):
    ana, other = come(event, 2)
    db.session.get_one(Rsvp, (event.id, ana.id)).checked_in_at = None
    over(event)

    page = as_member(ana).get(at(event, "here")).text

    assert "Say whom" not in page
    assert other.name not in page


def test_the_screen_promises_no_table_before_there_is_one(event, as_member):
    browser = as_member(make_member(space=event.space))

    assert "Your table" not in browser.get(at(event, "screen")).text


def test_whoever_said_no_can_say_yes_on_the_evening(event, as_member):
    ana, *_ = come(event, 2)
    event.rsvps[0].wants_introductions = False
    browser = as_member(ana)
    assert "Yes, introduce me here" in browser.get(at(event, "here")).text

    browser.post(at(event, "here/introductions"), data={"yes": "yes"})

    assert event.rsvps[0].wants_introductions
    browser.post(at(event, "here/introductions"), data={"yes": "no"})
    assert not event.rsvps[0].wants_introductions


def test_who_does_not_go_has_no_page(event, as_member):
    stranger = as_member(make_member(space=event.space))

    assert stranger.get(at(event, "here")).status_code == 404


# Mentor hours


def test_hours_are_opened_booked_and_released_on_the_page(event, host, as_member):
    mara = make_member("Mara Lind", space=event.space, profile={"mentor_topics": ["x"]})
    make_rsvp(event, mara)
    mentor, ana = as_member(mara), make_member("Ana", space=event.space)
    form = {"mentor": mara.id, "begin": "12:00", "end": "13:00", "minutes": 30}

    page = mentor.post(at(event, "hours"), data=form, follow_redirects=True).text
    assert "2 slots can be booked" in page
    slot = db.session.scalars(select(Slot)).first()
    browser = as_member(ana)
    data = {"slot": slot.id, "topic": "what to charge"}
    page = browser.post(at(event, "hours/book"), data=data, follow_redirects=True).text
    assert "Mara Lind has time for you at 12:00" in page
    assert "what to charge" in as_member(mara).get(at(event, "hours")).text
    assert "what to charge" in as_member(ana).get(at(event, "here")).text

    as_member(ana).post(at(event, f"hours/{slot.id}/release"))
    assert db.session.get(Slot, slot.id).mentee_id is None
    as_member(mara).post(at(event, f"hours/{slot.id}/close"))
    db.session.expire_all()
    assert len(db.session.scalars(select(Slot)).all()) == 1


def test_hours_outside_the_event_are_refused_where_they_were_typed(event, desk, host):
    form = {"mentor": host.id, "begin": "09:00", "end": "10:00", "minutes": 30}

    page = desk.post(at(event, "hours"), data=form)

    assert page.status_code == 422
    assert "from 12:00 to 14:00" in page.text
    assert "09:00" in page.text


def test_nobody_takes_away_what_is_anothers(event, as_member):
    ana, ben, mara = come(event, 3)
    slot = make_slot(event, mara, ana)

    for page in ("release", "close"):
        url = at(event, f"hours/{slot.id}/{page}")
        assert as_member(ben).post(url).status_code == 404
    assert as_member(ana).post(at(event, f"hours/{slot.id}/close")).status_code == 404


def test_many_people_are_asked_of_the_database_as_often_as_few(event, desk, as_member):
    def questions(browser, page):
        seen = []
        listener = lambda *args: seen.append(args[2])  # noqa: E731
        db.session.commit()
        sqlalchemy_event.listen(db.engine, "before_cursor_execute", listener)
        assert browser.get(at(event, page)).status_code == 200
        sqlalchemy_event.remove(db.engine, "before_cursor_execute", listener)
        return len(seen)

    ana, *_ = come(event, 6)
    introducing.introduce(event, Who.ARRIVED, NOON)
    seating.make(event, Who.ARRIVED, 2, 2, 10, NOON)
    phone = as_member(ana)
    few = questions(desk, "room"), questions(phone, "here")

    come(event, 20)
    introducing.introduce(event, Who.ARRIVED, NOON)
    seating.make(event, Who.ARRIVED, 2, 2, 10, NOON)
    many = questions(desk, "room"), questions(phone, "here")

    assert many[0] <= few[0] + 2
    assert many[1] <= few[1] + 2


def test_where_hours_with_mentors_are_what_it_is_about_they_come_first(
    event, desk, host
):
    make_rsvp(event, host)
    make_slot(event, make_member("Mara", space=event.space), mentee=host)
    pages = {"room": 'id="tables"', "here": "<h2>Look for</h2>"}

    def hours_are_first(page, other):
        text = desk.get(at(event, page)).text
        return text.index('id="mentor-hours"') < text.index(other)

    assert not any(hours_are_first(*page) for page in pages.items())
    event.kind = EventKind.MENTOR_HOURS
    assert all(hours_are_first(*page) for page in pages.items())


def test_whoever_has_no_hour_with_a_mentor_yet_is_led_to_them(event, as_member):
    event.kind = EventKind.MENTOR_HOURS
    (ana,) = come(event, 1)

    assert "See the mentor hours" in as_member(ana).get(at(event, "here")).text
