import re
from dataclasses import replace
from datetime import datetime, timedelta
from email import message_from_bytes
from email.policy import default
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from markupsafe import escape

from matchmaker.extensions import db
from matchmaker.mail import letters as letter_kinds
from matchmaker.mail import links
from matchmaker.mail import waiting_letters as waiting_letter_kinds
from matchmaker.mail.kinds import KINDS
from matchmaker.mail.message import message
from matchmaker.models import Answer, Kind, Member
from tests.factories import (
    NOON,
    make_api_key,
    make_introduction,
    make_invited,
    make_member,
    make_space,
)
from tests.letters import Readable

letters = Readable(letter_kinds)
waiting_letters = Readable(waiting_letter_kinds)
BASE = "https://portal.example.org"
TIMES = [
    datetime(2030, 5, day, 12, 30, tzinfo=ZoneInfo("Europe/Brussels"))
    for day in (8, 9, 10)
]


@pytest.fixture(autouse=True)
def base_url(app):
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], base_url=BASE)


def a_space(**fields):
    return make_space(name="The Old Mill", timezone="Europe/Brussels", **fields)


def two(kind=Kind.PEERS, **fields):
    space = a_space()
    ana = make_member(
        "Ana Costa",
        space=space,
        offers=["grant writing"],
        wants=["Postgres"],
        profile={"industry": "5911", "headline": "Documentary producer"}
        | {"offers": ["grant writing"], "wants": ["Postgres"]},
    )
    ben = make_member(
        "Ben Oak",
        space=space,
        profile={"industry": "6201", "headline": "Backend developer"}
        | {"offers": ["Postgres"], "wants": ["grant writing"]},
    )
    return make_introduction(ana, ben, kind=kind, **fields)


def side_of(introduction, name):
    return next(s for s in introduction.sides if s.member.name.startswith(name))


def gain(giver, offer, want, kind):
    return {
        "giver": giver.id,
        "offer": offer,
        "want": want,
        "kind": kind,
        "strength": 0.5,
    }


def every_letter():
    """One of each, to members who have accounts or not."""
    introduction = two()
    ana, ben = introduction.sides
    introduced = two(answers=[Answer.YES, Answer.YES], introduced_at=NOON)
    invited = make_invited("Ivo Lind", space=a_space())
    return [
        letters.confirm_address(invited, "a.token", NOON),
        letters.already_registered(ana.member, NOON),
        letters.reset_password(ana.member, "a.token", NOON),
        letters.password_changed(ana.member, NOON),
        letters.address_check(ana.member, NOON),
        letters.introduction_withdrawn(ana, NOON),
        letters.key_made(make_api_key(ana.member)[0], NOON),
        letters.invitation(invited.memberships[0], "Mara Joss", NOON),
        letters.introduction(ana, NOON),
        letters.introduction(ben, NOON),
        waiting_letters.introduction_reminder(ana, NOON),
        waiting_letters.introduction_ended(ana, NOON),
        waiting_letters.resting(ana.member.memberships[0], NOON),
        letters.introduced(introduced.sides[0], TIMES, NOON),
        letters.did_you_meet(introduced.sides[0], NOON),
    ]


def addresses_in(letter):
    return re.findall(r"https?://[^\s\"'<>)]+", letter.text + letter.html)


# What holds for every letter.


def test_every_link_begins_with_the_base_url_and_nothing_is_fetched(app):
    namespaces = {"http://www.w3.org/1999/xhtml"}

    for letter in every_letter():
        others = [
            url
            for url in addresses_in(letter)
            if url not in namespaces and not url.startswith(f"{BASE}/")
        ]
        assert others == [], letter.kind
        assert "<img" not in letter.html
        assert "@import" not in letter.html
        assert "<link" not in letter.html


def test_the_text_has_every_link_that_the_html_has(app):
    for letter in every_letter():
        linked = set(re.findall(rf'href="({BASE}[^"]+)"', letter.html))
        assert {url.replace("&amp;", "&") for url in linked} == set(
            re.findall(rf"{BASE}/\S+", letter.text)
        ), letter.kind


def test_every_link_opens_a_page_and_changes_nothing_by_being_opened(app, visitor):
    app.config["SETTINGS"] = replace(
        app.config["SETTINGS"], base_url="http://localhost"
    )
    for letter in every_letter():
        for url in re.findall(r"http://localhost\S*", letter.text):
            if "a.token" in url:  # Flask-Security's own
                continue
            answer = visitor.get(url.removeprefix("http://localhost"))
            assert answer.status_code == 200, url


def test_a_subject_is_a_line_and_the_text_is_narrow_and_calm(app):
    for letter in every_letter():
        assert 8 < len(letter.subject) <= 78
        assert "!" not in letter.text
        for line in letter.text.splitlines():
            assert len(line) <= 72 or BASE in line
        assert "\n\n\n" not in letter.text


