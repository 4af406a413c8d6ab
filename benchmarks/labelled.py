"""Communities of people as they write, each phrase labelled with what it means.

The engine sees the phrases. The labels judge what comes of it: a gain that it states is
*accepted* where the two phrases it quotes have a topic in common, the same or near.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from matchmaker.data import companies, industries
from matchmaker.matching import Person

DATA = Path(__file__).parent / "data"
COMMUNITIES = ("people", "people_brussels")
FIELDS = ("offers", "wants", "interests", "mentor", "mentee")
# Which fields' phrases are held against which, by relation (matching.scoring.relevance).
FIELD_PAIRS = {
    "help": (("wants", "mentee"), ("offers", "mentor")),
    "goal": (("wants", "mentee"), ("wants", "mentee")),
    "interest": (("interests", "wants"), ("interests", "wants")),
    "craft": (("offers", "mentor"), ("offers", "mentor")),
}


def is_for_tuning(owner: int) -> bool:
    """Whether anything may be learnt from this person's phrases."""
    return owner % 2 == 0


@dataclass(frozen=True)
class Phrase:
    owner: int
    field: str
    text: str
    topics: frozenset[str]


@dataclass(frozen=True)
class Member:
    """What the labels know of somebody beyond their phrases."""

    id: int
    cadence: int  # weeks between introductions
    goals: frozenset[str]
    craft: str
    phrases: tuple[Phrase, ...]

    def topics(self, *fields: str) -> frozenset[str]:
        return frozenset().union(*(p.topics for p in self.phrases if p.field in fields))


@dataclass(frozen=True)
class Community:
    people: tuple[Person, ...]
    members: dict[int, Member]
    near: dict[str, frozenset[str]]
    lures: tuple[tuple[int, str, int, str], ...]  # receiver, their text, giver, theirs
    name: str = ""  # the folder's

    @cached_property
    def topics_of(self) -> dict[tuple[int, str], frozenset[str]]:
        """Topics by the id of a person and a text of theirs."""
        return {
            (p.owner, p.text): p.topics
            for m in self.members.values()
            for p in m.phrases
        }

    def phrases(self, *fields: str) -> list[Phrase]:
        every = (p for member in self.members.values() for p in member.phrases)
        return [phrase for phrase in every if phrase.field in fields]

    def widen(self, topics: Iterable[str]) -> frozenset[str]:
        """Return the topics with those near them."""
        return frozenset().union(
            *(self.near.get(topic, frozenset({topic})) for topic in topics)
        )

    def accepts(self, receiver: int, want: str, giver: int, offer: str) -> bool | None:
        """Whether the labels accept a stated gain; None where they cannot tell."""
        sought = self.topics_of.get((receiver, want))
        given = self.topics_of.get((giver, offer))
        if sought is None or given is None:
            return None
        return bool(self.widen(sought) & given)

    def kinds(self, receiver: int, giver: int) -> frozenset[str]:
        """Name what the receiver truly gains from the giver, by the labels."""
        mine, theirs = self.members[receiver], self.members[giver]
        sought = mine.topics("wants", "mentee")
        found = {
            "help": bool(self.widen(sought) & theirs.topics("offers", "mentor")),
            "same goal": bool(
                (mine.goals | mine.topics("wants"))
                & (theirs.goals | theirs.topics("wants"))
            ),
            "same craft": mine.craft == theirs.craft,
            "interest": bool(mine.topics("interests") & theirs.topics("interests")),
        }
        return frozenset(kind for kind, holds in found.items() if holds)


def load(folder: Path) -> Community:
    """Read a folder of this form. Raises FileNotFoundError where a file is missing."""
    rows = [
        json.loads(line)
        for line in (folder / "people.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    near = json.loads((folder / "topics.json").read_text(encoding="utf-8"))
    lures = json.loads((folder / "lures.json").read_text(encoding="utf-8"))
    return Community(
        people=tuple(map(_person, rows)),
        members={row["id"]: _member(row) for row in rows},
        near={
            topic: frozenset({topic, *about.get("near", ())})
            for topic, about in near.items()
        },
        lures=tuple(tuple(lure[:4]) for lure in lures),
        name=folder.name,
    )


def sample(community: Community, ids: Sequence[int]) -> Community:
    """Return the community of these people alone."""
    kept = set(ids)
    return Community(
        people=tuple(person for person in community.people if person.id in kept),
        members={
            id_: community.members[id_] for id_ in community.members if id_ in kept
        },
        near=community.near,
        lures=tuple(
            lure for lure in community.lures if lure[0] in kept and lure[2] in kept
        ),
        name=community.name,
    )


def _member(row: dict[str, Any]) -> Member:
    return Member(
        id=row["id"],
        cadence=row["cadence"],
        goals=frozenset(row["hidden"]["goals"]),
        craft=row["hidden"]["craft"],
        phrases=tuple(
            Phrase(row["id"], field, phrase["text"], frozenset(phrase["topics"]))
            for field in FIELDS
            for phrase in row[field]
        ),
    )


def _person(row: dict[str, Any]) -> Person:
    """A row as the engine is told of it by services/engine.py."""
    industry = industries.get(row["isic"])
    text = {field: tuple(phrase["text"] for phrase in row[field]) for field in FIELDS}
    return Person(
        id=row["id"],
        offers=text["offers"],
        wants=text["wants"],
        interests=text["interests"],
        industry=industry.path if industry else (),
        company=companies.key(row["company"]),
        years=row["years"],
        mentor_topics=text["mentor"],
        mentor_places=row["mentor_places"],
        mentee_topics=text["mentee"],
        formats=frozenset(row["formats"]),
        times=frozenset(row["times"]),
        languages=frozenset(row["languages"]),
    )
