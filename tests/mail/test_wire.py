"""Every field of every kind of letter as it arrives, read by a stranger."""

import re
from datetime import timedelta
from email.utils import parsedate_to_datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from itsdangerous import TimestampSigner

from matchmaker.extensions import db
from matchmaker.mail import (
    after_letters,
    arrangements,
    event_changes,
    event_letters,
    group_letters,
    joining_letters,
    letters,
    outbox,
    room_letters,
    round_letters,
    safety_letters,
    waiting_letters,
)
from matchmaker.mail.compose import Composed
from matchmaker.mail.kinds import COMPOSERS, KINDS
from matchmaker.mail.message import message
from matchmaker.mail.names import full_name, safe_name
from matchmaker.models import Answer, JoinRequest, Letter, LetterStatus, RsvpStatus
from tests.factories import (
    NOON,
    make_api_key,
    make_event,
    make_following,
    make_group,
    make_introduction,
    make_invited,
    make_member,
    make_report,
    make_rsvp,
    make_slot,
    make_space,
)
from tests.letters import read
from tests.mail import wire
from tests.mail.conftest import use, work
from tests.mail.test_message import a_letter, settings_alone

TIMES = [NOON + timedelta(days=day) for day in (1, 2, 3)]
LONG_BASE = (
    "https://a-rather-long-name-of-a-portal.old-mill.example.org/for/our/members"
)
FROM = "The Old Mill in Köln & more"
AN_ENCODED_WORD = "=?utf-8?q?Click_http=3A//evil=2Eexample?="
TO_EVERYBODY = {
    "Message-ID",
    "Date",
    "From",
    "To",
    "Subject",
    "Auto-Submitted",
    "MIME-Version",
    "Content-Type",
}
STOP = ("List-Unsubscribe", "List-Unsubscribe-Post")
# What somebody may be called, and an event, a space, a group and a phrase beside.
WORLDS = {
    "syntax": (
        'Ana "the" O\'Neil, Ltd (x) <y>\r\nBcc: eve@example.org',
        'Tea, "scones"; more: <b>\r\nBcc: eve@example.org\r\n\r\nHello',
    ),
    "accents": ("Zoë Ångström-O’Neil", "Frühstück für Gründerïnnen: Förderanträge"),
    "right to left": ("محمد عبد الرحمن בן־דוד", "لقاء الصباح \u202eمع القهوة"),
    "emoji": ("👩‍👩‍👧‍👦 Ana 🏳️‍🌈", "🎉" * 60),
    "long": ("李小龙 " * 40, "A very long title that goes on " * 20),
    "an encoded word": (AN_ENCODED_WORD, AN_ENCODED_WORD),
}


