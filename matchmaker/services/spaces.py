"""Spaces, and who runs them."""

import difflib
import re
import zoneinfo
from datetime import datetime

from sqlalchemy import select

from matchmaker.extensions import db
from matchmaker.models import Joining, Member, MembershipStatus, Role, Space
from matchmaker.refusal import Refusal
from matchmaker.services import accounts


def create(
    slug: str,
    name: str,
    timezone: str,
    now: datetime,
    joining: Joining = Joining.INVITATION,
) -> Space:
    """Make a space: a community with its own members, rounds and clock."""
    if len(slug) > 60 or not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", slug):
        raise Refusal(
            f"{slug!r} cannot stand in an address. Use at most 60 small letters, "
            "figures and hyphens, such as quince-yard."
        )
    name = " ".join(name.split())
    if not 1 <= len(name) <= 80:
        raise Refusal("Give the space a name of 1 to 80 characters.")
    zones = zoneinfo.available_timezones()
    if timezone not in zones:
        near = difflib.get_close_matches(timezone, zones, n=1)
        raise Refusal(
            f"{timezone!r} is no time zone. Write it as Europe/Amsterdam is written"
            + (f": did you mean {near[0]}?" if near else ".")
        )
    if db.session.scalar(select(Space).where(Space.slug == slug)):
        raise Refusal(f"There is a space {slug} already.")
    space = Space(slug=slug, name=name, timezone=timezone, joining=joining, made_at=now)
    db.session.add(space)
    return space


def set_joining(space: Space, joining: Joining) -> None:
    """Say who may join. Who waits for an organiser's answer goes on waiting for it."""
    space.joining = joining


def everything() -> list[Space]:
    return list(db.session.scalars(select(Space).order_by(Space.slug)))


def find(slug: str) -> Space:
    """Find a space by its slug; the refusal names those that there are."""
    space = db.session.scalar(select(Space).where(Space.slug == slug))
    if space:
        return space
    known = ", ".join(space.slug for space in everything())
    raise Refusal(
        f"There is no space {slug!r}. "
        + (
            f"The spaces are: {known}."
            if known
            else "Make one first with: flask spaces create"
        )
    )


def find_member(email: str) -> Member:
    """Find whoever has this address, however its letters are written."""
    member = accounts.find(email)
    if member is None:
        raise Refusal(
            f"Nobody has an account with {email.strip()}. They register in the portal, "
            "or you invite them with: flask members import"
        )
    return member


def make_organiser(member: Member, space: Space) -> None:
    """Let a member run a space; whoever is invited runs it from the day they join."""
    membership = member.membership_in(space)
    if membership is None:
        raise Refusal(
            f"{member.email} is not a member of {space.name}. They join first."
        )
    if membership.status not in {MembershipStatus.ACTIVE, MembershipStatus.INVITED}:
        raise Refusal(
            f"{member.email} is {membership.status.value} in {space.name}, so that "
            "they cannot run it."
        )
    membership.role = Role.ORGANISER


def make_operator(member: Member) -> None:
    """Let a member run the whole deployment."""
    if member.confirmed_at is None or not member.active:
        raise Refusal(
            f"{member.email} has not confirmed that address, so that it could be "
            "anybody's. They register and confirm it first."
        )
    member.is_operator = True
