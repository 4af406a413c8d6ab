import json
import re
from dataclasses import replace
from datetime import timedelta

import pytest

from matchmaker.extensions import db
from matchmaker.mail import links
from matchmaker.mail.links import Purpose
from matchmaker.models import (
    EventStatus,
    MembershipStatus,
    Role,
    RsvpStatus,
    Series,
    Venue,
    Visibility,
    utcnow,
)
from matchmaker.services.events import places
from matchmaker.services.events.planning import standing
from tests.factories import (
    make_block,
    make_event,
    make_following,
    make_group,
    make_introduction,
    make_member,
    make_picture,
    make_rsvp,
    make_space,
)

LINK = "https://meet.example.org/room"
QUESTION = {"id": "food", "text": "What do you eat?", "options": [], "required": True}


def soon(**fields):
    """An event next week, by the real clock: pages ask for it."""
    starts_at = fields.pop("starts_at", utcnow() + timedelta(days=7))
    return make_event(starts_at=starts_at, **fields)


def past(**fields):
    return soon(starts_at=utcnow() - timedelta(days=2), **fields)


def page_of(browser, event):
    return browser.get(f"/events/{event.id}")


def press(browser, event, deed="come", **data):
    return browser.post(
        f"/events/{event.id}/{deed}", data=data, follow_redirects=True
    ).text


def by_letter(event, member):
    return f"/letters/{links.sign(Purpose.RSVP, event.id, member.id)}/event"


def status(event, member):
    db.session.expire_all()
    return places.of(event, member).status


def test_one_press_is_enough_and_a_second_changes_nothing(as_member, letters):
    event = soon(capacity=5)
    ana = make_member(space=event.space, introductions=True)

    first = press(as_member(ana), event)
    second = press(as_member(ana), event)

    assert "You are going" in first
    assert "You are going" in second
    rsvp = places.of(event, ana)
    assert (rsvp.is_shown, rsvp.wants_introductions, rsvp.remind_hours) == (
        False,
        True,
        24,
    )
    assert [letter.kind for letter in letters()] == ["event_going"]


def test_what_one_says_is_kept_and_can_be_changed(as_member):
    event = soon(guests_each=2, questions=[QUESTION])
    ana = make_member(space=event.space)
    said = {
        "details": "1",
        "guests": "2",
        "is_shown": "y",
        "remind_hours": "2",
        "question-food": "Plants",
    }

    press(as_member(ana), event, **said)
    rsvp = places.of(event, ana)
    assert (rsvp.guests, rsvp.is_shown, rsvp.remind_hours) == (2, True, 2)
    assert (rsvp.answers, rsvp.wants_messages) == ({"food": "Plants"}, False)

    page = press(as_member(ana), event, **said | {"guests": "0", "remind_hours": ""})
    assert "Saved." in page
    rsvp = places.of(event, ana)
    assert (rsvp.guests, rsvp.remind_hours, rsvp.is_going) == (0, None, True)


def test_what_the_host_needs_to_know_is_asked_beside_the_field(as_member):
    event = soon(questions=[QUESTION])
    ana = make_member(space=event.space)
    browser = as_member(ana)

    answer = browser.post(
        f"/events/{event.id}/come", data={"details": "1", "remind_hours": "24"}
    )
    assert answer.status_code == 422
    assert "The host needs an answer to this one." in answer.text

    page = press(browser, event)
    assert "Answer this first: What do you eat?" in page
    assert places.of(event, ana) is None


def test_whoever_cannot_come_says_so_and_can_come_after_all(as_member):
    event = soon(guests_each=1)
    ana = make_member(space=event.space)
    make_rsvp(event, ana, guests=1, is_shown=True)

    page = press(as_member(ana), event, "decline")
    assert "Your place goes to" in page
    assert "I can come after all" in page
    assert status(event, ana) is RsvpStatus.DECLINED

    press(as_member(ana), event)
    rsvp = places.of(event, ana)
    assert (rsvp.is_going, rsvp.guests, rsvp.is_shown) == (True, 1, True)