def one_of_each_kind(name, title):
    """Write letters as the product does; everybody and everything has an odd name."""
    space = make_space(name=title[:80], timezone="Europe/Brussels")
    words = title[:80]
    profile = {"offers": [words], "wants": [words], "headline": words}

    def somebody():
        return make_member(name, space=space, profile=profile)

    def rsvp(status=RsvpStatus.GOING, **fields):
        return make_rsvp(event, somebody(), status, **fields)

    group = make_group(space, name=words)
    event = make_event(space, title=title[:120], group=group, description=title)
    before = arrangements.of_event(event)
    event.place = event.why_cancelled = words
    ana, ben, cem = somebody(), somebody(), somebody()
    proposed = make_introduction(ana, ben)
    introduced = make_introduction(
        ana, ben, cem, answers=[Answer.YES] * 3, introduced_at=NOON
    )
    invited = make_invited(name, space=space)
    booked = make_slot(event, ana, ben, topic=words)
    make_rsvp(event, ana)
    make_rsvp(event, ben)
    key, _ = make_api_key(ana, name=words)
    offer = {"offered_until": NOON + timedelta(days=1)}
    letters.confirm_address(invited, "a.token" * 20, NOON)
    letters.already_registered(ana, NOON)
    letters.reset_password(ana, "a.token" * 20, NOON)
    letters.password_changed(ana, NOON)
    letters.address_check(ana, NOON)
    letters.introduction_withdrawn(proposed.sides[0], NOON)
    letters.key_made(key, NOON)
    joining_letters.newcomers(ana, space, asking=2, joined=1, now=NOON)
    round_letters.round_waits(ana, space, "round-waits", NOON, NOON)
    asked = JoinRequest(member=ben, space=space, made_at=NOON)
    db.session.add(asked)
    db.session.flush()
    joining_letters.approved(asked, NOON)
    safety_letters.report_came_in(ana, make_report(somebody(), somebody()), NOON)
    letters.invitation(invited.memberships[0], name, NOON)
    letters.introduction(proposed.sides[0], NOON)
    waiting_letters.introduction_reminder(proposed.sides[0], NOON)
    waiting_letters.introduction_ended(proposed.sides[0], NOON)
    waiting_letters.resting(ana.memberships[0], NOON)
    letters.introduced(introduced.sides[0], TIMES, NOON)
    letters.did_you_meet(introduced.sides[0], NOON)
    event_letters.going(rsvp(), NOON)
    event_letters.promoted(rsvp(), NOON)
    event_letters.reminder(rsvp(), NOON)
    event_letters.message(rsvp(), title[:100], title, NOON)
    event_letters.trial_message(event, ana, title[:100], title, NOON)
    event_letters.waiting(rsvp(RsvpStatus.WAITING), NOON)
    event_letters.asked(rsvp(RsvpStatus.ASKED), NOON)
    event_letters.offered(rsvp(RsvpStatus.OFFERED, **offer), NOON)
    event_letters.passed_on(rsvp(RsvpStatus.DECLINED), NOON)
    event_letters.removed(rsvp(RsvpStatus.DECLINED), NOON)
    event_changes.changed(event, [rsvp()], before, NOON)
    event_changes.cancelled(event, [rsvp()], NOON)
    after_letters.thanks(rsvp(), [ana, ben], NOON)
    make_following(group, dora := somebody(), wants_letters=True)
    group_letters.new_event(event, [dora], "", NOON)
    room_letters.hours_opened([booked], cem, NOON)
    room_letters.hours_booked(booked, NOON)
    room_letters.hours_released(booked, cem, NOON)
    db.session.commit()
    return list(db.session.scalars(db.select(Letter).order_by(Letter.id)))


@pytest.mark.parametrize("world", WORLDS)
def test_every_field_of_every_kind_arrives_as_it_was_meant(
    app, sink, world, monkeypatch
):
    monkeypatch.setattr(TimestampSigner, "get_timestamp", lambda _signer: 1_900_000_000)
    name, title = WORLDS[world]
    use(app, base_url=LONG_BASE, mail_from=f"{FROM} <portal@old-mill.example>")
    written = one_of_each_kind(name, title)
    assert {letter.kind for letter in written} == set(KINDS), "a kind without coverage"

    for letter in written:
        said = read(letter, NOON).said
        subject, headers, calendar = said.subject, said.headers, said.calendar

        work(letter, NOON)

        assert letter.status is LetterStatus.SENT, (letter.kind, letter.problem)
        raw = sink.raw.pop()
        arrived = wire.fields(raw)
        said = dict(arrived)
        assert len(arrived) == len(said), "a field twice"
        assert set(said) == TO_EVERYBODY | set(headers), letter.kind
        assert wire.words(said["Subject"]) == subject
        (to,) = wire.mailboxes(said["To"])
        assert to == (safe_name(letter.member.name), letter.to)
        (sender,) = wire.mailboxes(said["From"])
        assert sender == (FROM, "portal@old-mill.example")
        assert re.fullmatch(
            rb"<letter-\d+\.[0-9a-f]{8}@[a-z0-9.-]+>", said["Message-ID"]
        )
        assert parsedate_to_datetime(said["Date"].decode()) == NOON
        assert said["Auto-Submitted"] == b"auto-generated"
        is_stoppable = KINDS[letter.kind].can_be_stopped
        assert is_stoppable == (set(STOP) <= set(said)), letter.kind
        if is_stoppable:
            (line,) = wire.lines_of(raw, "List-Unsubscribe")
            url = headers["List-Unsubscribe"]
            assert line == f"List-Unsubscribe: {url}".encode()
            assert url.startswith(f"<{LONG_BASE}/")
            assert url.endswith(">")
            assert said["List-Unsubscribe-Post"] == b"List-Unsubscribe=One-Click"
        if "Reply-To" in headers:
            others = [s for s in letter.introduction.sides if s.member != letter.member]
            assert wire.mailboxes(said["Reply-To"]) == [
                (full_name(other.member), other.member.email) for other in others
            ]
        if calendar:
            assert f'filename="{letter.calendar_name}"'.encode() in raw
            assert (
                b'Content-Type: text/calendar; charset="utf-8"; method="PUBLISH"' in raw
            )


