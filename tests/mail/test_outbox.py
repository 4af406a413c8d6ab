import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text, update
from sqlalchemy.exc import IntegrityError

from matchmaker.extensions import db
from matchmaker.jobs import send_letters
from matchmaker.mail import joining_letters, letters, outbox, sending, smtp
from matchmaker.models import (
    Answer,
    Letter,
    LetterStatus,
    MembershipStatus,
    utcnow,
)
from matchmaker.services import memberships, safety
from tests.factories import (
    NOON,
    make_block,
    make_introduction,
    make_invited,
    make_member,
    make_space,
)
from tests.mail.conftest import use, work

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def two(**fields):
    space = make_space()
    ana, ben = make_member("Ana", space=space), make_member("Ben", space=space)
    return make_introduction(ana, ben, **fields)


def an_introduction_letter():
    letter = letters.introduction(two().sides[0], NOON)
    db.session.commit()
    return letter


def a_letter():
    letter = letters.password_changed(make_member("Ana"), NOON)
    db.session.commit()
    return letter


def send_those_due():
    """Do what a worker does, on the clock on the wall."""
    db.session.execute(update(Letter).values(due_at=utcnow()))
    db.session.commit()
    send_letters()


# Sent.


def test_a_letter_arrives_with_text_html_and_the_way_to_stop_it(app, sink):
    letter = an_introduction_letter()

    assert work(letter, NOON)

    (mail,) = sink.arrived
    assert letter.status is LetterStatus.SENT
    assert letter.sent_at == NOON
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail["List-Unsubscribe"].startswith("<http://localhost/unsubscribe/")
    assert mail.get_body(("plain",)) is not None
    assert mail.get_body(("html",)) is not None
    assert all(len(line) <= 998 for line in sink.raw[0].split(b"\r\n"))


def test_what_acts_for_the_member_is_forgotten_once_it_is_sent(app, sink):
    letter = letters.reset_password(make_member("Ana"), "a token", NOON)
    db.session.commit()

    work(letter, NOON)

    assert letter.status is LetterStatus.SENT
    assert (letter.text, letter.html, letter.calendar, letter.headers) == (
        "",
        "",
        "",
        {},
    )
    assert letter.details == {}


def test_a_letter_goes_once_however_many_jobs_come_for_it(app, sink):
    letter = a_letter()

    tries = [work(letter, NOON + minute * MINUTE) for minute in range(5)]

    assert tries == [True, False, False, False, False]
    assert len(sink.arrived) == 1


def test_a_letter_on_its_way_is_left_alone_until_its_lease_is_over(app):
    letter = a_letter()
    sending.claim(letter.id, NOON)

    assert sending.claim(letter.id, NOON + timedelta(seconds=59)) is None
    assert sending.claim(letter.id, NOON + timedelta(seconds=61))


def test_a_demonstration_keeps_its_letters_to_itself(app):
    use(app, demonstration=True, smtp_url="")
    letter = a_letter()

    work(letter, NOON)

    assert letter.status is LetterStatus.SENT
    assert "Your password was changed" in letter.text


# Not sent, and tried again.


@pytest.mark.parametrize(
    ("step", "reply"),
    [
        ("rcpt", "421 4.7.0 Too busy"),
        ("rcpt", "451 4.7.1 Greylisted"),
        ("mail", "452 4.3.1 No room"),
        ("data", "451 4.3.0 Try later"),
    ],
)
def test_a_busy_server_is_tried_again_with_the_same_message_id(app, sink, step, reply):
    letter = a_letter()
    setattr(sink, step, reply)
    work(letter, NOON)
    assert letter.status is LetterStatus.QUEUED
    assert reply[:3] in letter.problem

    setattr(sink, step, "")
    assert not work(letter, NOON + timedelta(seconds=59))
    assert work(letter, NOON + 2 * MINUTE)

    assert letter.status is LetterStatus.SENT
    assert letter.attempts == 2
    assert len(sink.arrived) == 1


