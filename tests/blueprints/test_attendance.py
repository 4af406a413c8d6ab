import csv
import io
import re
from datetime import timedelta

import pytest
from sqlalchemy import event as sqlalchemy_event

from matchmaker.extensions import db
from matchmaker.models import (
    EventStatus,
    MembershipStatus,
    Role,
    RsvpStatus,
    TimelineEntry,
    Verdict,
    utcnow,
)
from matchmaker.services.events import places
from tests.factories import (
    make_block,
    make_event,
    make_following,
    make_group,
    make_guest,
    make_member,
    make_rsvp,
    make_space,
)

GOING, WAITING, ASKED, DECLINED = (
    RsvpStatus.GOING,
    RsvpStatus.WAITING,
    RsvpStatus.ASKED,
    RsvpStatus.DECLINED,
)
SOON = utcnow() + timedelta(days=3)
AGO = utcnow() - timedelta(days=3)


@pytest.fixture
def mill(app):
    return make_space("mill")


@pytest.fixture
def hana(mill):
    return make_member("Hana Sato", space=mill)


@pytest.fixture
def olga(mill):
    return make_member("Olga Berg", space=mill, role=Role.ORGANISER)


@pytest.fixture
def event(mill, hana):
    return make_event(mill, starts_at=SOON, hosts=[hana], capacity=4)


def url(event, *more):
    return "/".join([f"/organise/{event.space.slug}/events/{event.id}", *more])


def message(**changes):
    return {"to": "going", "subject": "Bring a mug", "words": "The first."} | changes


def test_nobody_and_nothing_of_who_a_block_parts_is_on_the_page(
    event, olga, as_member, letters
):
    make_guest(event, "Ana", guests=1)
    for name, status in (("Bo", GOING), ("Cy", WAITING), ("Di", ASKED)):
        parted = make_guest(
            event, name, status, answers={"q": "Zqq"}, checked_in_at=SOON
        )
        places.timeline.note(event, "added", utcnow(), olga, about=parted.member)
        make_block(parted.member, olga)
    event.questions = [{"id": "q", "text": "Diet?", "options": [], "required": False}]
    browser = as_member(olga)

    page = browser.get(url(event)).text
    for who in ("", "?who=going", "?who=waiting", "?q=Bo", "?find=Bo", "?who=asked"):
        text = browser.get(url(event) + who).text
        shown = text.replace('value="Bo"', "").replace("q=Bo", "").replace("who=", "")
        assert not re.search(r"\b(Bo|Cy|Di|Zqq)\b", shown), who
    assert re.search(r"Going <span[^>]*>1<", page)
    assert "In the queue" not in page
    assert "Asked to come" not in page
    assert "Checked in" not in page
    file = browser.post(url(event, "people.csv")).get_data(as_text=True)
    assert len(file.splitlines()) == 2
    browser.post(url(event, "message"), data=message(to="all"))
    assert [letter.member.name for letter in letters()] == ["Ana"]


@pytest.mark.parametrize("who", ["its host", "its group's host", "organiser"])
def test_who_runs_it_sees_it(mill, event, hana, olga, as_member, who):
    group_host = make_member("Gert", space=mill)
    event.group = make_group(mill)
    make_following(event.group, group_host, is_host=True)
    make_guest(event, "Ana")
    runner = {"its host": hana, "its group's host": group_host, "organiser": olga}[who]

    assert "Ana" in as_member(runner).get(url(event)).text


