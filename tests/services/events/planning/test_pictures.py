import contextlib
import io
import itertools
import random
import struct
import subprocess
import sys
import zlib

import pytest
from PIL import Image, PngImagePlugin

from matchmaker.extensions import db
from matchmaker.models import Picture, Role
from matchmaker.refusal import Refusal
from matchmaker.services.events.planning import pictures
from tests.factories import NOON, make_event, make_member, make_picture, make_space


@pytest.fixture
def event(app):
    space = make_space()
    return make_event(space, hosts=[make_member(space=space, role=Role.HOST)])


def add(event, content, **said):
    caption = said.pop("caption", "")
    return pictures.add(event, content, caption, event.hosts[0], NOON, **said)


def file_of(image, kind="JPEG", **options):
    written = io.BytesIO()
    image.save(written, kind, **options)
    return written.getvalue()


def opened(picture):
    return Image.open(io.BytesIO(picture.webp))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
def test_a_picture_is_written_anew_no_larger_than_a_page_needs(event, kind):
    picture = add(event, file_of(Image.new("RGB", (3200, 800), "teal"), kind))

    written = opened(picture)
    assert (written.format, written.size) == ("WEBP", (1600, 400))
    assert (picture.width, picture.height) == (1600, 400)


def test_a_small_one_stays_small_and_what_is_clear_stays_clear(event):
    picture = add(event, file_of(Image.new("RGBA", (40, 20), (0, 0, 0, 0)), "PNG"))

    assert opened(picture).size == (40, 20)
    assert opened(picture).getpixel((3, 3))[3] == 0


def test_a_picture_is_turned_upright_and_says_nothing_of_where_it_was_taken(event):
    image = Image.new("RGB", (40, 20), "white")
    image.paste("black", (0, 0, 20, 20))
    exif = Image.Exif()
    exif[0x0112] = 6  # the telephone was held upright
    exif[0x010E] = "Zq canary"
    exif.get_ifd(0x8825)[1] = "N"
    content = file_of(image, exif=exif)
    assert b"Zq canary" in content

    picture = add(event, content)

    assert (picture.width, picture.height) == (20, 40)
    assert opened(picture).getpixel((10, 5))[0] < 60
    assert b"Zq canary" not in picture.webp
    assert not opened(picture).getexif()
    assert "icc_profile" not in opened(picture).info


def bomb(width, height):
    """A head that promises a huge picture, and next to nothing behind it."""

    def chunk(name, data):
        check = zlib.crc32(name + data)
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", check)

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = zlib.compress(b"\0" * 1000)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", body)
        + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "Choose a picture first"),
        (b"hello", "cannot read"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "cannot read"),
        (b"<html><script>alert(1)</script></html>", "cannot read"),
        (b"GIF89a" + b"\0" * 40, "cannot read"),
        (file_of(Image.new("RGB", (60, 60)))[:200], "cannot read"),
        (file_of(Image.new("RGB", (60, 60)), "TIFF"), "cannot read"),
        (b"x" * (pictures.MOST_BYTES + 1), "larger than 8 MB"),
        (bomb(40_000, 40_000), "1600000000|cannot read|more than we can read"),
        (bomb(9_000, 9_000), "9000 × 9000 points.*of a PNG like this up to 25 million"),
        (bomb(900, 900), "cannot read"),
    ],
)
def test_what_is_no_picture_is_refused_in_a_sentence(event, content, why):
    with pytest.raises(Refusal, match=why):
        add(event, content)

    assert event.pictures == []


def test_a_picture_that_was_tampered_with_is_read_or_refused(event):
    chance = random.Random(4)
    for kind in ("JPEG", "PNG", "WEBP", "GIF"):
        image = Image.effect_noise((80, 60), 80)
        content = bytearray(file_of(image.convert("RGB"), kind))
        for _ in range(60):
            torn = bytearray(content)
            for _ in range(chance.randrange(1, 9)):
                torn[chance.randrange(len(torn))] = chance.randrange(256)
            with contextlib.suppress(Refusal):
                pictures.remove(add(event, bytes(torn)))


