"""Letters to organisers about rounds."""

from datetime import datetime

from matchmaker.extensions import db
from matchmaker.mail import outbox
from matchmaker.mail.compose import Composed, compose
from matchmaker.mail.kinds import composes
from matchmaker.mail.links import absolute
from matchmaker.mail.wording import day_words
from matchmaker.models import Letter, Member, Space


def round_waits(
    organiser: Member, space: Space, cause: str, starts_at: datetime, now: datetime
) -> Letter:
    """Remind an organiser that a round doesn't run before it's approved."""
    return outbox.post(
        "round_waits",
        organiser,
        now,
        cause=f"{cause}.member{organiser.id}",
        details={"space": space.id, "starts_at": starts_at.isoformat()},
    )


@composes("round_waits")
def _round_waits(letter: Letter, _now: datetime) -> Composed:
    space = db.session.get_one(Space, letter.details["space"])
    local = datetime.fromisoformat(letter.details["starts_at"]).astimezone(space.zone)
    return compose(
        "round_waits",
        f"{space.name}: the next round waits for your yes",
        "Look at the draft and approve it.",
        member=letter.member,
        space=space,
        day=day_words(local),
        hour=f"{local:%H:%M}",
        url=absolute("organiser.draft", slug=space.slug),
    )
