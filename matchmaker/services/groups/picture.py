"""The picture of a group: one, on its page and in the list."""

from datetime import datetime

from matchmaker.extensions import db, lock
from matchmaker.models import Group, GroupPicture
from matchmaker.services.events.planning import pictures


def choose(group: Group, content: bytes, caption: str, now: datetime) -> None:
    """Keep a picture in place of the one there was."""
    webp, (width, height) = pictures.rewritten(content)  # first: it takes its time
    lock(group)
    picture = group.picture or GroupPicture(group_id=group.id)
    picture.caption = pictures.shortened(caption)
    picture.webp, picture.width, picture.height = webp, width, height
    picture.made_at = now
    group.picture = picture
    db.session.flush()


def remove(group: Group) -> None:
    lock(group)
    group.picture = None
    db.session.flush()
