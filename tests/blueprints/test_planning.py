import io
from datetime import UTC, datetime, timedelta

import pytest
from PIL import Image
from sqlalchemy import select
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from matchmaker.extensions import db
from matchmaker.models import (
    Event,
    EventStatus,
    Group,
    Picture,
    Role,
    RsvpStatus,
    Visibility,
    utcnow,
)
from tests.conftest import make_app
from tests.factories import (
    make_block,
    make_event,
    make_following,
    make_group,
    make_member,
    make_picture,
    make_rsvp,
    make_space,
)

EVENTS = "/organise/mill/events"


@pytest.fixture
def mill(app):
    return make_space("mill", timezone="Europe/Brussels")


@pytest.fixture
def hana(mill):
    return make_member("Hana Sato", space=mill, role=Role.HOST)


@pytest.fixture
def olga(mill):
    return make_member("Olga Berg", space=mill, role=Role.ORGANISER)


@pytest.fixture
def soon():
    """A day next month, as it is on the wall."""
    return (utcnow() + timedelta(days=30)).replace(tzinfo=None, hour=18, minute=30)


@pytest.fixture
def filled(soon):
    """A form as somebody sends it who has filled in what must be."""

    def filled(**said):
        return {
            "title": "Pottery",
            "kind": "meetup",
            "date": f"{soon:%Y-%m-%d}",
            "starts": "18:30",
            "ends": "20:30",
            "venue": "room",
            "place": "The kitchen",
            "group": "",
            "visibility": "space",
            "hosts": "Hana Sato",
            "repeat": "never",
            "scope": "one",
        } | said

    return filled


@pytest.fixture
def event(mill, hana):
    starts_at = utcnow().replace(microsecond=0) + timedelta(days=30)
    return make_event(mill, hosts=[hana], starts_at=starts_at, title="Wheel throwing")


def events():
    return db.session.scalars(select(Event).order_by(Event.id)).all()


# Making


def test_a_name_a_day_and_a_place_make_an_event(as_member, hana, filled):
    browser = as_member(hana)
    assert "A new event" in browser.get(f"{EVENTS}/new").text

    response = browser.post(f"{EVENTS}/new", data=filled())

    (event,) = events()
    assert response.location == f"{EVENTS}/{event.id}/edit"
    assert (event.title, event.place, event.hosts) == ("Pottery", "The kitchen", [hana])
    assert f"{event.local_start:%H:%M}" == "18:30"
    assert event.status is EventStatus.DRAFT
    assert "Saved as a draft" in browser.get(response.location).text


def test_an_event_past_midnight_takes_its_last_day_along(
    as_member, hana, mill, filled, soon
):
    begin = soon.replace(hour=22, minute=0, second=0, microsecond=0)
    late = make_event(
        mill, hosts=[hana], starts_at=begin.replace(tzinfo=mill.zone).astimezone(UTC)
    )
    evening = {"starts": "22:00", "ends": "00:00"}
    evening["ends_on"] = f"{begin + timedelta(days=1):%Y-%m-%d}"
    week_later = f"{begin + timedelta(days=7):%Y-%m-%d}"

    told = as_member(hana).post(
        f"{EVENTS}/{late.id}/edit", data=filled(date=week_later, **evening)
    )

    assert told.status_code == 302
    db.session.refresh(late)
    assert f"{late.local_start:%Y-%m-%d}" == week_later
    assert late.ends_at - late.starts_at == timedelta(hours=2)


