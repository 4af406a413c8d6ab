"""Every kind of letter that we write, and what its sending depends on.

A letter that answers what its reader did (asked for, signed up, said yes, booked), or
says what became of that, is theirs to have. Any other can be stopped with one click,
and its kind has to say so: see `sending`. How it is written stands in the file of its area,
in the function that `composes` marks.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from matchmaker.mail.compose import Composed
from matchmaker.models import Letter, RsvpStatus

Composer = Callable[[Letter, datetime], Composed]

GOING, WAITING, OFFERED = RsvpStatus.GOING, RsvpStatus.WAITING, RsvpStatus.OFFERED


@dataclass(frozen=True)
class LetterKind:
    # Somebody waits at the screen for it; the others can wait behind it.
    is_urgent: bool = False
    # Goes also where a letter came back: its reader asked for it, to get in again.
    tries_again: bool = False
    # One click stops letters of this kind: RFC 8058.
    can_be_stopped: bool = False
    # What its reader must have said of the event for it still to be true.
    if_said: frozenset[RsvpStatus] | None = None
    # Stopped with the host's letters about an event.
    is_of_the_host: bool = False
    # May name others than who runs the event.
    names_others: bool = False


def _to(*statuses: RsvpStatus) -> frozenset[RsvpStatus]:
    return frozenset(statuses)


KINDS = {
    "confirm_address": LetterKind(is_urgent=True, tries_again=True),
    "already_registered": LetterKind(is_urgent=True),
    "reset_password": LetterKind(is_urgent=True, tries_again=True),
    "password_changed": LetterKind(is_urgent=True),
    "address_check": LetterKind(is_urgent=True, tries_again=True),
    "key_made": LetterKind(is_urgent=True),
    "invitation": LetterKind(can_be_stopped=True),
    # To those who run a space, about what nobody else can do.
    "report_came_in": LetterKind(is_urgent=True),
    "newcomers": LetterKind(),
    "join_approved": LetterKind(),
    "round_waits": LetterKind(),
    "introduction": LetterKind(can_be_stopped=True),
    "introduction_reminder": LetterKind(can_be_stopped=True),
    "introduction_ended": LetterKind(can_be_stopped=True),
    "resting": LetterKind(can_be_stopped=True),
    "introduced": LetterKind(),
    "introduction_withdrawn": LetterKind(can_be_stopped=True),
    "did_you_meet": LetterKind(can_be_stopped=True),
    "group_event": LetterKind(can_be_stopped=True),
    "event_going": LetterKind(if_said=_to(GOING)),
    "event_waiting": LetterKind(if_said=_to(WAITING)),
    "event_asked": LetterKind(if_said=_to(RsvpStatus.ASKED)),
    "event_promoted": LetterKind(is_urgent=True, if_said=_to(GOING)),
    "event_offered": LetterKind(is_urgent=True, if_said=_to(OFFERED)),
    "event_passed_on": LetterKind(if_said=_to(RsvpStatus.DECLINED)),
    "event_removed": LetterKind(if_said=_to(RsvpStatus.DECLINED)),
    "event_changed": LetterKind(if_said=_to(GOING, WAITING, OFFERED)),
    "event_cancelled": LetterKind(),
    "event_reminder": LetterKind(can_be_stopped=True, if_said=_to(GOING)),
    "event_message": LetterKind(
        can_be_stopped=True,
        if_said=_to(GOING, WAITING, OFFERED),
        is_of_the_host=True,
    ),
    "event_trial": LetterKind(),
    "event_thanks": LetterKind(
        can_be_stopped=True,
        if_said=_to(GOING),
        is_of_the_host=True,
        names_others=True,
    ),
    "hours_opened": LetterKind(names_others=True),
    "hours_booked": LetterKind(names_others=True),
    "hours_released": LetterKind(names_others=True),
}
URGENT = {name for name, kind in KINDS.items() if kind.is_urgent}
COMPOSERS: dict[str, Composer] = {}


def composes(*kinds: str) -> Callable[[Composer], Composer]:
    """Mark the function that writes letters of these kinds, from their rows.

    It is called when a letter is sent, and reads the database as it is then. It must
    not write.
    """

    def register(composer: Composer) -> Composer:
        for kind in kinds:
            check(kind)
            COMPOSERS[kind] = composer
        return composer

    return register


def check(kind: str) -> None:
    """Refuse a letter that nobody has thought about."""
    if kind not in KINDS:
        raise ValueError(f"There is no row for {kind!r} in mail/kinds.py.")
