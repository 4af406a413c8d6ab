from datetime import timedelta

import pytest
from icalendar import Calendar

from matchmaker.extensions import db
from matchmaker.mail.links import Purpose, sign
from matchmaker.models import (
    EventStatus,
    MembershipStatus,
    RsvpStatus,
    Series,
    Visibility,
    utcnow,
)
from matchmaker.services.events.calendars import feeds
from tests.factories import (
    make_block,
    make_event,
    make_following,
    make_group,
    make_member,
    make_rsvp,
    make_slot,
    make_space,
)

PUBLIC, LINK, GROUP = Visibility.PUBLIC, Visibility.LINK, Visibility.GROUP


@pytest.fixture
def space(app):
    return make_space("mill", timezone="Europe/Brussels")


@pytest.fixture
def soon():
    return utcnow() + timedelta(days=7)


def titles(response):
    assert response.status_code == 200, response.status
    return [str(e["SUMMARY"]) for e in Calendar.from_ical(response.text).walk("VEVENT")]


def test_without_a_token_a_feed_has_what_anybody_may_see(visitor, space, soon):
    make_event(space, starts_at=soon, title="Open", visibility=PUBLIC)
    make_event(space, starts_at=soon, title="Ours")
    make_event(space, starts_at=soon, title="Hidden", visibility=LINK)
    make_event(
        space, starts_at=soon, title="No", visibility=PUBLIC, status=EventStatus.DRAFT
    )

    assert titles(visitor.get("/spaces/mill/events.ics")) == ["Open"]


def test_with_a_members_token_it_has_what_they_may_see_just_then(visitor, space, soon):
    ana = make_member(space=space)
    group = make_group(space)
    following = make_following(group, ana)
    make_event(space, starts_at=soon, title="Ours")
    make_event(space, starts_at=soon, title="Pots", visibility=GROUP, group=group)
    address = f"/spaces/mill/events.ics?token={feeds.token(ana)}"

    assert titles(visitor.get(address)) == ["Ours", "Pots"]
    db.session.delete(following)
    assert titles(visitor.get(address)) == ["Ours"]


def test_a_feed_never_has_an_event_of_somebody_whom_a_block_parts(visitor, space, soon):
    ana, bo = make_member(space=space), make_member(space=space)
    event = make_event(space, starts_at=soon, visibility=PUBLIC, hosts=[bo])
    make_rsvp(event, ana)
    make_block(bo, ana)
    token = feeds.token(ana)

    for address in (
        f"/spaces/mill/events.ics?token={token}",
        f"/calendar/{token}.ics",
        f"/calendar/{token}/all.ics",
    ):
        assert titles(visitor.get(address)) == []
    assert visitor.get(f"/events/{event.id}.ics?token={token}").status_code == 404


def test_what_i_go_to_and_wait_for_is_in_my_own(visitor, space, soon):
    ana = make_member(space=space)
    make_event(space, starts_at=soon, title="Not mine")
    statuses = [RsvpStatus.GOING, RsvpStatus.WAITING, RsvpStatus.DECLINED]
    for status in statuses:
        event = make_event(space, starts_at=soon, title=status.value)
        make_rsvp(event, ana, status)

    found = titles(visitor.get(f"/calendar/{feeds.token(ana)}.ics"))

    assert found == ["going", "waiting (in the queue)"]


def test_the_online_link_is_only_in_the_feed_of_whoever_goes(visitor, space, soon):
    ana, ben = make_member(space=space), make_member(space=space)
    event = make_event(
        space, starts_at=soon, online_url="https://zqmeet.example", visibility=PUBLIC
    )
    make_rsvp(event, ana)
    make_rsvp(event, ben, RsvpStatus.WAITING)

    def shows(query):
        return "zqmeet" in visitor.get(f"/spaces/mill/events.ics{query}").text

    assert shows(f"?token={feeds.token(ana)}")
    assert not shows(f"?token={feeds.token(ben)}")
    assert not shows("")


def test_who_is_suspended_in_a_space_is_not_given_its_links_any_more(visitor, soon):
    """Even where the event is public, and they still have a place on paper."""
    mill, loft = make_space("mill"), make_space("loft")
    ana = make_member(space=loft)
    event = make_event(
        mill, starts_at=soon, online_url="https://zqmeet.example", visibility=PUBLIC
    )
    make_rsvp(event, ana)

    assert "zqmeet" not in visitor.get(f"/calendar/{feeds.token(ana)}/all.ics").text
    assert titles(visitor.get(f"/calendar/{feeds.token(ana)}.ics")) == []