def test_a_kind_that_nobody_thought_about_is_not_queued(app):
    with pytest.raises(ValueError, match=r"mail/kinds.py"):
        outbox.post("something_new", make_member(), NOON, cause="a test")

    assert db.session.scalars(db.select(Letter)).all() == []


def test_no_kind_is_without_a_way_to_write_it():
    assert set(COMPOSERS) == set(KINDS)


def test_what_can_be_stopped_says_how(app, sink, monkeypatch):
    said = Composed("Hello", "Hello", "<p>Hello</p>")
    monkeypatch.setitem(COMPOSERS, "introduction", lambda _letter, _now: said)
    letter = outbox.post("introduction", make_member(), NOON, cause="a test")
    db.session.commit()

    work(letter, NOON)

    assert "one_click" in letter.problem
    assert sink.arrived == []


texts = st.text(
    st.characters(exclude_categories=["Cs"])
    | st.sampled_from("=?_ .,;:\"'<>@()\\ \u202e\u0301😀é"),
    max_size=200,
)


@given(name=texts, subject=texts)
@settings(max_examples=300, deadline=None)
def test_whatever_somebody_is_called_arrives_as_that(name, subject):
    with settings_alone().app_context():
        envelope = message(*a_letter(name, subject), NOON)
        said = dict(wire.fields(envelope.as_bytes()))

    assert wire.mailboxes(said["To"]) == [(safe_name(name), "ana@example.org")]
    assert wire.words(said["Subject"]) == " ".join(wire.words(said["Subject"]).split())


def test_another_script_is_sent_in_its_own_letters_where_the_server_takes_them(
    app, sink
):
    member = make_member("Jürgen", email="jürgen@bücher.example")
    letter = letters.password_changed(member, NOON)
    db.session.commit()

    work(letter, NOON)

    head = sink.raw[0].partition(b"\r\n\r\n")[0].decode()
    assert "<jürgen@xn--bcher-kva.example>" in head
    assert "=?utf-8?" in head  # the name is read by old programs too


def test_a_long_way_to_reach_somebody_stays_on_one_line(app, sink):
    long = f"{'a' * 64}@{'.'.join(['b' * 60] * 3)}.example"
    letter = letters.password_changed(make_member(email=long), NOON)
    db.session.commit()

    work(letter, NOON)

    said = dict(wire.fields(sink.raw[0]))
    assert wire.mailboxes(said["To"]) == [("Ana", long)]


def test_an_address_that_only_some_servers_take_is_no_reply_address(app, sink):
    space = make_space()
    ana = make_member("Ana", space=space)
    ben = make_member("Ben", space=space, email="bjørn@example.org")
    introduced = make_introduction(
        ana, ben, answers=[Answer.YES] * 2, introduced_at=NOON
    )
    letter = letters.introduced(introduced.sides[0], TIMES, NOON)
    assert "bjørn@example.org" in read(letter).text
    db.session.commit()

    work(letter, NOON)

    assert letter.status is LetterStatus.SENT
    assert "Reply-To" not in dict(wire.fields(sink.raw[0]))