@pytest.mark.parametrize(
    "who",
    ["member", "other host", "suspended host", "parted from the host", "elsewhere"],
)
def test_for_others_it_does_not_exist(mill, event, hana, as_member, who):
    loft = make_space("loft")
    looking = make_member(
        "Lou",
        space=loft if who == "elsewhere" else mill,
        role=Role.ORGANISER
        if who in {"parted from the host", "elsewhere"}
        else Role.MEMBER,
        status=MembershipStatus.SUSPENDED
        if who == "suspended host"
        else MembershipStatus.ACTIVE,
    )
    if who == "other host":
        make_event(mill, hosts=[looking])
    if who == "suspended host":
        event.hosts.append(looking)
    if who == "parted from the host":
        make_block(looking, hana)
    browser = as_member(looking)

    assert browser.get(url(event)).status_code == 404
    assert browser.get(url(event, "message")).status_code == 404
    assert browser.post(url(event, "people.csv")).status_code == 404
    assert browser.post(url(event, "message"), data=message()).status_code == 404


def test_an_event_is_found_at_its_own_space_only(event, as_member):
    make_space("loft")
    operator = make_member("Opal", is_operator=True)

    assert as_member(operator).get(url(event)).status_code == 200
    assert (
        as_member(operator).get(f"/organise/loft/events/{event.id}").status_code == 404
    )


def test_figures_groups_answers_and_first_timers_are_shown(event, hana, as_member):
    event.questions = [{"id": "q", "text": "Diet?", "options": [], "required": False}]
    make_guest(event, "Ana", guests=1, answers={"q": "Nuts"})
    make_guest(event, "Ben", WAITING)
    make_guest(event, "Cem", DECLINED)

    page = as_member(hana).get(url(event)).text
    waiting = as_member(hana).get(url(event) + "?who=waiting").text

    assert "Diet?" in page
    assert "Nuts" in page
    assert "and 1 guest" in page
    assert "of 4" in page  # places free
    assert "First time here" in page
    assert "Ben" in waiting
    assert "Ana" not in waiting
    assert "Nobody can be moved up" in waiting


def test_people_are_searched_and_paged(event, olga, as_member):
    for number in range(60):
        make_guest(event, f"Guest {number:02}")
    browser = as_member(olga)

    assert "Page 1 of 2" in browser.get(url(event)).text
    assert "Guest 59" in browser.get(url(event) + "?page=2").text
    found = browser.get(url(event) + "?q=guest+07").text
    assert "Guest 07" in found
    assert "Guest 08" not in found
    assert browser.get(url(event) + "?page=9").status_code == 404
    assert browser.get(url(event) + "?who=nonsense").status_code == 200


def test_the_page_asks_as_often_for_many_as_for_few(event, olga, as_member):
    browser = as_member(olga)

    def asked(people):
        for number in range(people):
            make_guest(event, f"Guest {number}")
        statements = []
        sqlalchemy_event.listen(
            db.engine, "before_cursor_execute", lambda *args: statements.append(args[2])
        )
        browser.get(url(event))
        return len(statements)

    assert asked(2) == asked(20)


def test_who_missed_several_lately_is_told_to_who_runs_it_only(
    mill, event, hana, as_member
):
    ana = make_guest(event, "Ana", is_shown=True).member
    for weeks in (1, 2):
        past = make_event(mill, starts_at=AGO - timedelta(weeks=weeks))
        make_rsvp(past, ana)
        make_rsvp(past, checked_in_at=AGO)

    assert "Missed 2 of the last 2" in as_member(hana).get(url(event)).text
    assert "Missed" not in as_member(ana).get(f"/events/{event.id}").text


def test_a_host_adds_by_address_and_an_organiser_by_name(
    mill, event, hana, olga, as_member
):
    ana = make_member("Ana Duarte", space=mill, email="ana@example.org")
    host = as_member(hana)

    assert "Ana Duarte" not in host.get(url(event) + "?find=Duarte").text
    assert "takes part in" in host.get(url(event) + "?find=Duarte").text
    assert "Ana Duarte" in host.get(url(event) + "?find=ana@example.org").text
    assert "Ana Duarte" in as_member(olga).get(url(event) + "?find=Duarte").text

    page = host.post(
        url(event, "people"),
        data={"member_id": ana.id, "find": "ana@example.org"},
        follow_redirects=True,
    ).text

    assert "Ana Duarte is going, and hears of it by letter." in page
    assert "Remove them below" in page
    assert "On the list" in host.get(url(event) + "?find=ana@example.org").text