def test_the_queue_says_where_one_is_and_can_be_left(as_member):
    event = soon(capacity=1)
    make_rsvp(event)
    make_rsvp(event, status=RsvpStatus.WAITING)
    ana = make_member(space=event.space)
    assert "Join the queue" in page_of(as_member(ana), event).text

    assert "You are 2nd in the queue" in press(as_member(ana), event)
    press(as_member(ana), event, "decline")

    assert status(event, ana) is RsvpStatus.DECLINED


def test_a_place_that_is_held_can_be_taken_until_it_goes_on(as_member):
    event = soon(capacity=1, claim_hours=12)
    ana, ben = (make_member(space=event.space) for _ in range(2))
    until = utcnow() + timedelta(hours=3)
    make_rsvp(event, ana, RsvpStatus.OFFERED, offered_until=until)
    make_rsvp(event, ben, RsvpStatus.DECLINED)
    assert "Take the place" in page_of(as_member(ana), event).text

    assert "You are going" in press(as_member(ana), event, "claim")
    assert "You can join the queue again" in press(as_member(ben), event, "claim")

    assert status(event, ana) is RsvpStatus.GOING


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"status": EventStatus.CANCELLED}, "This one does not take place"),
        ({"rsvp_opens_at": utcnow() + timedelta(days=1)}, "You can sign up from"),
        ({"rsvp_closes_at": utcnow() - timedelta(days=1)}, "Signing up is over"),
        ({"starts_at": utcnow() - timedelta(minutes=5)}, "It has begun"),
        ({"starts_at": utcnow() - timedelta(days=5)}, "This one is over"),
        ({"needs_approval": True}, "Ask to come"),
        ({}, "I’ll be there"),
    ],
)
def test_the_page_says_what_one_can_do_and_why_not(as_member, fields, words):
    event = soon(**fields)

    page = page_of(as_member(make_member(space=event.space)), event).text

    assert words in page
    assert page.count('class="btn btn-primary"') <= 1


def test_whoever_is_not_a_member_yet_is_told_how_to_be_one(visitor, as_member):
    event = soon(visibility=Visibility.PUBLIC)

    page = page_of(visitor, event).text
    assert f"/sign-in?next=/events/{event.id}" in page

    page = page_of(as_member(make_member(space=make_space())), event).text
    assert f"For members of {event.space.name}" in page
    assert f"/join/{event.space.slug}" in page


def test_a_press_after_the_session_is_over_leads_back_to_the_page(visitor):
    event = soon(visibility=Visibility.PUBLIC)

    answer = visitor.post(f"/events/{event.id}/come")

    assert answer.location == f"/sign-in?next=/events/{event.id}"


def test_an_event_by_link_is_to_be_had_by_its_link_alone(visitor, as_member):
    event = soon(visibility=Visibility.LINK)
    picture = make_picture(event, is_cover=True)
    ana = make_member(space=event.space)
    browser = as_member(ana)
    assert page_of(browser, event).status_code == 404
    assert visitor.get(f"/e/{event.key}").status_code == 200
    page = browser.get(f"/e/{event.key}").text
    assert f"/pictures/{picture.id}.webp?key={event.key}" in page
    assert "og:title" not in page

    press(browser, event)
    assert places.of(event, ana) is None
    press(browser, event, key=event.key)

    assert places.of(event, ana).is_going
    assert page_of(browser, event).status_code == 200


def test_the_online_link_is_for_those_going_alone(visitor, as_member):
    event = soon(venue=Venue.ONLINE, online_url=LINK, visibility=Visibility.PUBLIC)
    host = make_member("Hana", space=event.space)
    event.hosts.append(host)
    members = {
        status: make_rsvp(event, status=status, offered_until=event.starts_at).member
        for status in RsvpStatus
    }
    onlooker = make_member(space=event.space)

    saw = {
        status
        for status, member in members.items()
        if LINK in page_of(as_member(member), event).text
    }

    assert saw == {RsvpStatus.GOING}
    assert LINK not in page_of(as_member(onlooker), event).text
    assert LINK not in page_of(visitor, event).text
    assert LINK in page_of(as_member(host), event).text