def test_all_that_can_be_said_is_kept(as_member, olga, hana, mill, soon, filled):
    group = make_group(mill)
    day = f"{soon:%Y-%m-%d}"
    said = filled(
        description="**Clay** for all.",
        group=group.id,
        visibility="group",
        capacity="12",
        guests_each="2",
        claim_hours="24",
        needs_approval="y",
        ends="01:00",
        ends_on=f"{soon + timedelta(days=1):%Y-%m-%d}",
        rsvp_closes=f"{day}T12:00",
        **{
            "questions-0-text": "Diet?",
            "questions-0-options": "none, vegan, none",
            "questions-0-required": "y",
            "questions-1-text": " ",
            "questions-2-text": "Anything else?",
        },
    )

    as_member(olga).post(f"{EVENTS}/new", data=said)

    (event,) = events()
    assert event.group is group
    assert event.visibility is Visibility.GROUP
    assert (event.capacity, event.guests_each, event.claim_hours) == (12, 2, 24)
    assert event.ends_at - event.starts_at == timedelta(hours=6, minutes=30)
    assert event.needs_approval
    assert event.questions == [
        {"id": "q1", "text": "Diet?", "options": ["none", "vegan"], "required": True},
        {"id": "q2", "text": "Anything else?", "options": [], "required": False},
    ]
    page = as_member(olga).get(f"{EVENTS}/{event.id}/edit").text
    for words in ("**Clay** for all.", "none, vegan", "Diet?", f"{day}T12:00"):
        assert words in page


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"title": ""}, "Give it a title"),
        ({"date": ""}, "Choose the day."),
        ({"date": "next week"}, "Write the day as 2026-12-24"),
        ({"date": "2020-01-07"}, "That is in the past"),
        ({"starts": "noon"}, "Write the hour as 18:30"),
        ({"rsvp_opens": "soon"}, "Write it as 2026-12-24T18:30"),
        ({"ends": "17:00"}, "It ends before it begins"),
        ({"capacity": "many"}, "Write a whole number"),
        ({"capacity": "0"}, "At least one person"),
        ({"venue": "moon"}, "coerce"),
        ({"group": "99999"}, "Not a valid choice"),
        ({"group": "x"}, "could not coerce"),
        ({"hosts": "Nobody Known"}, "nobody called Nobody Known"),
        ({"repeat": "weekly"}, "Say when it ends"),
        ({"repeat": "weekly", "count": "500"}, "From 2 to 120"),
        ({"repeat": "own rule", "own_rule": "FREQ=SECONDLY;COUNT=5"}, "once a day"),
        ({"repeat": "own rule", "own_rule": "every tuesday"}, "We cannot read"),
        ({"repeat": "weekly", "count": "5", "until": "2030-01-01"}, "not both|leave"),
    ],
)
def test_what_will_not_do_is_said_and_nothing_typed_is_lost(
    as_member, hana, filled, said, why
):
    kept = {"place": "By the <river>", "description": "Bring boots, & a towel"}

    response = as_member(hana).post(f"{EVENTS}/new", data=filled(**kept | said))

    assert response.status_code == 422
    assert any(part in response.text for part in why.split("|"))
    assert "By the &lt;river&gt;" in response.text
    assert "Bring boots, &amp; a towel" in response.text
    assert "There is a problem" in response.text
    assert events() == []


def test_saved_and_published_at_once_or_saved_and_told_why_not(as_member, hana, filled):
    browser = as_member(hana)

    browser.post(f"{EVENTS}/new", data=filled(then="publish"))
    browser.post(
        f"{EVENTS}/new", data=filled(title="Glazing", place="", then="publish")
    )

    out, draft = events()
    assert out.is_published
    assert draft.status is EventStatus.DRAFT
    page = browser.get(f"{EVENTS}/{draft.id}/edit").text
    assert "It is saved as a draft. Not published yet. Say where it is." in page


def test_a_series_is_made_and_published_from_the_form(as_member, hana, filled):
    said = filled(repeat="every two weeks", count="4", then="publish")

    response = as_member(hana).post(f"{EVENTS}/new", data=said)

    made = events()
    assert len(made) == 4
    assert all(event.is_published for event in made)
    assert len({event.series_id for event in made}) == 1
    page = as_member(hana).get(response.location).text
    assert "Every two weeks on" in page
    assert "4 times" in page


def test_the_host_of_a_group_is_offered_that_group_alone(as_member, mill, filled):
    group, other = make_group(mill), make_group(mill, name="Runners")
    gus = make_member("Gus", space=mill)
    make_following(group, gus, is_host=True)

    page = as_member(gus).get(f"{EVENTS}/new").text
    assert "Runners" not in page
    assert "No group" not in page
    for wrong in ("", other.id):
        said = filled(group=wrong, hosts="Gus")
        assert as_member(gus).post(f"{EVENTS}/new", data=said).status_code == 422
    as_member(gus).post(f"{EVENTS}/new", data=filled(group=group.id, hosts="Gus"))

    assert [event.group for event in events()] == [group]


