"""Who has blocked who, and who must not be brought together."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    CompoundSelect,
    Select,
    and_,
    exists,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import InstrumentedAttribute

from matchmaker.models import Member, PossibleTwins, SafetyReport, TwinVerdict
from matchmaker.models.block import Block
from matchmaker.queries.viewer import Viewer

_is_not_known_to_be_two = PossibleTwins.verdict.is_distinct_from(TwinVerdict.DIFFERENT)

MemberId = (
    int
    | BindParameter[int]
    | InstrumentedAttribute[int]
    | InstrumentedAttribute[int | None]
)
Members = Sequence[MemberId] | Select[Any]


def blocked_either_way(one: MemberId, others: Members) -> ColumnElement[bool]:
    """Whether one and any of the others have blocked each other, either way.

    Each is the number of a member, or a column that holds it.
    """
    return _are_pair(Block.blocker_id, Block.blocked_id, one, others)


def kept_apart(one: MemberId, others: Members) -> ColumnElement[bool]:
    """Whether one may not be brought together with any of the others.

    Introducing, seating and booking ask this; it holds for `pairs_apart` and no others.
    Besides blocks it covers what doesn't hide the two from each other: open reports, and
    two accounts that may be one person's.
    """
    reported = _are_pair(
        SafetyReport.reporter_id,
        SafetyReport.reported_id,
        one,
        others,
        SafetyReport.closed_at.is_(None),
    )
    may_be_one = _are_pair(
        PossibleTwins.first_id,
        PossibleTwins.second_id,
        one,
        others,
        _is_not_known_to_be_two,
    )
    return or_(blocked_either_way(one, others), reported, may_be_one)


def pairs_apart() -> CompoundSelect[Any]:
    """Select every two members that must not be brought together, in either order."""
    return union_all(
        select(Block.blocker_id, Block.blocked_id),
        select(SafetyReport.reporter_id, SafetyReport.reported_id).where(
            SafetyReport.reported_id.is_not(None), SafetyReport.closed_at.is_(None)
        ),
        select(PossibleTwins.first_id, PossibleTwins.second_id).where(
            _is_not_known_to_be_two
        ),
    )


def blocked_between(viewer: Viewer) -> ColumnElement[bool]:
    """Whether a member and the viewer have blocked each other, either way."""
    return blocked_either_way(viewer.id, [Member.id])


def blocked_ids(viewer: Viewer) -> CompoundSelect[int]:
    """Select those whom a block parts from the viewer: asked once for many rows."""
    return union_all(
        select(Block.blocked_id).where(Block.blocker_id == viewer.id),
        select(Block.blocker_id).where(Block.blocked_id == viewer.id),
    )


def _are_pair(
    first: InstrumentedAttribute[Any],
    second: InstrumentedAttribute[Any],
    one: MemberId,
    others: Members,
    *which: ColumnElement[bool],
) -> ColumnElement[bool]:
    """Whether a row of two columns' table names one and any of the others."""
    either_way = or_(
        and_(first == one, second.in_(others)), and_(second == one, first.in_(others))
    )
    # A column is that of the query around it, however many stand between.
    return exists(
        select(first).where(either_way, *which).correlate_except(first.class_)
    )