def test_whoever_goes_online_joins_with_one_press_once_it_has_begun(as_member):
    event = soon(
        starts_at=utcnow() - timedelta(minutes=5), venue=Venue.ONLINE, online_url=LINK
    )
    going = make_rsvp(event).member

    page = page_of(as_member(going), event).text
    assert f'<a class="btn btn-primary" href="{LINK}"' in page
    assert page.count('class="btn btn-primary"') == 1

    page = page_of(as_member(make_member(space=event.space)), event).text
    assert "Ask the host whether you can still join." in page
    assert "at the door" not in page


def test_a_question_says_whether_it_can_be_left_out(as_member):
    event = soon(questions=[QUESTION])
    ana = make_member(space=event.space)
    assert "You can leave this one out." not in page_of(as_member(ana), event).text

    event.questions = [QUESTION | {"required": False}]

    assert "You can leave this one out." in page_of(as_member(ana), event).text


def test_a_public_event_tells_search_engines_what_it_is(visitor, app):
    app.config["SETTINGS"] = replace(
        app.config["SETTINGS"], base_url="https://portal.example.org"
    )
    event = soon(
        visibility=Visibility.PUBLIC,
        title="Soup & </script><script>alert(1)</script>",
        description="**Warm** soup, and [bread](https://bread.example.org).",
    )
    picture = make_picture(event, is_cover=True, caption="A bowl")

    page = page_of(visitor, event).text

    (data,) = re.findall(
        r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL
    )
    said = json.loads(data)
    url = f"https://portal.example.org/events/{event.id}"
    assert said["name"] == event.title
    assert said["url"] == url
    assert said["startDate"] == event.local_start.isoformat()
    assert said["eventStatus"] == "https://schema.org/EventScheduled"
    assert said["image"] == [f"{url}/pictures/{picture.id}.webp"]
    assert (
        f'<meta property="og:image" content="{url}/pictures/{picture.id}.webp">' in page
    )
    assert "Warm soup, and bread" in page
    assert "<script>alert" not in page


@pytest.mark.parametrize("visibility", [Visibility.SPACE, Visibility.GROUP])
def test_what_is_not_public_tells_search_engines_nothing(as_member, visibility):
    group = make_group(make_space())
    event = soon(space=group.space, group=group, visibility=visibility)
    ana = make_member(space=group.space)
    make_following(group, ana)

    page = page_of(as_member(ana), event).text

    assert "ld+json" not in page
    assert "og:" not in page
    assert "noindex" in page


def test_those_who_chose_to_be_shown_are_and_others_are_counted(as_member):
    event = soon()
    ana, ben = (make_member(name, space=event.space) for name in ("Ana", "Ben Osei"))
    make_rsvp(event, ben, is_shown=True)
    for name in ("Cem Quiet", "Dan Still"):
        make_rsvp(event, make_member(name, space=event.space))
    make_rsvp(event, make_member("Eve Maybe", space=event.space), RsvpStatus.WAITING)

    page = page_of(as_member(ana), event).text

    assert "Ben Osei" in page
    assert "and 2 others" in page
    assert not {"Cem Quiet", "Dan Still", "Eve Maybe"} & {
        name for name in ("Cem Quiet", "Dan Still", "Eve Maybe") if name in page
    }
    assert f'"/people/{ben.id}"' not in page

    make_introduction(ana, ben)
    assert f'"/people/{ben.id}"' in page_of(as_member(ana), event).text


@pytest.mark.parametrize("shown", [True, False])
@pytest.mark.parametrize("turned", [True, False])
def test_whom_a_block_parts_is_neither_seen_nor_counted(as_member, shown, turned):
    event, twin = soon(capacity=20), soon(capacity=20)
    ana = make_member("Ana", space=event.space)
    twin.space = event.space
    bo = make_member("Bo Quist", space=event.space)
    make_block(bo, ana) if turned else make_block(ana, bo)
    make_rsvp(event, bo, is_shown=shown, guests=0)
    for each in (event, twin):
        make_rsvp(each, make_member("Cem", space=event.space), is_shown=True)

    with_bo, without = (page_of(as_member(ana), each).text for each in (event, twin))

    assert "Bo Quist" not in with_bo
    assert people_of(with_bo) == people_of(without)