def test_hosts_are_suggested_by_name_and_never_by_address(as_member, mill, hana, olga):
    make_member("Ana Lind", space=mill, email="zq.secret@example.org")
    blocked = make_member("Ana Karl", space=mill)
    make_block(blocked, olga)

    assert as_member(olga).get(f"{EVENTS}/new/hosts?q=an").json == ["Ana Lind"]
    assert as_member(olga).get(f"{EVENTS}/new/hosts?q=SATO+h").json == ["Hana Sato"]
    assert as_member(hana).get(f"{EVENTS}/new/hosts?q=ha").json == ["Hana Sato"]
    assert as_member(olga).get(f"{EVENTS}/new/hosts?q=zq.secret").json == []


def test_of_two_with_one_name_one_says_which(as_member, mill, olga, filled):
    for work in ("Baker", "Potter"):
        make_member("Ana Lind", space=mill, profile={"headline": work})
    browser = as_member(olga)

    response = browser.post(f"{EVENTS}/new", data=filled(hosts="Ana Lind"))
    assert (
        "several called Ana Lind: Ana Lind (Baker) or Ana Lind (Potter)"
        in response.text
    )
    browser.post(f"{EVENTS}/new", data=filled(hosts="Ana Lind (Potter)\nOlga Berg"))

    (event,) = events()
    assert {host.headline for host in event.hosts} == {"Potter", ""}


def test_events_are_made_and_listed_on_every_database(any_database, filled):
    mill = make_space("mill", timezone="Europe/Brussels")
    hana = make_member("Hana Sato", space=mill, role=Role.HOST)
    db.session.commit()
    browser = any_database.test_client(user=hana)
    said = filled(repeat="weekly", count="4", then="publish")

    at = browser.post(f"{EVENTS}/new", data=said).location
    made = events()
    make_rsvp(made[2], status=RsvpStatus.ASKED)
    again = filled(title="Clay", scope="following", place="The loft")
    browser.post(f"{EVENTS}/{made[0].id}/edit", data=again)
    ids = [event.id for event in made]
    browser.post(EVENTS, data={"event": ids, "do": "duplicate"})

    assert browser.get(at).status_code == 200
    for query in ("", "?all=yes", "?show=drafts", "?q=clay", "?show=past"):
        assert browser.get(EVENTS + query).status_code == 200
    assert [event.title for event in events()] == ["Clay"] * 8
    page = browser.get(EVENTS).text
    assert [f'value="{id_}"' in page for id_ in ids] == [True, False, True, False]


# Changing


def test_a_change_is_saved_and_those_who_come_are_told(
    as_member, hana, event, filled, letters
):
    make_rsvp(event)

    response = as_member(hana).post(
        f"{EVENTS}/{event.id}/edit", data=filled(title="Wheel", place="The loft")
    )

    assert response.status_code == 302
    assert (event.title, event.place, event.sequence) == ("Wheel", "The loft", 1)
    assert [letter.kind for letter in letters()] == ["event_changed"]


def test_a_capacity_too_small_stands_beside_its_field(as_member, hana, event, filled):
    for _ in range(2):
        make_rsvp(event)

    response = as_member(hana).post(
        f"{EVENTS}/{event.id}/edit", data=filled(title="Wheel", capacity="1")
    )

    assert response.status_code == 422
    assert 'id="capacity-error"' in response.text
    assert 'value="Wheel"' in response.text
    db.session.refresh(event)
    assert (event.title, event.capacity) == ("Wheel throwing", None)


def test_an_event_of_a_group_that_is_archived_by_now_can_still_be_changed(
    as_member, olga, mill, event, filled
):
    group = make_group(mill, archived_at=utcnow())
    event.group = group
    said = filled(title="Last one", group=group.id)

    assert (
        as_member(olga).post(f"{EVENTS}/{event.id}/edit", data=said).status_code == 302
    )

    assert (event.title, event.group) == ("Last one", group)