def test_nobody_who_comes_is_named_in_any_feed(visitor, as_member, space, soon):
    ana = make_member("Zqana", space=space)
    group = make_group(space, "potters")
    series = Series(
        space=space,
        rule="FREQ=DAILY;COUNT=2",
        timezone="UTC",
        starts_at=soon,
        made_at=soon,
    )
    event = make_event(space, starts_at=soon, group=group, series=series)
    for name in ("Zqben", "Zqcy"):
        make_rsvp(event, make_member(name, space=space), is_shown=True)
    make_rsvp(event, ana, is_shown=True)
    token = feeds.token(ana)

    for address in (
        f"/events/{event.id}.ics?token={token}",
        f"/series/{series.key}.ics?token={token}",
        f"/groups/mill/potters.ics?token={token}",
        f"/spaces/mill/events.ics?token={token}",
        f"/calendar/{token}.ics",
        f"/calendar/{token}/all.ics",
    ):
        response = visitor.get(address)
        assert titles(response) == ["Breakfast"], address
        assert "Zq" not in response.text
        assert "example.org" not in response.text


def test_one_by_link_is_opened_by_its_key_alone(visitor, space, soon):
    event = make_event(space, starts_at=soon, visibility=LINK)

    assert visitor.get(f"/events/{event.id}.ics").status_code == 404
    assert visitor.get(f"/events/{event.id}.ics?key=wrong").status_code == 404
    assert titles(visitor.get(f"/events/{event.id}.ics?key={event.key}")) == [
        "Breakfast"
    ]


def test_a_series_and_a_group_exist_only_for_who_may_see_one_of_their_events(
    visitor, as_member, space, soon
):
    group = make_group(space, "potters", name="Zqpotters")
    series = Series(
        space=space,
        rule="FREQ=DAILY;COUNT=2",
        timezone="UTC",
        starts_at=soon,
        made_at=soon,
    )
    event = make_event(space, starts_at=soon, group=group, series=series)
    db.session.flush()
    addresses = (f"/series/{series.key}.ics", "/groups/mill/potters.ics")

    for address in addresses:
        assert visitor.get(address).status_code == 404
        assert titles(as_member(make_member(space=space)).get(address)) == ["Breakfast"]
    event.visibility = PUBLIC
    for address in addresses:
        assert titles(visitor.get(address)) == ["Breakfast"]


def test_a_cancelled_event_stays_and_says_so(visitor, space, soon):
    make_event(
        space,
        starts_at=soon,
        visibility=PUBLIC,
        status=EventStatus.CANCELLED,
        sequence=2,
    )

    text = visitor.get("/spaces/mill/events.ics").text

    (told,) = Calendar.from_ical(text).walk("VEVENT")
    assert (told["STATUS"], told["SEQUENCE"]) == ("CANCELLED", 2)


def test_the_last_ninety_days_are_kept_and_what_was_before_is_not(visitor, space):
    now = utcnow()
    for days in (89, 91):
        make_event(
            space,
            starts_at=now - timedelta(days=days),
            title=f"{days} days ago",
            visibility=PUBLIC,
        )

    assert titles(visitor.get("/spaces/mill/events.ics")) == ["89 days ago"]


def test_new_addresses_end_the_old(visitor, as_member, space):
    ana = make_member(space=space)
    old = feeds.token(ana)
    assert visitor.get(f"/calendar/{old}.ics").status_code == 200

    as_member(ana).post("/calendar/new-addresses")

    gone = visitor.get(f"/calendar/{old}.ics")
    unknown = visitor.get("/calendar/nonsense.ics")
    assert gone.status_code == unknown.status_code == 404
    assert gone.text == unknown.text
    assert visitor.get(f"/spaces/mill/events.ics?token={old}").status_code == 404
    assert visitor.get(f"/calendar/{feeds.token(ana)}.ics").status_code == 200


def test_whoever_is_suspended_shut_out_or_erased_has_no_feed(visitor, space):
    suspended = make_member(space=space, status=MembershipStatus.SUSPENDED)
    shut_out = make_member(space=space, active=False)
    tokens = [feeds.token(suspended), feeds.token(shut_out)]
    tokens.append(sign(Purpose.CALENDAR, 10_000, 0))

    for token in tokens:
        for address in (f"/calendar/{token}.ics", f"/calendar/{token}/all.ics"):
            assert visitor.get(address).status_code == 404


@pytest.mark.parametrize("purpose", [p for p in Purpose if p is not Purpose.CALENDAR])
def test_a_token_for_something_else_reads_no_calendar(visitor, space, purpose):
    ana = make_member(space=space)

    assert visitor.get(f"/calendar/{sign(purpose, ana.id, 0)}.ics").status_code == 404


def test_a_calendars_token_opens_nothing_else(visitor, space, soon):
    ana = make_member(space=space)
    token = feeds.token(ana)
    make_rsvp(make_event(space, starts_at=soon), ana)

    for address in (f"/letters/{token}/event", f"/calendar?token={token}"):
        assert visitor.get(address).status_code in {302, 404}


def test_a_feed_is_for_its_reader_alone(visitor, space):
    response = visitor.get("/spaces/mill/events.ics")

    assert response.content_type == "text/calendar; charset=utf-8"
    assert "noindex" in response.headers["X-Robots-Tag"]
    assert "private" in response.headers["Cache-Control"]
    assert "Set-Cookie" not in response.headers