def test_no_letter_is_lost_or_failed_while_the_server_is_away_for_three_days(app):
    letter = a_letter()  # nobody listens where the tests' settings send it

    tries = [work(letter, NOON + timedelta(hours=hours)) for hours in range(72)]

    assert all(tries)
    assert letter.status is LetterStatus.QUEUED
    assert (letter.attempts, letter.unknown_outcomes) == (0, 0)


def test_after_a_week_a_letter_is_given_up(app):
    letter = a_letter()

    work(letter, NOON + 8 * DAY)

    assert letter.status is LetterStatus.FAILED
    assert "week" in letter.problem


@pytest.mark.parametrize(
    ("step", "reply"),
    [
        ("mail", "550 5.7.1 Sender refused"),
        ("rcpt", "550 5.7.1 Relaying denied"),
        ("rcpt", "554 Relay access denied"),
        ("rcpt", "530 5.7.0 Authenticate first"),
        ("data", "550 5.7.26 Not authenticated"),
    ],
)
def test_a_server_that_refuses_us_pauses_all_and_fails_no_letter(
    app, sink, caplog, step, reply
):
    waiting = [a_letter(), a_letter()]
    setattr(sink, step, reply)

    tries = [
        minute
        for minute in range(10)
        for second in (0, 30)
        for letter in waiting
        if work(letter, NOON + minute * MINUTE + timedelta(seconds=second))
    ]

    assert len(set(tries)) == len(tries)
    assert {letter.status for letter in waiting} == {LetterStatus.QUEUED}
    assert {letter.attempts for letter in waiting} == {0}
    assert caplog.text.count("No letters are sent") == 1

    setattr(sink, step, "")
    for letter in waiting:
        assert work(letter, NOON + 30 * MINUTE)
    assert caplog.text.count("Letters are sent again") == 1
    assert outbox.troubles() == []


def test_one_letter_that_a_server_takes_for_spam_stops_no_other(app, sink):
    spam, other = a_letter(), a_letter()
    sink.rcpt = "550 5.7.1 Looks like spam"
    assert sending.next_due(NOON)[0] == spam.id
    work(spam, NOON)
    sink.rcpt = ""

    assert sending.next_due(NOON + MINUTE)[0] == other.id
    assert work(other, NOON + MINUTE)
    assert other.status is LetterStatus.SENT


def test_a_wrong_password_of_ours_is_tried_once_a_minute_and_drains(app, sink, caplog):
    use(app, smtp_url=f"smtp://us:wrong@127.0.0.1:{sink.port}")
    waiting = [a_letter() for _ in range(20)]

    for second in range(0, 5 * 60, 5):
        for letter in waiting:
            work(letter, NOON + timedelta(seconds=second))

    assert sink.log_ins == 5
    assert {letter.attempts for letter in waiting} == {0}
    assert caplog.text.count("535") == 1
    assert "wrong" not in caplog.text
    (told,) = outbox.troubles()
    assert told.startswith(
        "letters: paused since 2030-05-06 12:00 UTC, one try a minute"
    )
    assert "535" in told
    db.session.commit()
    assert told in app.test_client().get("/healthz").text

    use(app, smtp_url=f"smtp://us:right@127.0.0.1:{sink.port}")
    for letter in waiting:
        work(letter, NOON + 6 * MINUTE)

    assert {letter.status for letter in waiting} == {LetterStatus.SENT}
    assert app.test_client().get("/healthz").text == "ok"


def test_what_the_server_says_of_somebody_is_not_told_to_everybody(app, sink, caplog):
    sink.rcpt = "550 5.7.1 <ana@example.org>: Relay access denied"
    work(a_letter(), NOON)

    assert "Relay access denied" in outbox.troubles()[0]
    assert "ana@example.org" not in caplog.text + outbox.troubles()[0]