def test_adding_one_who_was_not_found_is_refused(mill, event, hana, as_member):
    ana = make_member("Ana", space=mill)

    refused = as_member(hana).post(
        url(event, "people"), data={"member_id": ana.id, "find": "Ana"}
    )

    assert refused.status_code == 409
    assert places.of(event, ana) is None
    assert as_member(hana).post(url(event, "people")).status_code == 409


def test_let_in_needs_a_free_place(event, hana, as_member):
    event.capacity = 1
    going, waiting = make_guest(event, "Ana"), make_guest(event, "Ben", WAITING)
    browser = as_member(hana)

    full = browser.post(url(event, "people", str(waiting.member_id), "let-in"))
    assert full.status_code == 409
    assert "The event is full" in full.text

    browser.post(url(event, "capacity"), data={"capacity": "2"})
    assert waiting.status is GOING  # by itself, in its turn
    assert going.status is GOING


def test_a_place_out_of_turn_where_there_is_one(event, hana, as_member):
    event.capacity = 3
    make_guest(event, "Ana", guests=1)
    first = make_guest(event, "Ben", WAITING, guests=1)
    second = make_guest(event, "Cem", WAITING)

    page = as_member(hana).post(
        url(event, "people", str(second.member_id), "let-in"),
        data={"who": "waiting"},
        follow_redirects=True,
    )

    assert "Cem has a place" in page.text
    assert page.request.args["who"] == "waiting"
    assert (first.status, second.status) == (WAITING, GOING)


def test_who_asked_gets_a_yes_or_a_no(event, hana, as_member, letters):
    event.needs_approval = True
    yes, no = make_guest(event, "Ana", ASKED), make_guest(event, "Ben", ASKED)
    browser = as_member(hana)

    said = browser.post(
        url(event, "people", str(yes.member_id), "approve"), follow_redirects=True
    )
    browser.post(url(event, "people", str(no.member_id), "remove"))

    assert "Ana is going" in said.text
    assert (yes.status, no.status) == (GOING, DECLINED)
    assert [letter.kind for letter in letters()] == ["event_going", "event_removed"]


def test_who_is_removed_hears_of_it_and_can_be_added_again(event, hana, as_member):
    ana = make_guest(event, "Ana")

    page = as_member(hana).post(
        url(event, "people", str(ana.member_id), "remove"), follow_redirects=True
    )

    assert "Ana is off the list" in page.text
    assert "Add them again" in page.text.replace("\n", " ")
    assert ana.status is DECLINED


def test_by_hand_nothing_is_done_to_who_is_not_seen(event, hana, as_member):
    bo = make_guest(event, "Bo")
    make_block(bo.member, hana)
    # Who hosts it is seen by nobody parted from them, whatever the form says.
    event.hosts.append(make_member("Otto", space=event.space))
    browser = as_member(hana)

    for deed in ("approve", "let-in", "remove"):
        response = browser.post(url(event, "people", str(bo.member_id), deed))
        assert response.status_code == 404
    assert bo.status is GOING


@pytest.mark.parametrize("state", ["over", "cancelled"])
def test_a_list_stays_as_it_was(event, hana, as_member, state):
    ana = make_guest(event, "Ana", WAITING)
    if state == "over":
        event.starts_at, event.ends_at = AGO, AGO + timedelta(hours=1)
    else:
        event.status = EventStatus.CANCELLED
    browser = as_member(hana)

    for deed in ("approve", "let-in", "remove"):
        assert (
            browser.post(url(event, "people", str(ana.member_id), deed)).status_code
            == 409
        )
    assert (
        browser.post(url(event, "capacity"), data={"capacity": "9"}).status_code == 409
    )
    page = browser.get(url(event)).text
    assert "Let in" not in page
    assert "Add somebody" not in page