def test_letters_about_introductions_can_be_stopped_with_one_press(app):
    for letter in every_letter():
        if not KINDS[letter.kind].can_be_stopped:
            assert "List-Unsubscribe" not in letter.headers
            continue
        url = letter.headers["List-Unsubscribe"].strip("<>")
        token = url.rpartition("/")[2]
        assert letter.headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert url in letter.text
        assert links.read(links.Purpose.UNSUBSCRIBE, token) == (letter.membership_id,)


# Each by itself.


def test_an_introduction_says_what_each_gains_in_their_own_words(app):
    letter = letters.introduction(side_of(two(), "Ben"), NOON)

    assert letter.subject == "Ana knows grant writing; you know Postgres"
    assert "Ana can help you with grant writing, which you’re looking" in letter.text
    assert "You can help Ana with Postgres, which they’re looking for" in letter.text
    assert "What Ana can give you" in letter.html
    assert "What you can give Ana" in letter.html
    assert "Ana comes from" in letter.text


def test_an_introduction_shows_no_address_of_the_other(app):
    introduction = two()

    for side in introduction.sides:
        letter = letters.introduction(side, NOON)
        wire = message(letter.letter, letter.said, NOON).as_string()
        (other,) = side.others
        assert other.member.email not in letter.text + letter.html + wire
        assert "until you’ve both said yes" in letter.html


def test_an_introduction_has_four_answers_for_this_side_alone(app):
    side = side_of(two(), "Ben")

    letter = letters.introduction(side, NOON)

    answers = re.findall(rf"{BASE}/\S*[?&]answer=(\S+)", letter.text)
    tokens = set(re.findall(rf"{BASE}/letters/([^/]+)/answer", letter.text))
    assert answers == ["yes", "not-now", "let-go", "we-know-each-other"]
    assert [links.read(links.Purpose.SIDE, token) for token in tokens] == [
        (side.introduction_id, side.member_id)
    ]


@pytest.mark.parametrize(
    ("now", "says"),
    [
        (
            ["rekindled", "waited"],
            "since you were last introduced: “tax advice” is new",
        ),
        (["new words"], "One of you has only just written this down"),
        (["bridge"], "You hardly know any of the same people yet"),
    ],
)
def test_an_introduction_says_why_now(app, now, says):
    introduction = two()
    introduction.now, introduction.changed = now, "tax advice"

    letter = letters.introduction(side_of(introduction, "Ben"), NOON)

    assert says in " ".join(letter.text.split())
    assert says in letter.html


def test_words_that_differ_are_both_named(app):
    introduction = two()
    ana, ben = introduction.sides
    ben.gains = [gain(ana.member, "grant writing", "public money", "help")]

    letter = letters.introduction(ben, NOON)

    assert (
        "Ana can help you with “grant writing”: you’re looking for “public money”."
        in " ".join(letter.text.split())
    )


def test_three_are_introduced_to_each_other(app):
    space = a_space()
    ana, ben, cleo = (make_member(name, space=space) for name in ("Ana", "Ben", "Cleo"))
    introduction = make_introduction(ana, ben, cleo)

    letter = letters.introduction(side_of(introduction, "Ben"), NOON)

    assert letter.subject == "You, Ana and Cleo could help each other"
    assert "until all three of you have said yes" in " ".join(letter.text.split())
    for label in ("WHAT YOU GAIN", "WHAT ANA GAINS", "WHAT CLEO GAINS"):
        assert label in letter.text


def test_a_mentor_and_a_mentee_are_told_different_things(app):
    introduction = two(kind=Kind.MENTORING)
    ana, ben = introduction.sides  # the mentor, the mentee
    ana.gains = [gain(ben.member, "pricing", "pricing", "giving")]
    ben.gains = [gain(ana.member, "pricing", "pricing", "mentoring")]

    to_mentor = letters.introduction(ana, NOON)
    to_mentee = letters.introduction(ben, NOON)

    assert to_mentor.subject == "Ben wants to learn about pricing"
    assert "You can teach pricing, which Ben would like to learn" in to_mentor.text
    assert to_mentee.subject == "Ana offers to mentor in pricing"
    assert "Ana can be your mentor in pricing" in to_mentee.text


def test_all_said_yes_names_addresses_times_and_what_to_bring(app):
    introduction = two(answers=[Answer.YES, Answer.YES], introduced_at=NOON)
    ben, ana = side_of(introduction, "Ben"), side_of(introduction, "Ana")

    letter = letters.introduced(ben, TIMES, NOON)

    assert ana.member.email in letter.text
    assert f'href="mailto:{ana.member.email}"' in letter.html
    assert letter.headers["Reply-To"] == f"Ana Costa <{ana.member.email}>"
    assert "Wednesday 8 May, 12:30 to 13:15" in letter.text
    assert "One thing to bring: a real example of “Postgres”" in letter.text
    assert letter.calendar.count("BEGIN:VEVENT") == 3
    raw = message(letter.letter, letter.said, NOON).as_bytes()
    mail = message_from_bytes(raw, policy=default)
    (attached,) = mail.iter_attachments()
    assert attached.get_filename() == "meeting-times.ics"
    assert attached.get_content_type() == "text/calendar"
    assert "Wednesday" not in attached.get_content()
    assert "TENTATIVE" in attached.get_content()