def test_one_connection_carries_many_letters(app, sink, monkeypatch):
    monkeypatch.setattr(smtp, "LETTERS_EACH", 10)
    for _ in range(25):
        a_letter()

    send_those_due()

    assert len(sink.arrived) == 25
    assert len(sink.peers) == 3


@pytest.mark.parametrize("reply", ["421 4.7.0 Too many", "550 5.1.1 Unknown"])
def test_a_letter_that_is_refused_in_between_disturbs_no_other(app, sink, reply):
    written = [a_letter() for _ in range(5)]
    sink.of = {written[2].to: reply}

    send_those_due()

    statuses = [letter.status for letter in written]
    other = LetterStatus.FAILED if reply.startswith("5") else LetterStatus.QUEUED
    assert statuses == [LetterStatus.SENT] * 2 + [other] + [LetterStatus.SENT] * 2
    assert [mail["To"].addresses[0].addr_spec for mail in sink.arrived] == [
        letter.to for letter in written if letter is not written[2]
    ]


def test_a_connection_that_the_server_ended_is_opened_again(app, sink):
    written = [a_letter() for _ in range(5)]
    sink.hang_up_after = 2

    send_those_due()

    assert {letter.status for letter in written} == {LetterStatus.SENT}
    assert len(sink.arrived) == 5
    assert len(sink.peers) > 1


def test_our_password_is_not_sent_unencrypted_to_another_machine(
    app, sink, monkeypatch
):
    monkeypatch.setattr(smtp, "_is_this_machine", lambda _host: False)
    use(app, smtp_url=f"smtp://us:right@127.0.0.1:{sink.port}")
    letter = a_letter()

    work(letter, NOON)

    assert letter.status is LetterStatus.QUEUED
    assert "no encryption" in letter.problem
    assert sink.arrived == []


# Refused for good.


@pytest.mark.parametrize("reply", ["550 5.1.1 No such user", "552 5.2.2 Mailbox full"])
def test_an_unknown_recipient_fails_at_once_and_is_not_tried_again(app, sink, reply):
    letter = a_letter()
    sink.rcpt = reply

    tries = [work(letter, NOON), work(letter, NOON + DAY)]

    assert tries == [True, False]
    assert letter.status is LetterStatus.FAILED
    assert reply[:3] in letter.problem
    assert letter.details == {}


def test_one_letter_that_fails_holds_up_no_other(app, sink):
    refused, other = a_letter(), a_letter()
    sink.rcpt = "550 5.1.1 No such user"
    work(refused, NOON)
    sink.rcpt = ""

    work(other, NOON)

    assert other.status is LetterStatus.SENT


# Letters that wait.


def test_what_acts_for_somebody_cannot_be_read_in_the_database_while_it_waits(app):
    member = make_member("Ana")
    letter = letters.reset_password(member, "s3cret-token-of-hers", NOON)
    letter.headers = {"List-Unsubscribe": "<https://s3cret-stop>"}
    letter.calendar = "s3cret-hour"
    letter.subject = "s3cret subject"
    db.session.commit()
    assert letter.details["token"] == "s3cret-token-of-hers"
    assert letter.headers == {"List-Unsubscribe": "<https://s3cret-stop>"}
    db.session.rollback()

    path = Path(db.engine.url.database)
    files = [path, *path.parent.glob(f"{path.name}-*")]
    found = b"".join(file.read_bytes() for file in files)

    assert b"reset_password" in found
    assert b"s3cret" not in found
    assert b"reset-password/" not in found


def test_a_letter_from_before_they_were_encrypted_is_read(app):
    letter = a_letter()
    db.session.execute(text("UPDATE letter SET text = 'Hello', headers = '{}'"))
    db.session.expire_all()

    assert (letter.text, letter.headers) == ("Hello", {})


# Letters that cannot be put into an envelope.


def with_odd_header(letter):
    letter.text = "Written by an earlier version"
    letter.headers = {"List-Unsubscribe": "<https://portal.example/ü>"}


