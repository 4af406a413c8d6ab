"""Topics of coworking life: what members offer, look for and like, in five languages."""

import csv
import enum
from dataclasses import dataclass
from functools import cache
from itertools import chain
from pathlib import Path

_FOLDER = Path(__file__).parent / "topics"
# About finding clients, customers or gigs: whoever seeks these gains from whoever needs
# what they offer.
CLIENTS = (
    "first-clients",
    "gigs",
    "referrals",
    "cold-outreach",
    "sales",
    "b2b-sales",
)
# By language: the topic of practising it. Who speaks it can help.
PRACTISING = {
    "ar": "practise-arabic",
    "de": "practise-german",
    "en": "practise-english",
    "es": "practise-spanish",
    "fr": "practise-french",
    "it": "practise-italian",
    "ja": "practise-japanese",
    "nl": "practise-dutch",
    "pt": "practise-portuguese",
    "zh": "practise-chinese",
}
LANGUAGES = ("en", "nl", "de", "fr", "es")


class TopicKind(enum.StrEnum):
    SKILL = "skill"  # something one can do for another
    TRADE = "trade"  # a line of business
    SITUATION = "situation"  # something people are in the middle of
    PASTIME = "pastime"


@dataclass(frozen=True, eq=False)
class Topic:
    slug: str
    kind: TopicKind
    near: frozenset[str]  # slugs of topics that help with much the same; symmetric
    names: dict[str, tuple[str, ...]]  # by language; the first is its name there

    @property
    def name(self) -> str:
        """What it is called in the language of the interface."""
        return self.names["en"][0]

    @property
    def aliases(self) -> tuple[str, ...]:
        """Every way to say it, in whichever language, each once."""
        return tuple(dict.fromkeys(chain.from_iterable(self.names.values())))


@cache
def everything() -> tuple[Topic, ...]:
    """Return all topics, by slug."""
    rows = sorted(_rows(), key=lambda row: row["slug"])
    near: dict[str, set[str]] = {row["slug"]: set() for row in rows}
    for row in rows:
        for other in filter(None, row["near"].split(",")):
            near[row["slug"]].add(other)
            near[other].add(row["slug"])
    return tuple(
        Topic(
            slug=row["slug"],
            kind=TopicKind(row["kind"]),
            near=frozenset(near[row["slug"]]),
            names={language: tuple(row[language].split(";")) for language in LANGUAGES},
        )
        for row in rows
    )


def _rows() -> list[dict[str, str]]:
    rows: list[dict[str, str]] = []
    for path in sorted(_FOLDER.glob("*.psv")):
        with path.open(encoding="utf-8", newline="") as file:
            rows += csv.DictReader(file, delimiter="|", quoting=csv.QUOTE_NONE)
    return rows
