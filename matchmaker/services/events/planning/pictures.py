"""Pictures of an event: read with suspicion, and written anew by us."""

import io
import warnings
from collections.abc import Iterable
from datetime import datetime
from itertools import product

from PIL import Image, ImageFile, ImageOps, PngImagePlugin, UnidentifiedImageError
from PIL.JpegImagePlugin import JpegImageFile

from matchmaker.extensions import db, lock
from matchmaker.models import Event, Member, Picture
from matchmaker.refusal import Unfit
from matchmaker.services.events import timeline

MOST_BYTES = 8 * 1024 * 1024
MOST_PIXELS = 60_000_000  # more than any telephone takes
MOST_PICTURES = 60
LONGEST_SIDE = 1600
_MOST_MEMORY = 100 * 1000**2  # of one, unpacked
_BYTES_A_POINT = {"1": 1.0, "L": 1.0, "P": 1.0, "I;16": 2.0}  # others: 4
_PIECE = 512
PngImagePlugin.MAX_TEXT_MEMORY = 1024**2  # nobody writes more about a picture
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
        raise Unfit(
            "picture", f"There are {MOST_PICTURES} pictures. Remove one you like less."
        )
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
        raise Unfit(
            "picture",
            f"The picture is larger than {MOST_BYTES // 1024**2} MB. Choose a smaller one.",
        )
    if not content:
        raise Unfit("picture", "Choose a picture first.")
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
        raise Unfit("picture", _NOT_ONE) from None


def _as_webp(content: bytes) -> tuple[bytes, tuple[int, int]]:
    picture = ImageOps.exif_transpose(_read(content))
    picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    bare = Image.new(picture.mode, picture.size)
    bare.paste(picture)
    written = io.BytesIO()
    bare.save(written, "WEBP", quality=80, method=4)
    return written.getvalue(), bare.size


def _read(content: bytes) -> Image.Image:
    with Image.open(io.BytesIO(content), formats=_FORMATS) as opened:
        _check_size(opened, content)  # read from its head; nothing is unpacked yet
        longest = max(opened.size)
        wanted = [max(1, side * LONGEST_SIDE // longest) for side in opened.size]
        opened.draft("RGB", (wanted[0], wanted[1]))
        small = _reduced(opened)
        small.info = opened.info  # which way up it is
    return small


def _check_size(opened: ImageFile.ImageFile, content: bytes) -> None:
    """Refuse what would take more memory than one picture may."""
    width, height = opened.size
    most = min(MOST_PIXELS, int(_MOST_MEMORY / _bytes_a_point(opened, content)))
    if width * height > most:
        raise Unfit(
            "picture",
            f"The picture has {width} × {height} points, and that is more than we can "
            f"read: of a {opened.format} like this up to {most // 10**6} million. Choose "
            "a smaller one.",
        )


def _bytes_a_point(opened: ImageFile.ImageFile, content: bytes) -> float:
    """What unpacking takes; measured, where a library keeps more than the picture."""
    if opened.format == "WEBP":
        return 17.5
    if isinstance(opened, JpegImageFile):
        # It is unpacked small; but of one in several scans all are kept to the last.
        blocks = [across * down for _, across, down, _ in opened.layer]
        return 0.1 if _is_one_scan(opened, content) else 2 * sum(blocks) / max(blocks)
    return _BYTES_A_POINT.get(opened.mode, 4.0)


def _is_one_scan(opened: JpegImageFile, content: bytes) -> bool:
    """Whether the first scan, whose head has just been read, has all the colours."""
    colours = len(opened.layer)
    head = bytes([0xFF, 0xDA, 0, 6 + 2 * colours, colours])
    begins = opened.fp.tell() - 8 - 2 * colours if opened.fp else 0
    return (
        "progressive" not in opened.info
        and colours <= 3  # with four, another scan's head could be hidden in this one
        and content.startswith(head, begins)
    )


def _reduced(opened: Image.Image) -> Image.Image:
    """Make it smaller piece by piece: never a second copy of the whole."""
    is_clear = "A" in opened.getbands() or "transparency" in opened.info
    mode = "RGBA" if is_clear else "RGB"
    width, height = opened.size
    factor = max(1, max(opened.size) // LONGEST_SIDE)
    step = factor * max(1, _PIECE // factor)
    small = Image.new(mode, (-(-width // factor), -(-height // factor)))
    for left, top in product(range(0, width, step), range(0, height, step)):
        box = (left, top, min(width, left + step), min(height, top + step))
        piece = opened.crop(box).convert(mode).reduce(factor)
        small.paste(piece, (left // factor, top // factor))
    return small


def shortened(caption: str) -> str:
    return " ".join(caption.split())[:CAPTION_LENGTH]
