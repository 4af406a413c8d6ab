"""Letters about introductions that wait for an answer, and about those that got none."""

from datetime import datetime

from matchmaker.extensions import db
from matchmaker.mail import outbox
from matchmaker.mail.compose import Composed, compose
from matchmaker.mail.kinds import composes
from matchmaker.mail.letters import (
    answer_urls,
    membership_of,
    post_about,
    side_of,
    stop_url_of,
)
from matchmaker.mail.links import Purpose, absolute, sign
from matchmaker.mail.message import one_click
from matchmaker.mail.reasons import gain_sentences
from matchmaker.mail.wording import day_words, names_of
from matchmaker.models import Letter, Membership, Side


def introduction_reminder(side: Side, now: datetime) -> Letter:
    return post_about("introduction_reminder", side, now, "introduction-reminder")


@composes("introduction_reminder")
def _introduction_reminder(letter: Letter, _now: datetime) -> Composed:
    side = side_of(letter)
    introduction, membership = side.introduction, membership_of(side)
    stop_url = stop_url_of(membership)
    until = introduction.ends_at.astimezone(membership.space.zone)
    return compose(
        "introduction_reminder",
        f"Would you still like to meet {names_of(side)}?",
        "One click is enough, whatever you answer.",
        side=side,
        space=membership.space,
        names=names_of(side),
        several=len(side.others) > 1,
        gains=gain_sentences(side, side),
        until=day_words(until),
        stop_url=stop_url,
        headers=one_click(stop_url),
        **answer_urls(side),
    )


def introduction_ended(side: Side, now: datetime) -> Letter:
    """Tell who said yes that it didn't happen, and not why.

    It names nobody, so that it can go in the same words after a no, silence or a block.
    """
    db.session.flush()
    return outbox.post(
        "introduction_ended",
        side.member,
        now,
        cause=f"introduction-ended.introduction{side.introduction_id}"
        f".member{side.member_id}",
        membership=membership_of(side),
    )


@composes("introduction_ended")
def _introduction_ended(letter: Letter, _now: datetime) -> Composed:
    membership = db.session.get_one(Membership, letter.membership_id)
    stop_url = stop_url_of(membership)
    return compose(
        "introduction_ended",
        "They haven't answered this week",
        "You go first in the next round.",
        member=letter.member,
        space=membership.space,
        stop_url=stop_url,
        headers=one_click(stop_url),
    )


def resting(membership: Membership, now: datetime) -> Letter:
    """Tell somebody who doesn't answer that we'll stop suggesting people to them."""
    db.session.flush()
    return outbox.post(
        "resting",
        membership.member,
        now,
        cause=f"resting.membership{membership.id}.{now:%Y%m%dT%H%M%S}",
        membership=membership,
    )


@composes("resting")
def _resting(letter: Letter, _now: datetime) -> Composed:
    membership = db.session.get_one(Membership, letter.membership_id)
    stop_url = stop_url_of(membership)
    return compose(
        "resting",
        "We'll suggest nobody until you're back",
        "One click, and you're in the next round.",
        member=letter.member,
        space=membership.space,
        back_url=absolute(
            "memberships.come_back", token=sign(Purpose.COME_BACK, membership.id)
        ),
        stop_url=stop_url,
        headers=one_click(stop_url),
    )
