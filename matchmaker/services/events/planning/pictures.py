"""Pictures of an event: read with suspicion, and written anew by us."""

import io
import warnings
from collections.abc import Iterable
from datetime import datetime

from PIL import Image, ImageOps, UnidentifiedImageError

from matchmaker.extensions import db, lock
from matchmaker.models import Event, Member, Picture
from matchmaker.refusal import Refusal
from matchmaker.services.events import timeline

MOST_BYTES = 8 * 1024 * 1024
MOST_PIXELS = 60_000_000  # more than any telephone takes
MOST_PICTURES = 60
LONGEST_SIDE = 1600
CAPTION_LENGTH = 200
_FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
_NOT_ONE = (
    "We cannot read this file as a picture. Choose a JPEG, PNG or WebP; a telephone can "
    "send its photographs as JPEG."
)


def add(
    event: Event,
    content: bytes,
    caption: str,
    by: Member,
    now: datetime,
    *,
    is_cover: bool = False,
) -> Picture:
    """Keep a picture: turned upright, made smaller, without a word of where it was taken.

    A new cover takes the old one's place; that one goes into the album.
    """
    webp, (width, height) = rewritten(content)  # first: it takes its time
    lock(event)
    if len(event.pictures) >= MOST_PICTURES:
        raise Refusal(f"There are {MOST_PICTURES} pictures. Remove one you like less.")
    picture = Picture(
        event=event,
        caption=shortened(caption),
        width=width,
        height=height,
        webp=webp,
        made_at=now,
    )
    db.session.add(picture)
    db.session.flush()
    if is_cover:
        make_cover(picture)
    timeline.note(event, "picture", now, by)
    return picture


def copy_cover(event: Event, others: Iterable[Event], now: datetime) -> None:
    """Give an event's cover to others as well, but for those that have one."""
    cover = event.cover
    if cover is None:
        return
    for other in others:
        if other.cover is not None:
            continue
        copy = Picture(
            is_cover=True,
            caption=cover.caption,
            width=cover.width,
            height=cover.height,
            webp=cover.webp,
            made_at=now,
        )
        other.pictures.append(copy)
    db.session.flush()


def make_cover(picture: Picture) -> None:
    for other in picture.event.pictures:
        other.is_cover = other is picture
    db.session.flush()


def describe(picture: Picture, caption: str) -> None:
    picture.caption = shortened(caption)


def remove(picture: Picture) -> None:
    picture.event.pictures.remove(picture)
    db.session.flush()


def rewritten(content: bytes) -> tuple[bytes, tuple[int, int]]:
    """Give a picture as WebP of ours, and its width and height."""
    if len(content) > MOST_BYTES:
        raise Refusal(
            f"The picture is larger than {MOST_BYTES // 1024**2} MB. Choose a smaller one."
        )
    if not content:
        raise Refusal("Choose a picture first.")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter(
                "ignore"
            )  # of what is odd in it; we measure ourselves
            return _as_webp(content)
    except (
        UnidentifiedImageError,
        Image.DecompressionBombError,
        OSError,
        ValueError,
        SyntaxError,
        EOFError,
        ArithmeticError,
        LookupError,
        TypeError,
    ):  # whatever a decoder makes of a file that lies about itself
        raise Refusal(_NOT_ONE) from None


def _as_webp(content: bytes) -> tuple[bytes, tuple[int, int]]:
    with Image.open(io.BytesIO(content), formats=_FORMATS) as opened:
        width, height = opened.size  # read from its head; nothing is unpacked yet
        if width * height > MOST_PIXELS:
            raise Refusal(
                f"The picture has {width} × {height} points, and that is more than we can "
                "read. Choose a smaller one."
            )
        opened.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
        if opened.mode in {"RGB", "RGBA", "L", "LA", "CMYK"}:  # what is large, once
            opened.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
        upright = ImageOps.exif_transpose(opened)
        has_holes = "A" in upright.getbands() or "transparency" in upright.info
        picture = upright.convert("RGBA" if has_holes else "RGB")
    picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    bare = Image.new(picture.mode, picture.size)
    bare.paste(picture)
    written = io.BytesIO()
    bare.save(written, "WEBP", quality=80, method=4)
    return written.getvalue(), bare.size


def shortened(caption: str) -> str:
    return " ".join(caption.split())[:CAPTION_LENGTH]
