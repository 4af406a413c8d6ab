"""Codes to be shown at a door, drawn and written."""

import io

import segno

from matchmaker.mail.links import Purpose, absolute, sign
from matchmaker.models import Rsvp


def address_of(rsvp: Rsvp) -> str:
    """What a code says: an address, so that any phone's camera leads to a page of ours."""
    token = sign(Purpose.CHECK_IN, rsvp.event_id, rsvp.member_id)
    return absolute("door.ticket", token=token)


def drawing_of(rsvp: Rsvp) -> str:
    """Dark on light, whatever the page's look, or cameras would not read it."""
    drawn = io.BytesIO()
    segno.make(address_of(rsvp), micro=False, error="m").save(
        drawn,
        kind="svg",
        xmldecl=False,
        svgns=True,
        omitsize=True,
        border=3,
        dark="#000",
        light="#fff",
        svgclass=None,
        lineclass=None,
    )
    return drawn.getvalue().decode()