def test_one_is_copied_and_published_in_two_presses(as_member, hana, event, filled):
    make_picture(event, is_cover=True)
    browser = as_member(hana)

    response = browser.post(f"{EVENTS}/{event.id}/duplicate")
    page = browser.get(response.location).text
    assert 'value="Wheel throwing"' in page
    browser.post(response.location, data=filled(title="Wheel throwing", then="publish"))

    _, second = events()
    assert second.is_published
    assert len(second.pictures) == 1
    assert second.place == "The kitchen"


def test_whom_a_block_parts_from_the_host_finds_nothing(as_member, hana, olga, event):
    make_block(hana, olga)

    assert "Wheel throwing" not in as_member(olga).get(EVENTS).text
    assert as_member(olga).get(f"{EVENTS}/{event.id}/edit").status_code == 404


def test_an_event_is_not_found_by_the_address_of_another_space(as_member, event):
    loft = make_space("loft")
    otto = make_member(space=loft, role=Role.ORGANISER)
    opal = make_member(is_operator=True)

    for member in (otto, opal):
        response = as_member(member).get(f"/organise/loft/events/{event.id}/edit")
        assert response.status_code == 404


# What becomes of it


def test_an_event_is_called_off_with_words(as_member, hana, event, letters):
    make_rsvp(event)
    browser = as_member(hana)
    assert "One person has signed up" in browser.get(f"{EVENTS}/{event.id}/cancel").text

    browser.post(f"{EVENTS}/{event.id}/cancel", data={"words": "The kiln is broken."})

    assert event.is_cancelled
    assert "The kiln is broken." in letters()[0].text


def test_a_draft_is_thrown_away_and_what_is_over_is_archived(as_member, hana, event):
    browser = as_member(hana)
    draft = make_event(event.space, hosts=[hana], status=EventStatus.DRAFT)
    event.starts_at, event.ends_at = (
        utcnow() - timedelta(days=days) for days in (3, 2)
    )

    browser.post(f"{EVENTS}/{draft.id}/delete")
    browser.post(f"{EVENTS}/{event.id}/archive")
    assert events() == [event]
    assert event.archived_at
    assert "Wheel throwing" in browser.get(f"{EVENTS}?show=archived").text
    browser.post(f"{EVENTS}/{event.id}/unarchive")

    assert "Wheel throwing" in browser.get(f"{EVENTS}?show=past").text
    assert browser.post(f"{EVENTS}/{event.id}/delete").status_code == 409


# The list


def test_the_list_says_what_each_still_needs(as_member, hana, event):
    event.starts_at = utcnow() + timedelta(days=2)
    event.ends_at = event.starts_at + timedelta(hours=1)

    page = as_member(hana).get(EVENTS).text

    assert "Wheel throwing" in page
    assert "Nobody is going yet" in page
    assert "It has no picture" not in page
    make_rsvp(event)
    page = as_member(hana).get(EVENTS).text
    assert '<li class="needs-least">It has no picture.</li>' in page


def test_an_empty_list_has_one_press_that_stands_out(as_member, hana, event):
    page = as_member(hana).get(EVENTS).text
    assert page.count("btn-primary") == 1

    event.status, event.archived_at = EventStatus.CANCELLED, utcnow()
    page = as_member(hana).get(EVENTS).text

    assert "Make the first event" in page
    assert page.count("btn-primary") == 1


def test_another_year_is_said_with_the_day(as_member, hana, event):
    year = utcnow().year + 2  # next year has begun there before it has in UTC
    event.starts_at = datetime(year, 1, 6, 17, tzinfo=UTC)
    event.ends_at = event.starts_at + timedelta(hours=2)
    browser = as_member(hana)

    for address in (
        EVENTS,
        f"{EVENTS}/{event.id}",
        f"{EVENTS}/{event.id}/edit",
        f"/events/{event.id}",
    ):
        assert f"6 January {year}, 18:00 to 20:00" in browser.get(address).text


def test_a_host_is_shown_where_they_are_as_an_organiser_is(
    as_member, hana, olga, event
):
    for member, place in ((hana, "Events"), (olga, "Organise")):
        page = as_member(member).get(f"{EVENTS}/{event.id}").text
        main = page.split('aria-label="Main"')[1].split("</nav>")[0]
        (chosen,) = [li for li in main.split("<li>") if "aria-current" in li]
        assert f"<span>{place}</span>" in chosen