MEASURE = """
import pathlib, sys
from matchmaker.refusal import Refusal
from matchmaker.services.events.planning import pictures

def peak():
    status = pathlib.Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) // 1024

before = peak()
for path in sys.argv[1:]:
    try:
        pictures.rewritten(pathlib.Path(path).read_bytes())
    except Refusal:
        continue
print(peak() - before)
"""


def hidden_scan():
    """A JPEG that says it is a plain one, and comes a colour at a time."""
    content = file_of(Image.new("RGB", (7_700, 7_700)))
    begins = content.index(b"\xff\xda")
    return content[:begins] + b"\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00"


def remarks():
    """A small PNG with sixty remarks that are long once they are unpacked."""
    words = PngImagePlugin.PngInfo()
    for number in range(60):
        words.add_itxt(f"remark {number}", "\U0001f600" + "a" * 1_040_000, zip=True)
    return file_of(Image.new("RGB", (10, 10)), "PNG", pnginfo=words)


LARGE = (7_700, 7_700)
QUICK = {"compress_level": 1}
HUNGRY = [
    lambda: file_of(Image.new("P", LARGE), "PNG", transparency=0, **QUICK),
    lambda: file_of(Image.new("I;16", (7_000, 7_000)), "PNG", **QUICK),
    lambda: file_of(Image.new("RGBA", (5_200, 5_200)), "PNG", **QUICK),
    lambda: file_of(Image.new("RGBA", LARGE), "PNG", **QUICK),
    lambda: file_of(Image.new("P", (59_000_000, 1)), "PNG", transparency=0, **QUICK),
    remarks,
    lambda: file_of(Image.new("P", LARGE), "GIF", disposal=2, transparency=0),
    lambda: file_of(Image.new("RGB", (60_000, 999))),
    lambda: file_of(Image.new("RGB", (4_200, 4_200)), progressive=True, subsampling=0),
    lambda: file_of(Image.new("CMYK", (4_400, 4_400)), progressive=True),
    hidden_scan,
    lambda: file_of(Image.new("RGB", (2_500, 2_500)), "WEBP", method=0),
    lambda: file_of(Image.new("RGBA", (2_500, 2_500)), "WEBP", lossless=True, method=0),
    lambda: file_of(Image.new("RGB", (4_000, 3_000)), "WEBP", method=0),
]


def test_no_picture_takes_more_memory_than_one_may(tmp_path):
    paths = [tmp_path / str(number) for number in range(len(HUNGRY))]
    for path, make in zip(paths, HUNGRY, strict=True):
        path.write_bytes(make())

    measured = subprocess.run(
        [sys.executable, "-c", MEASURE, *map(str, paths)],
        check=True,
        capture_output=True,
        text=True,
    )

    assert int(measured.stdout) < 150  # megabytes


def test_a_large_one_has_no_seams(event):
    across = Image.linear_gradient("L").resize((3_300, 3_300))
    picture = opened(add(event, file_of(across, "PNG")))

    column = [picture.getpixel((800, y))[0] for y in range(0, 1_600, 40)]
    assert all(0 <= after - before < 20 for before, after in itertools.pairwise(column))
    assert (column[0] < 10, column[-1] > 240) == (True, True)


def test_there_is_one_cover_and_the_old_one_goes_into_the_album(event):
    content = file_of(Image.new("RGB", (8, 8)))
    first = add(event, content, is_cover=True, caption="  The\nkiln ")
    second = add(event, content, is_cover=True)
    db.session.refresh(event)

    assert event.cover is second
    assert (first.is_cover, first.caption) == (False, "The kiln")

    pictures.remove(second)
    assert event.cover is None
    assert db.session.scalars(db.select(Picture)).all() == [first]


def test_an_album_has_an_end(event):
    for _ in range(pictures.MOST_PICTURES):
        make_picture(event)

    with pytest.raises(Refusal, match="There are 60 pictures"):
        add(event, file_of(Image.new("RGB", (8, 8))))
