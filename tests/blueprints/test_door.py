import json
from datetime import timedelta

import pytest

from matchmaker.blueprints.door.acts import milliseconds
from matchmaker.extensions import db
from matchmaker.mail import links
from matchmaker.models import RsvpStatus, utcnow
from tests.factories import make_block, make_event, make_member, make_rsvp, make_space
from tests.services.events.afterwards.test_feedback import make_seating


@pytest.fixture
def door(app):
    event = make_event(make_space("mill"), starts_at=utcnow() - timedelta(minutes=5))
    host = make_member("Hana Sato", space=event.space)
    event.hosts.append(host)
    ana, bo = (
        make_rsvp(event, make_member(name, space=event.space), is_shown=True)
        for name in ("Ana Duarte", "Bo Quist")
    )
    return event, host, ana, bo


def code_of(rsvp):
    return links.sign(links.Purpose.CHECK_IN, rsvp.event_id, rsvp.member_id)


def act(deed="check-in", **more):
    return {"id": "1", "deed": deed, "at": milliseconds(utcnow())} | more


def replay(browser, event, *acts):
    return send(browser, event, json.dumps({"acts": [*acts]}))


def send(browser, event, body):
    return browser.post(
        f"/events/{event.id}/door/replay", data=body, content_type="application/json"
    )


PAGES = ("door", "door/people", "badges", "tables")


@pytest.mark.parametrize("blocker", [0, 1])
def test_whom_a_block_parts_is_on_no_page_of_the_door(as_member, door, blocker):
    event, host, _, bo = door
    make_seating(event, [rsvp.member for rsvp in event.rsvps])
    pair = [host, bo.member]
    make_block(pair[blocker], pair[1 - blocker])
    browser = as_member(host)

    pages = [browser.get(f"/events/{event.id}/{page}").text for page in PAGES]
    answer = replay(browser, event, act(code=code_of(bo)))

    assert all("Ana Duarte" in page for page in pages)
    assert not any("Quist" in page for page in pages)
    assert answer.json["results"] == [{"id": "1", "done": True, "says": "Checked in."}]
    assert (answer.json["arrived"], answer.json["going"]) == (0, 1)
    assert "Bo Quist" not in answer.text
    db.session.refresh(bo)
    assert bo.has_arrived


def test_an_address_does_not_tell_whether_one_whom_a_block_parts_is_here(
    as_member, door
):
    event, host, _, bo = door
    make_block(bo.member, host)
    here = act("walk-in", name="Bo", email=bo.member.email)

    first = replay(as_member(host), event, here)
    second = replay(as_member(host), event, here)

    says = [answer.json["results"][0]["says"] for answer in (first, second)]
    assert says == ["Bo is checked in."] * 2


def test_by_number_whom_a_block_parts_is_not_found(as_member, door):
    event, host, _, bo = door
    make_block(bo.member, host)

    answer = replay(as_member(host), event, act(member=bo.member_id))

    assert answer.json["results"][0]["says"] == "They are not on the list any more."
    db.session.refresh(bo)
    assert not bo.has_arrived


def test_a_walk_in_is_called_what_they_say_whoever_the_address_belongs_to(
    as_member, door
):
    event, host, _, bo = door
    make_block(bo.member, host)

    answer = replay(
        as_member(host), event, act("walk-in", name="Wim", email=bo.member.email)
    )

    assert answer.json["results"][0]["says"] == "Wim is checked in."
    assert "Bo Quist" not in answer.text


def test_one_that_is_refused_leaves_the_others_alone(as_member, door):
    event, host, ana, bo = door
    bo.status = RsvpStatus.DECLINED

    results = replay(
        as_member(host),
        event,
        act(member=bo.member_id),
        act("walk-in", name="", email="x"),
        act(code="nonsense"),
        act(member=ana.member_id),
        act("undo", member=10**6),
    ).json["results"]

    assert [each["done"] for each in results] == [False, False, False, True, False]
    db.session.refresh(ana)
    assert ana.has_arrived


def test_told_twice_it_is_the_same(as_member, door):
    event, host, ana, _ = door
    acts = act(member=ana.member_id), act("walk-in", name="Wim", email="w@example.org")
    browser = as_member(host)

    first = replay(browser, event, *acts)
    second = replay(browser, event, *acts)

    assert (first.json["arrived"], second.json["arrived"]) == (2, 2)
    assert first.json["people"] == second.json["people"]


@pytest.mark.parametrize(
    "sent",
    [
        None,
        [],
        {"acts": "all"},
        {"acts": [1]},
        {"acts": [{"deed": "check-in"}]},
        {"acts": [act() | {"id": 7}]},
        {"acts": [act()] * 501},
    ],
)
def test_what_our_page_does_not_send_is_not_read(as_member, door, sent):
    event, host, *_ = door

    answer = as_member(host).post(f"/events/{event.id}/door/replay", json=sent)

    assert answer.status_code == 400