def people_of(page):
    section = re.search(r'<section[^>]*id="people".*?</section>', page, re.DOTALL)
    # Each of the two has a number of their own, and each event a key.
    return re.sub(r"tint-\d|/people/\d+/safety\?event=\w+", "", section.group())


def test_the_queue_counts_nobody_whom_a_block_parts(as_member):
    event = soon(capacity=1)
    make_rsvp(event)
    ana, bo = (make_member(name, space=event.space) for name in ("Ana", "Bo"))
    make_rsvp(event, bo, RsvpStatus.WAITING)
    make_rsvp(event, ana, RsvpStatus.WAITING)
    make_block(ana, bo)

    assert "You are 1st in the queue" in page_of(as_member(ana), event).text
    assert "1st in the queue" in as_member(ana).get(by_letter(event, ana)).text


def test_members_are_not_told_how_many_places_there_are(as_member):
    event = soon(capacity=4_937)
    ana = make_member(space=event.space)

    assert "4937" not in page_of(as_member(ana), event).text.replace(",", "")


def test_an_event_whose_host_is_parted_from_one_does_not_exist(as_member):
    event = soon(visibility=Visibility.PUBLIC)
    ana, hana = (make_member(name, space=event.space) for name in ("Ana", "Hana"))
    event.hosts.append(hana)
    picture = make_picture(event)
    make_block(hana, ana)
    browser = as_member(ana)

    for address in (
        f"/events/{event.id}",
        f"/e/{event.key}",
        f"/events/{event.id}/pictures/{picture.id}.webp",
    ):
        assert browser.get(address).status_code == 404
    assert browser.post(f"/events/{event.id}/come").status_code == 404