def without_an_address(letter):
    letter.to = ""


def with_half_an_address(letter):
    letter.to = "ana@"


def with_two_addresses(letter):
    letter.text = "Written by an earlier version"
    letter.headers = {"To": "eve@example.org"}


def of_an_unknown_kind(letter):
    letter.kind = "of a later version"


def without_what_it_is_about(letter):
    letter.kind = "introduction"


@pytest.mark.parametrize(
    "spoil",
    [
        with_odd_header,
        without_an_address,
        with_half_an_address,
        with_two_addresses,
        of_an_unknown_kind,
        without_what_it_is_about,
    ],
)
def test_a_letter_that_cannot_be_built_is_counted_and_fails_and_holds_up_nobody(
    app, sink, caplog, spoil
):
    letter = a_letter()
    spoil(letter)
    other = a_letter()
    db.session.commit()

    for hour in range(24):
        work(letter, NOON + hour * HOUR)
    work(other, NOON)

    assert letter.attempts == sending.WRITING_ATTEMPTS
    assert letter.status is LetterStatus.FAILED
    assert letter.text == ""
    assert "could not be written" in letter.problem
    assert "example" not in letter.problem + caplog.text
    assert [mail["To"].addresses[0].addr_spec for mail in sink.arrived] == [other.to]


def test_letters_written_under_another_secret_key_wait_for_it(app, sink, caplog):
    old = [letters.reset_password(make_member(), "a token", NOON) for _ in range(2)]
    db.session.commit()
    key = app.config["SECRET_KEY"]
    app.config["SECRET_KEY"] = "another key for tests, as long as the first"
    db.session.expire_all()
    new = a_letter()
    db.session.commit()

    for hour in range(24):
        for letter in [*old, new]:
            work(letter, NOON + hour * HOUR)

    assert [mail["To"].addresses[0].addr_spec for mail in sink.arrived] == [new.to]
    assert {(letter.status, letter.attempts) for letter in old} == {
        (LetterStatus.QUEUED, 0)
    }
    assert caplog.text.count("MATCHMAKER_SECRET_KEY changed?") == 1
    told = "letters: 2 of those that wait can't be read, because MATCHMAKER_SECRET_KEY"
    assert told in app.test_client().get("/healthz").text

    app.config["SECRET_KEY"] = key
    db.session.expire_all()
    for letter in old:
        work(letter, NOON + DAY)

    assert {letter.status for letter in old} == {LetterStatus.SENT}
    assert app.test_client().get("/healthz").text == "ok"


def test_letters_do_not_wait_for_their_secret_key_for_ever(app, sink):
    letter = letters.reset_password(make_member(), "a token", NOON)
    db.session.commit()
    app.config["SECRET_KEY"] = "another key for tests, as long as the first"
    db.session.expire_all()

    work(letter, NOON)
    work(letter, NOON + 8 * DAY)

    assert letter.status is LetterStatus.FAILED
    assert "MATCHMAKER_SECRET_KEY changed?" in letter.problem
    assert outbox.troubles() == []


def test_a_letter_that_somebody_waits_for_overtakes_those_that_wait(
    app, sink, monkeypatch
):
    space = make_space()
    for _ in range(3 * sending.AT_ONCE):
        joining_letters.newcomers(make_member(), space, 1, 0, NOON)
    db.session.commit()
    send, urgent = sending.send, []

    def send_and_ask(claim, server, now):
        if not urgent:
            urgent.append(a_letter().to)
            db.session.execute(update(Letter).values(due_at=utcnow()))
            db.session.commit()
        return send(claim, server, now)

    monkeypatch.setattr(sending, "send", send_and_ask)
    send_those_due()

    order = [mail["To"].addresses[0].addr_spec for mail in sink.arrived]
    assert len(order) == 3 * sending.AT_ONCE + 1
    assert order.index(*urgent) <= sending.AT_ONCE


