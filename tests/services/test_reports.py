"""Reports: what they keep apart, who reads them, and what ends with them."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from matchmaker.extensions import db
from matchmaker.models import (
    Concern,
    LetterStatus,
    Membership,
    MembershipStatus,
    Role,
    Seat,
)
from matchmaker.queries import organiser
from matchmaker.queries.blocks import kept_apart, pairs_apart
from matchmaker.refusal import Refusal
from matchmaker.services import reports, rounds, safety
from matchmaker.services.events.afterwards import met
from matchmaker.services.events.room import mentor_hours, seating
from matchmaker.services.events.room.present import Who
from tests.factories import (
    NOON,
    make_block,
    make_event,
    make_member,
    make_report,
    make_rsvp,
    make_slot,
    make_space,
)

HARM = (Concern.UNSAFE, "He would not leave.")


@pytest.fixture
def ana(space):
    return make_member("Ana", space=space, offers=["law"], wants=["tax"])


@pytest.fixture
def ben(space):
    return make_member("Ben", space=space, offers=["tax"], wants=["law"])


def apart():
    return {frozenset(pair) for pair in db.session.execute(pairs_apart())}


def read_by(viewer, space):
    return [report.id for report in reports.of_space(space, viewer)]


def test_a_report_takes_back_what_brings_the_two_together(ana, ben, space, letters):
    (introduction,) = rounds.run(space, "2030-W19", NOON).introductions
    slot = make_slot(make_event(space), ben, ana)

    reports.report(ana, ben, *HARM, NOON)

    assert introduction.withdrawn_at == NOON
    assert slot.mentee is None
    assert {letter.status for letter in letters()} == {LetterStatus.CANCELLED}


def test_until_it_is_closed_no_round_introduces_them(ana, ben, olga, space):
    report = reports.report(ana, ben, *HARM, NOON)
    assert not rounds.run(space, "2030-W19", NOON).introductions

    reports.note(report, "Talked to both.")
    reports.close(report, olga, NOON)

    assert rounds.run(space, "2030-W20", NOON + timedelta(weeks=1)).introductions


def test_nobody_sits_with_whom_they_reported(ana, ben, space):
    event = make_event(space)
    others = [make_member(f"M{number}", space=space) for number in range(4)]
    for member in (ana, ben, *others):
        make_rsvp(event, member)
    seating.make(event, Who.GOING, 3, 2, 10, NOON)
    assert together(event, ana, ben)

    reports.report(ben, ana, *HARM, NOON)

    assert not together(event, ana, ben)


def together(event, one, other):
    mine, theirs = (
        {
            (seat.round, seat.table)
            for seat in db.session.scalars(
                select(Seat).where(
                    Seat.event_id == event.id, Seat.member_id == member.id
                )
            )
        }
        for member in (one, other)
    )
    return mine & theirs


def test_hours_and_seeing_again_are_closed_to_the_two(ana, ben, space):
    event = make_event(space)
    for member in (ana, ben):
        make_rsvp(event, member, is_shown=True)
    make_slot(event, ben)
    assert mentor_hours.open_to(event, ana, NOON)
    assert met.others(event, ana) == [ben]

    make_report(ben, ana)

    assert not mentor_hours.open_to(event, ana, NOON)
    assert not met.others(event, ana)


def test_their_places_at_events_stay(ana, ben, space):
    rsvp = make_rsvp(make_event(space, hosts=[ben]), ana)

    reports.report(ana, ben, *HARM, NOON)

    assert rsvp.is_going


def test_both_ways_of_asking_who_is_kept_apart_agree(ana, ben, olga, space):
    cem = make_member("Cem", space=space)
    make_block(ana, cem)
    make_report(ben, ana)
    make_report(olga, ben, closed_at=NOON)
    make_report(cem, event=make_event(space))
    everybody = [ana, ben, olga, cem]

    asked = {
        frozenset({one.id, other.id})
        for one in everybody
        for other in everybody
        if db.session.scalar(select(kept_apart(one.id, [other.id])))
    }

    assert asked == apart() == {frozenset({ana.id, other.id}) for other in (ben, cem)}


def test_organisers_read_it_and_hear_of_it_by_a_letter_without_names(
    ana, ben, olga, space, letters
):
    report = reports.report(ana, ben, *HARM, NOON)

    assert read_by(olga, space) == [report.id]
    (letter,) = letters()
    assert letter.member is olga
    said = f"{letter.subject} {letter.text} {letter.html}"
    assert "/organise/mill/reports" in letter.text
    assert not any(word in said for word in ("Ana", "Ben", "leave"))


@pytest.mark.parametrize("status", [MembershipStatus.SUSPENDED, MembershipStatus.LEFT])
def test_whoever_no_longer_organises_reads_nothing(ana, ben, olga, space, status):
    make_report(ana, ben)
    olga.memberships[0].status = status

    assert read_by(olga, space) == []


def test_a_reported_organiser_reads_nothing_and_another_does(ana, olga, space, letters):
    otto = make_member("Otto", space=space, role=Role.ORGANISER)

    report = reports.report(ana, olga, *HARM, NOON)

    assert read_by(olga, space) == []
    assert organiser.count_waiting(space, olga).reports == 0
    assert read_by(otto, space) == [report.id]
    assert [letter.member for letter in letters()] == [otto]


def test_where_no_organiser_may_the_operator_does(ana, olga, space, letters):
    opal = make_member("Opal", is_operator=True)

    report = reports.report(ana, olga, *HARM, NOON)

    assert read_by(opal, space) == [report.id]
    assert [letter.member for letter in letters()] == [opal]


@pytest.mark.parametrize("party", ["reporter", "reported"])
@pytest.mark.parametrize("turned", [False, True])
def test_an_organiser_whom_a_block_parts_from_either_leaves_it_to_others(
    ana, ben, olga, space, party, turned
):
    other = {"reporter": ana, "reported": ben}[party]
    make_block(*((other, olga) if turned else (olga, other)))
    opal = make_member("Opal", is_operator=True)
    report = make_report(ana, ben)

    assert read_by(olga, space) == []
    assert read_by(opal, space) == [report.id]


def test_nobody_reads_their_own_nor_of_an_event_they_host(olga, ana, space):
    make_report(olga, ana)
    make_report(ana, event=make_event(space, hosts=[olga]))

    assert read_by(olga, space) == []


def test_organisers_of_another_space_read_nothing(ana, ben, space):
    otto = make_member("Otto", space=make_space("loft"), role=Role.ORGANISER)
    make_report(ana, ben)

    assert read_by(otto, space) == read_by(otto, otto.spaces[0]) == []


def test_it_is_closed_with_a_word_of_what_was_done(ana, ben, olga):
    report = make_report(ana, ben)
    with pytest.raises(Refusal):
        reports.close(report, olga, NOON)

    reports.note(report, "Talked to both.")
    reports.close(report, olga, NOON)

    assert (report.is_open, report.closed_by, report.closed_at) == (False, olga, NOON)
    assert apart() == set()


def test_a_block_of_ones_own_outlives_the_report(ana, ben, olga):
    report = reports.report(ana, ben, *HARM, NOON)
    safety.block(ana, ben, NOON)
    reports.note(report, "Talked to both.")

    reports.close(report, olga, NOON)

    assert apart() == {frozenset({ana.id, ben.id})}


def test_opened_again_it_keeps_them_apart_again(ana, ben, olga):
    report = make_report(ana, ben, closed_at=NOON, closed_by=olga)

    reports.reopen(report, NOON)

    assert apart() == {frozenset({ana.id, ben.id})}


def test_a_report_goes_to_the_space_that_the_two_share(app):
    loft, mill = make_space("loft"), make_space("mill")
    ana, ben = make_member("Ana", space=mill), make_member("Ben", space=loft)
    ben.memberships.append(Membership(space=mill))
    db.session.flush()

    assert reports.report(ana, ben, *HARM, NOON, here=loft).space is mill