def test_a_picture_is_for_those_who_may_see_its_event(visitor, as_member):
    event, other = soon(), soon()
    picture = make_picture(event, webp=b"RIFF....WEBP")
    ana = make_member(space=event.space)
    address = f"/events/{event.id}/pictures/{picture.id}.webp"

    answer = as_member(ana).get(address)

    assert (answer.data, answer.mimetype) == (b"RIFF....WEBP", "image/webp")
    assert "private" in answer.headers["Cache-Control"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert visitor.get(address).status_code == 404
    other.visibility = Visibility.PUBLIC
    assert (
        visitor.get(address.replace(f"{event.id}/", f"{other.id}/", 1)).status_code
        == 404
    )


def test_a_draft_is_seen_by_whoever_runs_it_alone(as_member):
    event = soon(status=EventStatus.DRAFT)
    olga = make_member(space=event.space, role=Role.ORGANISER)

    page = page_of(as_member(olga), event).text
    assert "Not published yet" in page
    assert f'/events/{event.id}/edit">Go on with it' in page
    assert page_of(as_member(make_member(space=event.space)), event).status_code == 404


def test_afterwards_there_are_notes_and_pictures(as_member):
    event = past(notes="We ate **everything**.", description="Bring soup.")
    make_picture(event, caption="The long table")
    ana = make_member(space=event.space)
    make_rsvp(event, ana)

    page = page_of(as_member(ana), event).text

    assert "<strong>everything</strong>" in page
    assert 'alt="The long table"' in page
    assert "Tell how it was" in page
    assert page.index("What it was about") < page.index("Bring soup.")


def test_the_page_leads_to_the_next_times_of_a_series(as_member):
    event = soon()
    event.series = Series(
        space=event.space,
        rule="FREQ=WEEKLY;COUNT=4",
        timezone="UTC",
        starts_at=event.starts_at,
        made_at=event.made_at,
    )
    week = timedelta(days=7)
    later, off, past_one = (
        soon(
            space=event.space,
            series=event.series,
            starts_at=event.starts_at + weeks * week,
            status=status,
        )
        for weeks, status in (
            (1, EventStatus.PUBLISHED),
            (2, EventStatus.CANCELLED),
            (-3, EventStatus.PUBLISHED),
        )
    )

    page = page_of(as_member(make_member(space=event.space)), event).text

    assert f'href="/events/{later.id}"' in page
    assert f'href="/events/{off.id}"' not in page
    assert f'href="/events/{past_one.id}"' not in page


def test_whoever_is_shown_can_hide_also_when_signing_up_is_over(as_member):
    event = soon(rsvp_closes_at=utcnow() - timedelta(hours=1), guests_each=1)
    ana = make_member(space=event.space)
    make_rsvp(event, ana, is_shown=True, guests=1)

    press(as_member(ana), event, details="1", remind_hours="24")

    rsvp = places.of(event, ana)
    assert (rsvp.is_shown, rsvp.guests, rsvp.is_going) == (False, 1, True)


# By letter


def test_looking_at_a_letters_link_says_for_whom_and_changes_nothing(visitor):
    event = soon()
    ana = make_member("Ana Duarte", space=event.space)
    make_rsvp(event, ana)

    page = visitor.get(by_letter(event, ana) + "?do=cancel").text

    assert "Ana, you are going" in page
    assert "Duarte" not in page
    assert status(event, ana) is RsvpStatus.GOING


def test_a_letters_link_acts_for_its_own_rsvp_alone(visitor):
    event = soon(capacity=1)
    ana, ben = (make_member(name, space=event.space) for name in ("Ana", "Ben"))
    make_rsvp(event, ana)
    make_rsvp(event, ben, RsvpStatus.WAITING)
    address = by_letter(event, ana)

    page = visitor.post(address, data={"do": "cancel"}, follow_redirects=True).text
    assert "Thank you for saying so" in page
    assert (status(event, ana), status(event, ben)) == (
        RsvpStatus.DECLINED,
        RsvpStatus.GOING,
    )
    signed_in_to_nothing = visitor.get(f"/events/{event.id}")
    assert f"/sign-in?next=/events/{event.id}" in signed_in_to_nothing.location

    page = visitor.post(address, data={"do": "come"}, follow_redirects=True).text
    assert "you are 1st in the queue" in page
    assert status(event, ben) is RsvpStatus.GOING


def test_a_place_is_taken_by_letter(visitor):
    event = soon(capacity=1, claim_hours=5)
    until = utcnow() + timedelta(hours=3)
    rsvp = make_rsvp(event, status=RsvpStatus.OFFERED, offered_until=until)

    visitor.post(by_letter(event, rsvp.member), data={"do": "claim"})

    assert status(event, rsvp.member) is RsvpStatus.GOING


@pytest.mark.parametrize("deed", ["", "approve", "claim"])
def test_a_letters_link_does_nothing_else(visitor, deed):
    event = soon(needs_approval=True)
    rsvp = make_rsvp(event, status=RsvpStatus.ASKED)

    visitor.post(by_letter(event, rsvp.member), data={"do": deed})

    assert status(event, rsvp.member) is RsvpStatus.ASKED


@pytest.mark.parametrize(
    "token",
    [
        "nonsense",
        lambda: links.sign(Purpose.SIDE, 1, 1),
        lambda: links.sign(Purpose.RSVP, 1),
        lambda: links.sign(Purpose.RSVP, 1, 999_999),
        lambda: links.sign(Purpose.EVENT_MESSAGES, 1, 1),
    ],
)
def test_a_link_of_another_kind_opens_nothing(visitor, token):
    make_rsvp(soon(id=1), make_member(id=1, space=make_space()))
    token = token() if callable(token) else token

    assert visitor.get(f"/letters/{token}/event").status_code == 404
    assert visitor.post(f"/letters/{token}/event").status_code == 404


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"ends_at": utcnow() - timedelta(hours=1)}, "This one is over"),
        ({"status": EventStatus.CANCELLED}, "does not take place"),
    ],
)
def test_later_a_letters_link_leads_to_a_kind_page(visitor, change, words):
    event = past() if "ends_at" in change else soon(**change)
    rsvp = make_rsvp(event)

    page = visitor.post(by_letter(event, rsvp.member), data={"do": "cancel"})

    assert page.status_code == 200
    assert words in page.text
    assert status(event, rsvp.member) is RsvpStatus.GOING