def test_who_cancels_one_of_a_series_reads_how_many_signed_up_to_this_one(
    as_member, hana, filled
):
    browser = as_member(hana)
    browser.post(f"{EVENTS}/new", data=filled(repeat="weekly", count="2"))
    first, _ = events()
    for event in events():
        event.status = EventStatus.PUBLISHED
        make_rsvp(event)

    page = browser.get(f"{EVENTS}/{first.id}/cancel").text

    assert "For this one one person has signed up." in page
    assert "Whoever goes to one that you cancel gets a letter." in page


def test_hosts_see_their_own_and_organisers_all(as_member, hana, olga, mill, event):
    make_event(mill, title="Chess", starts_at=event.starts_at, hosts=[olga])

    assert "Chess" not in as_member(hana).get(EVENTS).text
    page = as_member(olga).get(EVENTS).text

    assert "Chess" in page
    assert "Wheel throwing" in page


def test_whoever_a_block_parts_is_not_counted(as_member, hana, mill, event):
    ana = make_member("Zqana", space=mill)
    make_rsvp(event, ana, guests=1)
    make_rsvp(event, make_member(space=mill))
    assert "3 going" in as_member(hana).get(EVENTS).text

    make_block(ana, hana)

    assert "1 going" in as_member(hana).get(EVENTS).text


def test_one_finds_an_event_by_a_part_of_its_name(as_member, hana, event):
    browser = as_member(hana)

    assert "Wheel throwing" in browser.get(f"{EVENTS}?q=whEEL").text
    assert "Nothing with those words" in browser.get(f"{EVENTS}?q=%25").text


def test_of_a_series_the_next_is_listed_and_where_somebody_waits(
    as_member, hana, filled
):
    browser = as_member(hana)
    browser.post(
        f"{EVENTS}/new", data=filled(repeat="weekly", count="5", then="publish")
    )
    made = events()
    make_rsvp(made[3], status=RsvpStatus.WAITING)

    def listed(query=""):
        page = browser.get(EVENTS + query).text
        return [f'value="{event.id}"' in page for event in made]

    assert listed() == [True, False, False, True, False]
    assert listed("?all=yes") == [True] * 5


def test_many_are_done_at_once_and_each_says_what_was_done(as_member, hana, event):
    ready = make_event(
        event.space,
        title="Ready",
        hosts=[hana],
        status=EventStatus.DRAFT,
        starts_at=event.starts_at,
    )
    placeless = make_event(
        event.space,
        title="Placeless",
        hosts=[hana],
        status=EventStatus.DRAFT,
        place="",
        starts_at=event.starts_at,
    )
    others = make_event(make_space(), status=EventStatus.DRAFT)
    ids = [event.id, ready.id, placeless.id, others.id]

    page = as_member(hana).post(EVENTS, data={"event": ids, "do": "publish"}).text

    assert "2 of 3 done" in page
    assert "It was published already." in page
    assert "Say where it is." in page
    assert [each.is_published for each in (ready, placeless, others)] == [
        True,
        False,
        False,
    ]


def test_many_are_copied_to_a_week_later_once(as_member, hana, event):
    for _ in range(2):
        as_member(hana).post(EVENTS, data={"event": [event.id], "do": "duplicate"})

    first, copy = events()
    assert copy.local_start.replace(tzinfo=None) - first.local_start.replace(
        tzinfo=None
    ) == timedelta(weeks=1)


def test_many_are_called_off_only_after_a_second_press(as_member, hana, event, letters):
    make_rsvp(event)
    browser = as_member(hana)
    said = {"event": [event.id], "do": "cancel"}

    assert "Cancel 1 event?" in browser.post(EVENTS, data=said).text
    assert not event.is_cancelled
    browser.post(EVENTS, data=said | {"sure": "yes", "words": "Snow."})

    assert event.is_cancelled
    assert "Snow." in letters()[0].text


@pytest.mark.parametrize("said", [{}, {"do": "burn"}])
def test_a_deed_that_is_none_is_refused(as_member, hana, event, said):
    assert as_member(hana).post(EVENTS, data=said).status_code == 409