def test_an_answer_to_the_three_goes_to_both_others(app):
    space = a_space()
    ana, ben, cleo = (make_member(name, space=space) for name in ("Ana", "Ben", "Cleo"))
    introduction = make_introduction(ana, ben, cleo, introduced_at=NOON)

    letter = letters.introduced(side_of(introduction, "Ben"), TIMES, NOON)

    mail = message(letter.letter, letter.said, NOON)
    assert [a.addr_spec for a in mail["Reply-To"].addresses] == [ana.email, cleo.email]


def test_did_you_meet_has_three_answers(app):
    introduction = two(answers=[Answer.YES, Answer.YES], introduced_at=NOON)

    letter = letters.did_you_meet(introduction.sides[1], NOON)

    assert letter.subject == "Did you and Ana meet?"
    assert re.findall(r"[?&]met=(\S+)", letter.text) == ["yes", "no", "it-wont-happen"]


def test_nothing_that_a_stranger_typed_goes_to_an_address_nobody_confirmed(app):
    member = make_member("Free pills", confirmed_at=None)

    letter = letters.confirm_address(member, "a.token", NOON)

    wire = message(letter.letter, letter.said, NOON).as_string()
    assert "pills" not in letter.text + letter.html + wire.partition("\nTo:")[0]


def test_an_invitation_with_a_link_for_a_name_has_no_name(app):
    invited = make_invited("Win http://evil.example", space=a_space())

    letter = letters.invitation(invited.memberships[0], "www.evil.example", NOON)

    assert "evil" not in letter.text + letter.html
    assert "evil" not in message(letter.letter, letter.said, NOON).as_string()
    assert "The Old Mill would like" in letter.text


words = st.text(
    st.sampled_from("<>&\"'{}%#\r\n\0\x0b\ufffe\ud7ff\u2028é“b/ -=")
    | st.characters(codec="utf-8"),
    min_size=1,
    max_size=60,
)


@given(name=words, phrase=words, headline=words)
@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_members_words_are_words_and_never_markup(app, name, phrase, headline):
    introduction = two()
    ana, ben = introduction.sides
    ana.member.name = name[:60]
    ana.member.profile.headline = f"<b>{headline}"
    ben.gains = [gain(ana.member, f"<i>{phrase}", f"{phrase}</td>", "help")]

    letter = letters.introduction(ben, NOON)

    assert "<b>" not in letter.html
    assert "<i>" not in letter.html
    assert escape("<i>") in letter.html
    assert letter.html.count("<h1") == 1
    assert letter.html.rstrip().endswith("</html>")
    db.session.rollback()


def test_a_letter_is_for_one_member(app):
    letter = letters.password_changed(make_member("Ana"), NOON)

    assert letter.to == letter.member.email
    assert isinstance(letter.member, Member)
    assert letter.due_at == letter.made_at == NOON
    assert timedelta() == letter.due_at - NOON


@pytest.mark.parametrize(
    ("name", "preferred", "called"),
    [
        ("Dr. Vera Stein", "", "Vera"),
        ("Prof. dr. ir. Els Maes", "", "Els"),
        ("van den Berg Pieter", "", "van den Berg Pieter"),
        ("J.R.R. Tolk", "", "J. R. R. Tolk"),
        ("J.R.R. Tolk", "Ronald", "Ronald"),
        ("William Turner", "Bill http://evil.example", "William"),
    ],
)
def test_a_member_is_called_alike_in_letters_and_on_pages(
    as_member, name, preferred, called
):
    introduction = two()
    ana, ben = introduction.members
    ana.name, ana.preferred_name = name, preferred

    hers, his = (letters.introduction(side, NOON) for side in introduction.sides)

    assert f"Hello {called}," in hers.text
    assert f"would you like to meet {called}?" in his.text
    assert called in his.subject
    assert f"Hello {called}" in as_member(ana).get("/").text
    assert f"More about {called}" in as_member(ben).get("/").text


def test_an_invitation_is_from_somebody_with_a_name(app):
    ivo = make_invited("Dr. Ivo Kern", space=make_space(name="Quince Yard"))

    letter = letters.invitation(ivo.memberships[0], None, NOON)

    assert "Ivo, you are invited" in letter.text
    assert "Quince Yard would like to have you" in letter.text
    assert "rganiser" not in letter.text + letter.html
