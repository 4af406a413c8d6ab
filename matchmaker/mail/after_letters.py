"""The letter after an event: thanks, whom one met, and how it was."""

from collections.abc import Sequence
from datetime import datetime

from matchmaker.extensions import db
from matchmaker.mail import outbox
from matchmaker.mail.compose import Composed, compose
from matchmaker.mail.event_letters import event_of
from matchmaker.mail.kinds import composes
from matchmaker.mail.links import Purpose, absolute, sign
from matchmaker.mail.message import one_click
from matchmaker.models import Letter, Member, Rsvp, Verdict

MOST_NAMES = 30


def thanks(rsvp: Rsvp, met: Sequence[Member], now: datetime) -> Letter:
    """Thank somebody who came. `met` are those whom they may be told of."""
    db.session.flush()
    return outbox.post(
        "event_thanks",
        rsvp.member,
        now,
        cause=f"event_thanks.event{rsvp.event_id}.member{rsvp.member_id}",
        event=rsvp.event,
        details={"met": [member.id for member in met[:MOST_NAMES]]},
    )


@composes("event_thanks")
def _thanks(letter: Letter, _now: datetime) -> Composed:
    event = event_of(letter)
    subject = event.id, letter.member_id
    token = sign(Purpose.RSVP, *subject)
    stop_token = sign(Purpose.EVENT_MESSAGES, *subject)
    stop_url = absolute("events.stop_messages", token=stop_token)
    met = [db.session.get_one(Member, id_) for id_ in letter.details["met"]]

    def url(verdict: Verdict) -> str:
        return absolute("feedback.by_letter", token=token, verdict=verdict.name.lower())

    return compose(
        "event_thanks",
        f"Thank you for coming: {event.title}",
        "Two taps say how it was.",
        member=letter.member,
        event=event,
        space=event.space,
        met=[member for member in met if member.active],
        people_url=absolute("feedback.by_letter", token=token) + "#people",
        buttons=[
            ("It was good", url(Verdict.GOOD), "primary"),
            ("It was fine", url(Verdict.FINE), "secondary"),
            ("It was not for me", url(Verdict.NOT_FOR_ME), "secondary"),
        ],
        stop_url=stop_url,
        headers=one_click(stop_url),
    )
