"""Who can block and report whom, and who reads the reports."""

from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, false, or_, select
from sqlalchemy.orm import aliased

from matchmaker.extensions import db
from matchmaker.models.event import (
    Event,
    EventHost,
    Rsvp,
    TimelineEntry,
)
from matchmaker.models.group import Following, Group
from matchmaker.models.joining import JoinRequest
from matchmaker.models.member import Member, Membership, MembershipStatus, Role
from matchmaker.models.room import Seat, Seating, Slot
from matchmaker.models.safety import SafetyReport
from matchmaker.models.space import Space
from matchmaker.queries.blocks import blocked_between, blocked_either_way
from matchmaker.queries.viewer import Viewer
from matchmaker.queries.visibility import (
    events_run_by,
    events_visible_to,
    groups_run_by,
    groups_visible_to,
    rsvps_visible_to,
    slots_visible_to,
    takes_part,
    visible_to,
)


def shown_to(viewer: Member, now: datetime, key: str = "") -> ColumnElement[bool]:
    """The members, the viewer excepted, that some page names to the viewer.

    Beyond those whose profile they may open (`visible_to`): people at events, their
    hosts and mentors, table companions, hosts of groups, followers of a group that the
    viewer runs, people who ask to join a space that they organise, and those they have
    reported. `key` is that of an event opened by its link.
    """
    if not viewer.active:
        return false()
    mine = aliased(Membership)
    of_an_event = or_(
        exists(
            select(Rsvp.event_id)
            .join(Event, Event.id == Rsvp.event_id)
            .where(
                Rsvp.member_id == Member.id,
                events_visible_to(viewer, key),
                rsvps_visible_to(viewer),
                # Strangers who see a public event don't see who comes.
                or_(takes_part(viewer.id, Event.space_id), events_run_by(viewer)),
            )
            .correlate(Member)
        ),
        exists(
            select(EventHost.event_id)
            .join(Event, Event.id == EventHost.event_id)
            .where(
                EventHost.member_id == Member.id,
                events_visible_to(viewer, key),
            )
            .correlate(Member)
        ),
        _gives_or_books_hours(viewer, key),
        _is_in_a_timeline(viewer),
        _sat_with(viewer, now),
    )
    of_a_group = exists(
        select(Following.group_id)
        .join(Group, Group.id == Following.group_id)
        .where(
            Following.member_id == Member.id,
            or_(
                and_(Following.is_host, groups_visible_to(viewer)),
                groups_run_by(viewer),
            ),
        )
        .correlate(Member)
    )
    asks_to_join = exists(
        select(JoinRequest.id)
        .join(mine, mine.space_id == JoinRequest.space_id)
        .where(
            JoinRequest.member_id == Member.id,
            JoinRequest.approved.is_(None),
            mine.member_id == viewer.id,
            mine.status == MembershipStatus.ACTIVE,
            mine.role == Role.ORGANISER,
        )
        .correlate(Member)
    )
    reported = exists().where(
        SafetyReport.reporter_id == viewer.id, SafetyReport.reported_id == Member.id
    )
    return and_(
        Member.id != viewer.id,
        ~blocked_between(viewer),
        or_(visible_to(viewer), of_an_event, of_a_group, asks_to_join, reported),
    )


def _gives_or_books_hours(viewer: Member, key: str) -> ColumnElement[bool]:
    books = and_(
        Slot.mentee_id == Member.id,
        or_(Slot.mentor_id == viewer.id, events_run_by(viewer)),
    )
    return exists(
        select(Slot.id)
        .join(Event, Event.id == Slot.event_id)
        .where(
            or_(Slot.mentor_id == Member.id, books),
            events_visible_to(viewer, key),
            slots_visible_to(viewer),
        )
        .correlate(Member)
    )


def _is_in_a_timeline(viewer: Member) -> ColumnElement[bool]:
    return exists(
        select(TimelineEntry.id)
        .join(Event, Event.id == TimelineEntry.event_id)
        .where(
            or_(
                TimelineEntry.member_id == Member.id,
                TimelineEntry.about_id == Member.id,
            ),
            events_run_by(viewer),
            events_visible_to(viewer),
        )
        .correlate(Member)
    )


def _sat_with(viewer: Member, now: datetime) -> ColumnElement[bool]:
    """Whom one sat with is named once the event is over, shown on its list or not."""
    mine, theirs = aliased(Seat), aliased(Seat)
    one_table = and_(
        mine.event_id == theirs.event_id,
        mine.round == theirs.round,
        mine.table == theirs.table,
    )
    return exists(
        select(theirs.event_id)
        .join(mine, one_table)
        .join(Seating, Seating.event_id == theirs.event_id)
        .join(Event, Event.id == theirs.event_id)
        .where(
            mine.member_id == viewer.id,
            theirs.member_id == Member.id,
            Event.ends_at <= now,
            # Tables on paper have no count of the rounds that took place.
            or_(theirs.round <= Seating.round_now, Seating.round_now == 0),
        )
        .correlate(Member)
    )


def find_report(space: Space, viewer: Member, report_id: int) -> SafetyReport | None:
    """Find a report to a space, if the viewer reads it."""
    query = select(SafetyReport).where(
        SafetyReport.id == report_id,
        SafetyReport.space_id == space.id,
        reports_visible_to(viewer),
    )
    return db.session.scalar(query)


def reports_visible_to(viewer: Viewer) -> ColumnElement[bool]:
    """The reports that the viewer reads, as an organiser or as the operator.

    Nobody reads one that they made or that is about them. Organisers read none of an
    event that they host, nor one that names somebody a block parts them from: another
    organiser does, or the operator, who as the last resort reads all the others.
    """
    if not viewer.active:
        return false()
    is_party = or_(
        SafetyReport.reporter_id == viewer.id,
        ~SafetyReport.reported_id.is_distinct_from(viewer.id),
    )
    if viewer.is_operator:
        return ~is_party
    mine, host = aliased(Membership), aliased(EventHost)
    organises = exists().where(
        mine.member_id == viewer.id,
        mine.space_id == SafetyReport.space_id,
        mine.status == MembershipStatus.ACTIVE,
        mine.role == Role.ORGANISER,
    )
    hosts_the_event = exists().where(
        host.event_id == SafetyReport.event_id, host.member_id == viewer.id
    )
    parties = [SafetyReport.reporter_id, SafetyReport.reported_id]
    return and_(
        organises, ~is_party, ~hosts_the_event, ~blocked_either_way(viewer.id, parties)
    )