@pytest.mark.parametrize(
    "body",
    [b"", b'{"acts": [', b"\xff", b'{"acts": ' + b"[" * 100_000, b"acts=[]"],
)
def test_what_is_no_json_at_all_is_not_read(as_member, door, body):
    event, host, *_ = door

    assert send(as_member(host), event, body).status_code == 400


@pytest.mark.parametrize(
    "more",
    [
        {"deed": "erase"},
        {"at": None},
        {"at": float("nan")},
        {"at": float("-inf")},
        {"at": 1e300},
        {"at": True},
        {"member": "7"},
        {"member": 2**40},
        {"guests": "all"},
        {"guests": -1},
        {"guests": True},
        {"name": "x\0"},
        {"code": "x" * 401},
    ],
)
def test_what_cannot_be_read_keeps_nothing_else_waiting(as_member, door, more):
    event, host, ana, _ = door
    bad = act(member=ana.member_id) | {"id": "bad"} | more

    answer = replay(as_member(host), event, bad, act(member=ana.member_id))

    told = {each["id"]: each for each in answer.json["results"]}
    assert told["bad"]["says"].startswith("This could not be read.")
    assert [each["done"] for each in told.values()].count(True) == 1
    db.session.refresh(ana)
    assert ana.has_arrived


def test_a_number_without_end_keeps_nothing_else_waiting(as_member, door):
    event, host, ana, _ = door
    acts = [act(member=ana.member_id, id="bad", at="?"), act(member=ana.member_id)]
    body = json.dumps({"acts": acts}).replace('"?"', "9" * 5000)

    results = send(as_member(host), event, body).json["results"]

    assert {each["id"]: each["done"] for each in results} == {"1": True, "bad": False}


def test_a_party_is_checked_in_and_put_right_without_scripts(as_member, door):
    event, host, ana, _ = door
    event.guests_each = ana.guests = 3
    db.session.commit()
    browser, at = as_member(host), f"/events/{event.id}/door"
    assert "How many came with Ana" in browser.get(at).text

    def press(guests):
        form = {"member": ana.member_id, "guests": guests}
        return browser.post(f"{at}/check-in", data=form, follow_redirects=True).text

    assert "checked in, with 1 of 3 guests" in press(1)
    assert "with 1 of 3</span>" in browser.get(at).text
    assert "checked in, with 3 guests" in press(3)


def test_only_the_door_may_use_the_camera_and_start_threads(as_member, door):
    event, host, *_ = door
    browser = as_member(host)
    page = browser.get(f"/events/{event.id}/door")
    badges = browser.get(f"/events/{event.id}/badges")

    assert "worker-src 'self' blob:" in page.headers["Content-Security-Policy"]
    assert "camera=(self)" in page.headers["Permissions-Policy"]
    assert "worker-src" not in badges.headers["Content-Security-Policy"]
    assert "camera" not in badges.headers["Permissions-Policy"]


def test_the_pages_worker_may_look_after_that_page_alone(as_member, door):
    event, host, ana, _ = door

    answer = as_member(host).get(f"/events/{event.id}/door/worker.js")

    assert answer.headers["Service-Worker-Allowed"] == f"/events/{event.id}/door"
    assert as_member(ana.member).get(answer.request.path).status_code == 404


def test_ones_own_code_is_there_as_long_as_one_goes(as_member, door):
    event, _, ana, _ = door
    url = f"/events/{event.id}/code.svg"

    assert as_member(ana.member).get(url).text.startswith("<svg")
    ana.status = RsvpStatus.WAITING
    assert as_member(ana.member).get(url).status_code == 404


def test_a_code_by_letter_is_a_page_and_to_whoever_runs_it_a_button(
    as_member, visitor, door
):
    _, host, ana, bo = door
    url = f"/letters/{code_of(ana)}/code"

    assert "Hold this up at the door, Ana." in visitor.get(url).text
    assert "Hold this up" in as_member(bo.member).get(url).text
    assert "Check in" in as_member(host).get(url).text
    make_block(host, ana.member)
    # An event run by somebody from whom one is parted does not exist.
    assert visitor.get(url).status_code == 404


def test_badges_say_names_and_tables(as_member, door):
    event, host, ana, bo = door
    make_seating(event, [ana.member], [bo.member])
    ana.checked_in_at = event.starts_at
    browser = as_member(host)

    everybody = browser.get(f"/events/{event.id}/badges").text
    here = browser.get(f"/events/{event.id}/badges?who=arrived").text

    assert "Round 1: table 2" in everybody
    assert "Bo Quist" in everybody
    assert "Bo Quist" not in here
    assert "Ana Duarte" in here


def test_a_name_with_markup_in_it_stays_a_name(as_member, door):
    event, host, ana, _ = door
    ana.member.name = "<b>Ana</b>"

    page = as_member(host).get(f"/events/{event.id}/badges").text

    assert "&lt;b&gt;Ana&lt;/b&gt;" in page
    assert "<b>Ana</b>" not in page