def test_after_a_block_a_letters_link_says_nothing_of_the_event(visitor):
    event = soon()
    rsvp, hana = make_rsvp(event), make_member("Hana", space=event.space)
    event.hosts.append(hana)
    make_block(hana, rsvp.member)

    page = visitor.post(by_letter(event, rsvp.member), data={"do": "cancel"}).text

    assert "This link has done its work" in page
    assert event.title not in page


def test_whoever_has_left_the_space_does_nothing_by_letter(visitor):
    event = soon()
    sue = make_member(space=event.space, status=MembershipStatus.SUSPENDED)
    make_rsvp(event, sue, RsvpStatus.DECLINED)

    visitor.post(by_letter(event, sue), data={"do": "come"})

    assert status(event, sue) is RsvpStatus.DECLINED


def test_the_hosts_letters_stop_with_one_press_or_one_request(visitor):
    event = soon()
    rsvp = make_rsvp(event)
    token = links.sign(Purpose.EVENT_MESSAGES, event.id, rsvp.member_id)
    address = f"/letters/{token}/event-messages"
    assert "Stop the host&#39;s letters and reminders?" in visitor.get(address).text
    assert rsvp.wants_messages

    answer = visitor.post(address, data={"List-Unsubscribe": "One-Click"})

    assert (answer.status_code, answer.mimetype) == (200, "text/plain")
    db.session.expire_all()
    assert not rsvp.wants_messages
    assert "These letters have stopped" in visitor.get(address).text


def test_why_it_was_called_off_stands_on_its_page(visitor, app):
    event = soon(visibility=Visibility.PUBLIC)
    words = "The kiln is broken.\r\n\r\nWe <b>fire</b> again in June."

    standing.cancel(event, words, None, utcnow())

    page = visitor.get(f"/events/{event.id}").text
    assert (
        "<p>The kiln is broken.</p><p>We &lt;b&gt;fire&lt;/b&gt; again in June.</p>"
        in page
    )


def test_whoever_may_not_see_it_does_not_read_why_it_was_called_off(visitor, app):
    event = soon(visibility=Visibility.SPACE)

    standing.cancel(event, "The kiln is broken.", None, utcnow())

    assert "kiln" not in visitor.get(f"/events/{event.id}", follow_redirects=True).text


@pytest.mark.parametrize("claim_hours", [None, 24])
def test_a_queue_says_whose_turn_it_is_and_keeps_to_it(
    app, as_member, letters, claim_hours
):
    """Ben waits for two, Cas alone behind him; one place becomes free."""
    space = make_space()
    event = make_event(
        space,
        capacity=1,
        guests_each=3,
        claim_hours=claim_hours,
        starts_at=utcnow() + timedelta(days=7),
    )
    ana, ben, cas = (make_member(name, space=space) for name in ("Ana", "Ben", "Cas"))
    make_rsvp(event, ana)
    for member, guests in ((ben, 1), (cas, 0)):
        places.sign_up(event, member, utcnow(), places.Wishes(guests=guests))
    db.session.commit()
    first, second = (
        as_member(member).get(f"/events/{event.id}").text for member in (ben, cas)
    )
    said = letters()

    places.decline(event, ana, utcnow())

    for told in (first, said[0].text.replace("\n", " ")):
        assert "As soon as two places are free" in told
        assert "A single place goes to the next person who’s alone." in told
    for told in (second, said[1].text.replace("\n", " ")):
        assert "when those ahead of you are too many for it" in told
    assert places.of(event, ben).status is RsvpStatus.WAITING
    assert places.of(event, cas).has_place


def test_what_was_answered_is_not_lost_when_signing_up_is_over(app, as_member):
    question = {"id": "q1", "text": "Why?", "options": [], "required": False}
    space = make_space()
    event = make_event(
        space, starts_at=utcnow() - timedelta(hours=1), questions=[question]
    )
    told = "Because of the clay and the tea."

    answer = as_member(make_member(space=space)).post(
        f"/events/{event.id}/come",
        data={"details": "1", "question-q1": told, "remind_hours": "24"},
        headers={"Sec-Fetch-Site": "same-origin"},
    )

    assert answer.status_code == 409
    assert told in answer.text