# Perhaps sent: nobody replied.


def copies(sink, letter):
    """Send until nothing more is sent, looking each minute for two hours."""
    times = []
    for minute in range(120):
        before = len(sink.arrived)
        work(letter, NOON + minute * MINUTE)
        if len(sink.arrived) > before:
            times.append(minute)
    return times


def test_a_lost_reply_sends_a_copy_under_the_same_message_id(app, sink):
    letter = a_letter()
    sink.lose = True
    work(letter, NOON)
    sink.lose = False
    work(letter, NOON + MINUTE)

    first, second = sink.arrived
    assert letter.status is LetterStatus.SENT
    assert first["Message-ID"] == second["Message-ID"]


def test_a_server_that_never_replies_gets_three_copies_the_last_after_a_pause(
    app, sink
):
    letter = a_letter()
    sink.lose = True

    sent_at = copies(sink, letter)

    assert sent_at == [0, 1, 16]
    assert letter.status is LetterStatus.FAILED
    assert "may have arrived" in letter.problem


def test_a_sender_that_vanishes_is_followed_by_another_but_not_for_ever(app):
    letter = a_letter()

    claims = []
    for minute in range(120):
        if sending.claim(letter.id, NOON + minute * MINUTE):
            claims.append(minute)  # and never delivers
        db.session.commit()

    assert claims == [0, 1, 17]
    assert letter.status is LetterStatus.FAILED


def test_a_slow_server_is_given_up_waiting_for(app, sink, monkeypatch):
    monkeypatch.setattr(smtp, "TIMEOUT", 0.3)
    sink.wait = 1
    letter = a_letter()

    work(letter, NOON)

    assert letter.status is LetterStatus.QUEUED
    assert letter.unknown_outcomes == 1  # it had the whole letter


# Not to be sent any more.


def withdraw(introduction):
    introduction.withdrawn_at = NOON


def block(introduction):
    make_block(*introduction.members)


def block_back(introduction):
    make_block(*reversed(introduction.members))


def block_as_members_do(introduction):
    ana, ben = introduction.members
    safety.block(ana, ben, NOON)


def ana_stops(introduction):
    introduction.members[0].memberships[0].wants_introductions = False


def ben_stops(introduction):
    introduction.members[1].memberships[0].wants_introductions = False


def ana_stops_as_members_do(introduction):
    memberships.stop_introductions(
        introduction.members[0].memberships[0], "letter", NOON
    )


def ben_leaves(introduction):
    introduction.members[1].memberships[0].status = MembershipStatus.LEFT


def ben_is_suspended(introduction):
    introduction.members[1].memberships[0].status = MembershipStatus.SUSPENDED


def ana_closes_her_account(introduction):
    introduction.members[0].active = False


@pytest.mark.parametrize(
    "deed",
    [
        withdraw,
        block,
        block_back,
        block_as_members_do,
        ana_stops,
        ben_stops,
        ana_stops_as_members_do,
        ben_leaves,
        ben_is_suspended,
        ana_closes_her_account,
    ],
)
def test_what_changes_after_the_letters_were_written_keeps_both_here(app, sink, deed):
    introduction = two()
    written = [letters.introduction(side, NOON) for side in introduction.sides]
    db.session.commit()

    deed(introduction)
    db.session.commit()
    for letter in written:
        work(letter, NOON)

    assert {letter.status for letter in written} == {LetterStatus.CANCELLED}
    assert sink.arrived == []


def test_both_letters_go_when_nothing_changes(app, sink):
    for side in two().sides:
        letter = letters.introduction(side, NOON)
        db.session.commit()
        work(letter, NOON)

    assert len(sink.arrived) == 2


def test_a_letter_kept_here_is_forgotten_too(app):
    introduction = two()
    letter = letters.introduction(introduction.sides[0], NOON)
    block(introduction)

    sending.claim(letter.id, NOON)

    assert (letter.text, letter.html, letter.headers) == ("", "", {})


