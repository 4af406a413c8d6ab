"""Pictures for the made-up events: cut paper, drawn at random."""

import io
import math
import random

from PIL import Image, ImageDraw

_SIZE = (720, 480)
_TWICE = 2  # drawn so much larger, for smooth edges
_PAPERS = ("#F4EEE3", "#E5EFE9", "#FBEEE2", "#EDE6F1", "#E3EDEF")
_INKS = (
    ("#1F5D4C", "#AD4710", "#F3D9BD", "#7FC8AE"),
    ("#7A3008", "#F0A36B", "#1F5D4C", "#F3DFA2"),
    ("#263F73", "#D3DCEE", "#AD4710", "#F6D5BB"),
    ("#14463A", "#DDE3B8", "#AD4710", "#CFE3D8"),
    ("#682A5C", "#E9D2E4", "#1F5D4C", "#F3D9BD"),
)


def draw(chance: random.Random) -> bytes:
    """Give a PNG of plates on a table, or of something like them."""
    width, height = (side * _TWICE for side in _SIZE)
    image = Image.new("RGB", (width, height), chance.choice(_PAPERS))
    pen = ImageDraw.Draw(image)
    inks = chance.choice(_INKS)
    shape = chance.choice((_discs, _cards, _hills))
    shape(pen, width, height, inks, chance)
    content = io.BytesIO()
    small = image.resize(_SIZE, Image.Resampling.BILINEAR)
    small.save(content, "PNG", compress_level=1)
    return content.getvalue()


def _discs(
    pen: ImageDraw.ImageDraw,
    width: int,
    height: int,
    inks: tuple[str, ...],
    chance: random.Random,
) -> None:
    for row in range(2):
        for column in range(4):
            x = width * (column + 0.5 + 0.25 * row) / 4.25
            y = height * (0.3 + 0.42 * row)
            for ring, ink in enumerate(chance.sample(inks, 2)):
                radius = height * (0.19 - 0.09 * ring) * chance.uniform(0.85, 1.1)
                pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=ink)


def _cards(
    pen: ImageDraw.ImageDraw,
    width: int,
    height: int,
    inks: tuple[str, ...],
    chance: random.Random,
) -> None:
    for number in range(9):
        x, y = width * (number % 3 + 0.5) / 3, height * (number // 3 + 0.5) / 3
        half_wide, half_high = width * 0.12, height * 0.12
        turn = math.radians(chance.uniform(-14, 14))
        corners = [
            (
                x + a * half_wide * math.cos(turn) - b * half_high * math.sin(turn),
                y + a * half_wide * math.sin(turn) + b * half_high * math.cos(turn),
            )
            for a, b in ((-1, -1), (1, -1), (1, 1), (-1, 1))
        ]
        pen.polygon(corners, fill=chance.choice(inks))


def _hills(
    pen: ImageDraw.ImageDraw,
    width: int,
    height: int,
    inks: tuple[str, ...],
    chance: random.Random,
) -> None:
    radius = height * 0.14
    x = width * chance.uniform(0.6, 0.85)
    pen.ellipse(
        (x - radius, height * 0.12, x + radius, height * 0.12 + 2 * radius), inks[1]
    )
    for layer, ink in enumerate((inks[3], inks[2], inks[0])):
        level, swing = height * (0.5 + 0.15 * layer), height * 0.07
        phase = chance.uniform(0, math.tau)
        edge = [
            (step * width / 60, level + swing * math.sin(phase + step / 60 * math.tau))
            for step in range(61)
        ]
        pen.polygon([*edge, (width, height), (0, height)], fill=ink)