def test_whoever_ticks_nothing_is_told_so_on_the_list(as_member, hana, event):
    page = as_member(hana).post(EVENTS, data={"do": "publish"}, follow_redirects=True)

    assert "Tick the events first" in page.text
    assert "Wheel throwing" in page.text


# Series


def test_an_event_is_made_to_repeat_changed_from_one_on_and_made_longer(
    as_member, hana, event, filled, soon
):
    browser = as_member(hana)
    at = f"{EVENTS}/{event.id}"
    assert browser.post(f"{at}/series", data={"repeat": "never"}).status_code == 422
    browser.post(f"{at}/series", data={"repeat": "weekly", "count": "3"})
    first, second, third = events()
    local = second.local_start

    browser.post(
        f"{EVENTS}/{second.id}/edit",
        data=filled(
            title="Clay",
            scope="following",
            date=f"{local:%Y-%m-%d}",
            starts=f"{local:%H:%M}",
            ends=f"{second.local_end:%H:%M}",
            ends_on=f"{second.local_end:%Y-%m-%d}",
        ),
    )
    assert [e.title for e in (first, second, third)] == [
        "Wheel throwing",
        "Clay",
        "Clay",
    ]
    assert first.series_id != second.series_id

    browser.post(f"{EVENTS}/{second.id}/series", data={"times": "2"})
    assert len(events()) == 5
    response = browser.post(f"{EVENTS}/{second.id}/series", data={"times": "119"})
    assert response.status_code == 422
    assert "116 more can be added" in response.text

    browser.post(f"{EVENTS}/{third.id}/cancel", data={"scope": "following"})
    assert [e.is_cancelled for e in events()] == [False, False, True, True, True]


# Pictures


def sent(browser, address, data):
    """Send a form with a file, without a temporary one on the way."""
    boundary, body = encode_multipart(data)
    kind = f"multipart/form-data; boundary={boundary}"
    return browser.post(address, data=body, content_type=kind)


def upload(browser, event, content, **said):
    data = {"picture": FileStorage(io.BytesIO(content), "x.jpg"), **said}
    return sent(browser, f"{EVENTS}/{event.id}/pictures", data)


def a_picture(size=(8, 8)):
    written = io.BytesIO()
    Image.new("RGB", size, "teal").save(written, "JPEG")
    return written.getvalue()


def test_a_picture_is_added_described_and_removed(as_member, hana, event):
    browser = as_member(hana)
    at = f"{EVENTS}/{event.id}/pictures"

    assert upload(browser, event, a_picture(), caption="Clay", is_cover="y").location
    (picture,) = db.session.scalars(select(Picture))
    assert (picture.caption, picture.is_cover) == ("Clay", True)
    assert "Clay" in browser.get(at).text

    browser.post(f"{at}/{picture.id}", data={"caption": "A bowl"})
    assert picture.caption == "A bowl"
    upload(browser, event, a_picture(), is_cover="")
    second = db.session.scalars(select(Picture).order_by(Picture.id)).all()[1]
    browser.post(f"{at}/{second.id}", data={"do": "cover"})
    assert event.cover is second
    browser.post(f"{at}/{second.id}/remove")

    assert db.session.scalars(select(Picture)).all() == [picture]
    assert browser.post(f"{EVENTS}/{event.id}/pictures/999/remove").status_code == 404


def test_what_is_no_picture_gets_a_sentence(as_member, hana, event):
    browser = as_member(hana)

    for content in (b"<svg/>", b"x" * 2_000_000):
        response = upload(browser, event, content)
        assert response.status_code == 422
        assert "We cannot read this file as a picture" in response.text
    assert upload(browser, event, b"").status_code == 422
    too_large = upload(browser, event, b"x" * 8_600_000)
    assert too_large.status_code == 413
    assert "8 MB for a picture" in too_large.text


def test_only_pictures_may_be_large_and_with_a_token_too(settings, app):
    browser = make_app(settings, WTF_CSRF_ENABLED=True).test_client()

    def large():
        return {"picture": FileStorage(io.BytesIO(b"x" * 2_000_000), "x.jpg")}

    assert sent(browser, f"{EVENTS}/new", large()).status_code == 413
    assert sent(browser, f"{EVENTS}/1/pictures", large()).status_code == 400