def test_a_block_also_keeps_back_addresses_that_both_said_yes_to(app, sink):
    introduction = two(answers=[Answer.YES, Answer.YES], introduced_at=NOON)
    letter = letters.introduced(introduction.sides[0], [], NOON)
    block(introduction)
    db.session.commit()

    work(letter, NOON)

    assert sink.arrived == []


def test_who_stops_introductions_still_gets_the_one_they_said_yes_to(app, sink):
    introduction = two(answers=[Answer.YES, Answer.YES], introduced_at=NOON)
    letter = letters.introduced(introduction.sides[0], [], NOON)
    ana_stops_as_members_do(introduction)
    db.session.commit()

    work(letter, NOON)

    assert letter.status is LetterStatus.SENT


def test_who_stops_introductions_is_not_asked_about_the_last_one(app, sink):
    introduction = two(answers=[Answer.YES, Answer.YES], introduced_at=NOON)
    letter = letters.did_you_meet(introduction.sides[0], NOON)
    ana_stops(introduction)
    db.session.commit()

    work(letter, NOON)

    assert letter.status is LetterStatus.CANCELLED


def test_a_closed_account_gets_no_letter(app, sink):
    letter = a_letter()
    letter.member.active = False
    db.session.commit()

    work(letter, NOON)

    assert letter.status is LetterStatus.CANCELLED


def test_an_invitation_that_was_accepted_meanwhile_stays_here(app, sink):
    member = make_invited("Ivo", space=make_space())
    letter = letters.invitation(member.memberships[0], None, NOON)
    member.memberships[0].status = MembershipStatus.ACTIVE
    db.session.commit()

    work(letter, NOON)

    assert letter.status is LetterStatus.CANCELLED


# The row is the queue.


def is_any_due(now):
    db.session.commit()  # a worker begins afresh
    return sending.is_any_due(now)


def test_a_letter_comes_about_with_what_it_announces_or_not_at_all(app):
    member = make_member("Ana")
    db.session.commit()
    letters.password_changed(member, NOON)
    db.session.rollback()
    assert not is_any_due(NOON)

    letters.password_changed(member, NOON)
    db.session.commit()

    assert is_any_due(NOON)


def test_a_letter_has_one_cause(app):
    side = two().sides[0]
    letters.introduction(side, NOON)

    with pytest.raises(IntegrityError):
        letters.introduction(side, NOON)


def test_nothing_is_looked_for_while_the_mail_server_is_left_alone(app):
    letter, _ = a_letter(), a_letter()

    work(letter, NOON)  # nobody listens

    assert not is_any_due(NOON + timedelta(seconds=59))
    assert is_any_due(NOON + MINUTE)


def test_a_sender_that_vanished_is_noticed(any_database):
    letter = a_letter()
    sending.claim(letter.id, NOON)
    db.session.commit()

    assert not is_any_due(NOON + timedelta(seconds=59))
    assert is_any_due(NOON + timedelta(seconds=61))


def test_letters_that_are_over_are_not_looked_at_again(app):
    letter = a_letter()
    for status in (LetterStatus.SENT, LetterStatus.FAILED, LetterStatus.CANCELLED):
        db.session.execute(update(Letter).values(status=status))

        assert not is_any_due(letter.due_at + DAY)


def test_to_look_for_letters_keeps_nobody_from_writing(app, settings):
    a_letter()
    other = sqlite3.connect(Path(db.engine.url.database), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    assert is_any_due(NOON)

    other.close()


def test_both_databases_keep_a_letter_through_a_failed_try(any_database):
    letter = an_introduction_letter()

    assert work(letter, NOON)  # nobody listens
    assert sending.claim(letter.id, NOON) is None
    db.session.commit()

    assert letter.status is LetterStatus.QUEUED
    assert is_any_due(NOON + 2 * MINUTE)