@pytest.mark.parametrize(
    ("typed", "status"),
    [("0", 422), ("-3", 422), ("many", 422), ("9" * 30, 422), ("", 302), ("5", 302)],
)
def test_capacity_is_a_sensible_number_or_none(event, hana, as_member, typed, status):
    response = as_member(hana).post(url(event, "capacity"), data={"capacity": typed})

    assert response.status_code == status


def test_less_room_than_is_taken_is_refused_without_a_number(event, olga, as_member):
    def said_of(unseen):
        for _ in range(unseen):
            make_block(make_rsvp(event).member, olga)
        refused = as_member(olga).post(url(event, "capacity"), data={"capacity": "1"})
        assert refused.status_code == 422
        assert "More people than that have a place" in refused.text
        return re.sub(r"<[^>]*>", "", refused.text)

    assert said_of(2) == said_of(1)  # of two, and of three


def test_a_message_is_looked_at_tried_and_sent(event, hana, as_member, letters):
    make_guest(event, "Ana")
    make_guest(event, "Ben", wants_messages=False)
    browser = as_member(hana)

    form = browser.get(url(event, "message")).text
    assert "1 person gets it; 1 does not want messages." in form
    looked = browser.post(url(event, "message", "look"), data=message())
    assert "Send it to 1 person" in looked.text
    assert "The first." in looked.text
    assert letters() == []

    shown = browser.post(url(event, "message", "letter"), data=message())
    assert "Hello Hana" in shown.text
    assert "default-src 'none'" in shown.headers["Content-Security-Policy"]
    assert letters() == []

    tried = browser.post(url(event, "message", "trial"), data=message())
    assert "A trial is on its way to" in tried.text
    assert [letter.member for letter in letters()] == [hana]

    for flashed in ("on its way to 1 person", "have this message already"):
        sent = browser.post(
            url(event, "message"), data=message(), follow_redirects=True
        )
        assert flashed in sent.text
    assert [letter.kind for letter in letters()] == ["event_trial", "event_message"]
    assert "wrote to those going: “Bring a mug”" in sent.text


def test_what_was_typed_is_never_lost(event, hana, as_member):
    make_guest(event, "Ana")
    browser = as_member(hana)

    wrong = browser.post(url(event, "message", "look"), data=message(subject=" \n "))
    assert wrong.status_code == 422
    assert "The first." in wrong.text
    changed = browser.post(
        url(event, "message", "look"), data=message(change="yes", words="\nA\n\nB")
    )
    assert "A\n\nB" in changed.text.replace("\r\n", "\n")
    nobody = browser.post(url(event, "message"), data=message(to="waiting"))
    assert nobody.status_code == 422
    assert "nobody among those in the queue" in nobody.text
    assert "The first." in nobody.text


@pytest.mark.parametrize(
    "changes",
    [{"to": "strangers"}, {"to": ""}, {"subject": "x" * 61}, {"words": "x" * 5001}],
)
def test_what_is_no_message_is_sent_to_nobody(event, hana, as_member, letters, changes):
    make_guest(event, "Ana")
    browser = as_member(hana)

    for way in ("look", "trial"):
        response = browser.post(url(event, "message", way), data=message(**changes))
        assert response.status_code == 422
    response = browser.post(url(event, "message"), data=message(**changes))
    assert response.status_code == 422
    assert browser.post(url(event, "message", "letter"), data={}).status_code == 200
    assert letters() == []


def test_a_message_of_more_than_three_a_day_waits(event, hana, as_member):
    make_guest(event, "Ana")
    browser = as_member(hana)
    for number in range(3):
        browser.post(url(event, "message"), data=message(words=f"Number {number}."))

    assert "Enough for now" in browser.get(url(event, "message")).text
    refused = browser.post(url(event, "message"), data=message(words="Number 4."))
    assert (refused.status_code, "Number 4." in refused.text) == (422, True)