def test_who_has_the_latest_is_told_so_in_a_word(visitor, space, soon):
    event = make_event(space, starts_at=soon, visibility=PUBLIC)
    address = "/spaces/mill/events.ics"
    first = visitor.get(address)
    has_it = {"If-None-Match": first.headers["ETag"]}

    assert visitor.get(address, headers=has_it).status_code == 304
    event.title = "Brunch"
    assert titles(visitor.get(address, headers=has_it)) == ["Brunch"]


def test_what_is_no_longer_to_be_seen_goes_though_nothing_changed(visitor, space, soon):
    """Last-Modified alone would not tell: no event changed, one only vanished."""
    event = make_event(space, starts_at=soon, visibility=PUBLIC)
    address = "/spaces/mill/events.ics"
    last = visitor.get(address).headers["Last-Modified"]
    event.visibility = Visibility.SPACE

    assert titles(visitor.get(address, headers={"If-Modified-Since": last})) == []


def test_the_page_has_every_address_and_they_open(visitor, as_member, space, soon):
    ana = make_member(space=space)
    make_following(make_group(space, "potters"), ana)
    make_rsvp(make_event(space, starts_at=soon), ana)

    page = as_member(ana).get("/calendar").text

    addresses = {
        part.split('"')[0]
        for part in page.split('value="')
        if part.startswith("http://localhost/")
    }
    assert len(addresses) == 3  # one's own, the space's, the group's
    for address in addresses:
        assert titles(visitor.get(address.removeprefix("http://localhost"))) is not None


def test_a_group_that_only_somebody_parted_runs_is_not_on_the_page(as_member, space):
    ana, hana = make_member(space=space), make_member("Hana", space=space)
    group = make_group(space, "potters")
    make_following(group, ana)
    make_following(group, hana, is_host=True)
    make_block(hana, ana)

    assert "potters" not in as_member(ana).get("/calendar").text


def test_more_groups_are_named_only_where_there_is_one_to_follow(as_member, space):
    ana, host = make_member(space=space), make_member(space=space)
    browser, words = as_member(ana), "More groups to follow"
    assert words not in browser.get("/calendar").text

    one, other = make_group(space), make_group(space)
    make_group(space, archived_at=utcnow())
    make_following(one, ana)
    assert words in browser.get("/calendar").text

    make_following(other, ana)
    assert words not in browser.get("/calendar").text

    make_following(make_group(space), host, is_host=True)
    make_block(host, ana)
    assert words not in browser.get("/calendar").text


def test_the_page_asks_before_it_makes_new_addresses(as_member, space):
    ana = make_member(space=space)
    browser = as_member(ana)

    browser.get("/calendar")

    assert ana.calendar_version == 0
    assert browser.get("/calendar/new-addresses").status_code == 405


class TestHoursWithAMentor:
    @pytest.fixture
    def hour(self, space, soon):
        mara, ana = make_member("Mara Lind", space=space), make_member(space=space)
        event = make_event(space, starts_at=soon, title="Open day")
        make_rsvp(event, ana)
        return make_slot(event, mara, ana)

    def own(self, visitor, member):
        return titles(visitor.get(f"/calendar/{feeds.token(member)}.ics"))

    def test_each_of_the_two_has_it_in_their_own_and_nobody_else(
        self, visitor, space, hour
    ):
        host = make_member(space=space)
        hour.event.hosts.append(host)
        make_rsvp(hour.event, host)

        assert self.own(visitor, hour.mentee) == [
            "Open day",
            "20 minutes with Mara Lind",
        ]
        assert self.own(visitor, hour.mentor) == ["20 minutes with Ana"]
        assert self.own(visitor, host) == ["Open day"]
        everybodys = visitor.get(f"/spaces/{space.slug}/events.ics")
        assert "Mara" not in everybodys.text

    def test_given_back_it_goes_and_cancelled_with_the_event_it_says_so(
        self, visitor, hour
    ):
        hour.event.status = EventStatus.CANCELLED
        db.session.commit()
        feed = visitor.get(f"/calendar/{feeds.token(hour.mentee)}.ics").text
        assert feed.count("STATUS:CANCELLED") == 2

        ana, hour.mentee = hour.mentee, None
        db.session.commit()
        assert self.own(visitor, ana) == ["Open day"]

    @pytest.mark.parametrize("blocker", [0, 1])
    def test_a_block_leaves_it_in_neither(self, visitor, hour, blocker):
        pair = [hour.mentor, hour.mentee]
        make_block(pair[blocker], pair[1 - blocker])

        assert self.own(visitor, hour.mentee) == ["Open day"]
        assert self.own(visitor, hour.mentor) == []

    def test_the_page_offers_a_file_of_what_is_booked(self, as_member, hour):
        browser = as_member(hour.mentee)
        file = f"/events/{hour.event_id}/hours.ics"

        assert file in browser.get(f"/events/{hour.event_id}/hours").text
        response = browser.get(file)
        assert titles(response) == ["20 minutes with Mara Lind"]
        assert "attachment" in response.headers["Content-Disposition"]

        as_host = as_member(make_member(space=hour.event.space))
        assert as_host.get(file).status_code == 404