def test_a_cover_is_for_the_whole_series_if_one_likes(as_member, hana, filled):
    browser = as_member(hana)
    browser.post(f"{EVENTS}/new", data=filled(repeat="weekly", count="3"))
    made = events()

    upload(browser, made[1], a_picture(), is_cover="y", for_series="y")

    assert all(event.cover for event in made)


def test_when_it_is_over_the_host_says_how_it_was(as_member, hana, event):
    browser, at = as_member(hana), f"{EVENTS}/{event.id}/notes"
    assert browser.post(at, data={"notes": "Lovely."}).status_code == 409

    event.starts_at, event.ends_at = (utcnow() - timedelta(days=d) for d in (3, 2))
    browser.post(at, data={"notes": " We made **bowls**. "})

    assert event.notes == "We made **bowls**."
    assert "We made **bowls**." in browser.get(f"{EVENTS}/{event.id}/pictures").text


# Groups


def test_groups_are_opened_changed_and_archived(as_member, olga, hana, mill):
    browser = as_member(olga)
    at = "/organise/mill/groups"

    browser.post(at, data={"name": "Bakers", "blurb": "Bread.", "hosts": "Hana Sato"})
    (group,) = db.session.scalars(select(Group))
    assert "Hosted by " in browser.get(at).text
    assert "Hana Sato" in browser.get(at).text

    again = browser.post(at, data={"name": "bakers", "blurb": "Mine"})
    assert (again.status_code, "called Bakers already" in again.text) == (422, True)
    unknown = browser.post(f"{at}/bakers", data={"name": "Bakers", "hosts": "Zed"})
    assert "nobody called Zed" in unknown.text
    browser.post(
        f"{at}/bakers", data={"name": "Bread", "blurb": "", "hosts": "Olga Berg"}
    )
    assert group.name == "Bread"
    assert [f.member for f in group.followings if f.is_host] == [olga]

    browser.post(f"{at}/bakers/archive")
    assert group.archived_at
    browser.post(f"{at}/bakers/unarchive")
    assert group.archived_at is None
    assert as_member(hana).get(at).status_code == 404


def test_a_host_whom_the_organiser_may_not_see_stays_one(as_member, olga, mill):
    group = make_group(mill)
    ben, cleo = (make_member(name, space=mill) for name in ("Zqben", "Cleo"))
    for host in (ben, cleo):
        make_following(group, host, is_host=True)
    make_block(ben, olga)
    browser = as_member(olga)

    page = browser.get(f"/organise/mill/groups/{group.slug}").text
    assert "Zqben" not in page
    browser.post(
        f"/organise/mill/groups/{group.slug}", data={"name": "Potters", "hosts": "Cleo"}
    )

    assert all(following.is_host for following in group.followings)


def test_of_what_is_over_the_list_says_how_many_came(as_member, olga, mill):
    event = make_event(mill, starts_at=utcnow() - timedelta(days=2), capacity=12)
    make_rsvp(event, make_member(space=mill), checked_in_at=event.starts_at)
    make_rsvp(event, make_member("Ben", space=mill))

    page = as_member(olga).get(f"{EVENTS}?show=past").text

    assert "1 came" in page
    assert "2 of 12" not in page


def test_what_is_missing_is_said_all_at_once(as_member, hana, filled):
    response = as_member(hana).post(f"{EVENTS}/new", data=filled(title="", date=""))

    assert response.status_code == 422
    assert 'id="title-error"' in response.text
    assert 'id="date-error"' in response.text
    assert events() == []


def test_only_what_is_over_can_have_gone_well(as_member, hana, mill):
    now = utcnow()
    for title, ends_at in (("Over", -1), ("On now", 1)):
        make_event(
            mill,
            hosts=[hana],
            title=title,
            starts_at=now - timedelta(hours=2),
            ends_at=now + timedelta(hours=ends_at),
        )

    page = as_member(hana).get(f"{EVENTS}/new").text

    assert "Over <span" in page
    assert "On now" not in page