def test_people_are_taken_along_as_a_file(event, hana, as_member):
    ana = make_guest(event, "=Ana", answers={})
    make_guest(event, "Ben", WAITING)
    browser = as_member(hana)

    file = browser.post(url(event, "people.csv"), data={"who": "going"})
    rows = list(csv.reader(io.StringIO(file.data.decode("utf-8-sig"))))

    assert [row[0] for row in rows] == ["Name", "'=Ana"]
    assert ana.member.email not in file.text
    assert "attachment; filename" in file.headers["Content-Disposition"]
    assert browser.post(url(event, "people.xlsx")).data.startswith(b"PK")
    assert browser.get(url(event, "people.csv")).status_code == 405
    assert browser.post(url(event, "people.exe")).status_code == 404
    noted = db.session.scalars(db.select(TimelineEntry.what)).all()
    assert noted == ["export", "export"]
    assert "took the list of people along as XLSX" in browser.get(url(event)).text


def test_every_kind_of_entry_is_told_and_one_unheard_of_too(event, hana, as_member):
    ana = make_guest(event, "Ana").member
    for what in ("added", "approved", "removed", "let in", "walk-in", "something new"):
        places.timeline.note(event, what, utcnow(), hana, about=ana)
    places.timeline.note(event, "capacity", utcnow(), hana, "12")
    places.timeline.note(event, "published", utcnow(), None)
    places.timeline.note(event, "edited", utcnow(), hana, "ends_at, place, starts_at")
    places.timeline.note(event, "seated", utcnow(), hana, "12 people")

    page = re.sub(r"<[^>]+>", "", as_member(hana).get(url(event)).text)

    for sentence in (
        "Hana Sato added Ana.",
        "Hana Sato said yes to Ana.",
        "Hana Sato took Ana off the list.",
        "Hana Sato gave Ana a place.",
        "Hana Sato let Ana in at the door.",
        "Hana Sato: something new, Ana.",
        "Hana Sato made room for 12 people.",
        "Matchmaker published the event.",
        "Hana Sato changed the time and the place.",
        "Hana Sato made a plan of the tables.",
    ):
        assert sentence in " ".join(page.split()), sentence


def test_afterwards_the_page_says_how_it_went(event, hana, as_member):
    event.starts_at, event.ends_at = AGO, AGO + timedelta(hours=1)
    for name in ("Ana", "Ben", "Cem"):
        make_guest(
            event,
            name,
            checked_in_at=AGO,
            verdict=Verdict.GOOD,
            told_at=AGO,
            note=f"{name[0]}: good bread.",
        )
    make_guest(event, "Dag")

    page = as_member(hana).get(url(event)).text

    assert "4 people had signed up and 3 came" in " ".join(page.split())
    assert "It was good" in page
    assert "A: good bread." in page
    assert page.count("Did not come") >= 2  # in the figures, and beside the name


def test_what_two_said_is_not_shown(event, hana, as_member):
    event.starts_at, event.ends_at = AGO, AGO + timedelta(hours=1)
    for name in ("Ana", "Ben"):
        make_guest(
            event,
            name,
            checked_in_at=AGO,
            verdict=Verdict.GOOD,
            told_at=AGO,
            note="Hm.",
        )

    page = as_member(hana).get(url(event)).text

    assert "Hm." not in page
    assert "once three have answered" in page


@pytest.mark.parametrize("status", [EventStatus.DRAFT, EventStatus.PUBLISHED])
def test_an_empty_page_says_what_to_do_first(event, hana, as_member, status):
    event.status = status

    page = as_member(hana).get(url(event)).text

    first = {
        EventStatus.DRAFT: "Finish and publish it",
        EventStatus.PUBLISHED: "Nobody has signed up yet",
    }
    assert first[status] in page
