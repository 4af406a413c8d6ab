"""Makes the demonstration community: three hundred made-up members of one space.

    python tools/make_community.py

The building blocks are in matchmaker/data/demonstration/*.toml, all written by hand.
The same blocks always make the same members.csv.
"""

from __future__ import annotations

import csv
import io
import random
import re
import tomllib
import unicodedata
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parents[1] / "matchmaker" / "data" / "demonstration"
COLUMNS = (
    *("email", "name", "headline", "company", "industry", "years", "bio"),
    *("offers", "wants", "interests", "mentor_topics", "mentor_places"),
    *("mentee_topics", "formats", "times", "languages"),
)
SEED = 2012
MENTORS = 34
MENTEES = 42

Block = dict[str, Any]
Member = dict[str, Any]


class Deck:
    """Deals every card once before it deals any twice."""

    def __init__(self, cards: list[Any], rng: random.Random) -> None:
        self.cards = list(cards)
        self.left: list[Any] = []
        self.rng = rng

    def deal(self, count: int = 1) -> list[Any]:
        hand: list[Any] = []
        while len(hand) < min(count, len(self.cards)):
            if not self.left:
                self.left = self.rng.sample(self.cards, len(self.cards))
            card = next((card for card in self.left if card not in hand), None)
            if card is None:  # what is left is in hand already
                self.left = []
                continue
            self.left.remove(card)
            hand.append(card)
        return hand


class Community:
    """The blocks, and what has been dealt from them so far."""

    def __init__(self) -> None:
        self.rng = random.Random(SEED)  # noqa: S311 - repeatable, not secret
        common = _read("common.toml")
        self.asides = self._deck(common["asides"])
        self.interests = self._deck(common["interests"])
        self.wants = self._deck(common["wants"])
        self.families = [
            (self._deck(group["given"]), self._deck(group["family"]), group["language"])
            for group in common["names"]
        ]
        self.sizes = [
            len(group["given"]) * len(group["family"]) for group in common["names"]
        ]
        self.names: set[str] = set()
        self.trades: dict[str, Block] = {}
        for number in (1, 2, 3):
            for trade in _read(f"trades_{number}.toml")["trade"]:
                self.trades[trade["name"]] = self._with_decks(trade)

    def members(self) -> list[Member]:
        hero, *written = [_written(row) for row in _read("people.toml")["person"]]
        made = [
            self._colleague(company, person)
            for company in _read("companies.toml")["company"]
            for person in company["people"]
        ]
        for trade in self.trades.values():
            kinds = trade.get("kinds") or [None] * trade["people"]
            made += [self._freelancer(trade, kind) for kind in kinds]
        self._choose_mentors(made)
        others = written + [_without_notes(member) for member in made]
        return [hero, *self.rng.sample(others, len(others))]

    def _deck(self, cards: list[Any]) -> Deck:
        return Deck(cards, self.rng)

    def _with_decks(self, trade: Block) -> Block:
        parts = ("headline", "bio", "offers", "wants", "likes", "mentor", "mentee")
        return trade | {part: self._deck(trade.get(part, [])) for part in parts}

    def _colleague(self, company: Block, person: Block) -> Member:
        trade = self.trades[person["trade"]]
        own = {"company": company["name"], "industry": company["industry"]} | person
        return self._member(trade, own, [person["bio"], *self._aside(0.4)])

    def _freelancer(self, trade: Block, kind: Block | None) -> Member:
        if kind:
            bio = [kind["bio"], *trade["bio"].deal(self._count(0.6)), *self._aside(0.4)]
            return self._member(trade, kind, bio)
        headline = trade["headline"].deal()[0]
        own = {"company": "", "industry": self.rng.choice(trade["industry"])} | headline
        bio = [headline["bio"]] if "bio" in headline else trade["bio"].deal()
        more = trade["bio"].deal(self._count(0.4))
        bio += [sentence for sentence in more if sentence not in bio]
        return self._member(trade, own, [*bio, *self._aside(0.6)])

    def _member(self, trade: Block, own: Block, bio: list[str]) -> Member:
        name, home = self._name()
        offers = own.get("offers", []) + trade["offers"].deal(
            self.rng.choice([3, 4, 5])
        )
        wants = own.get("wants") or trade["wants"].deal(self.rng.choice([3, 4, 5]))
        wants = [*wants, *self.wants.deal(self._count(0.45))]
        likes = trade["likes"].deal(self.rng.choice([1, 1, 2]))
        likes += self.interests.deal(self.rng.choice([1, 2, 2]))
        offers = _unique(offers)[:6]
        return {
            "email": f"{_address(name)}@example.{self.rng.choice(['org', 'com'])}",
            "name": name,
            "headline": own.get("headline") or own["text"],
            "company": own["company"],
            "industry": own["industry"],
            "years": own.get("years", self._years(*trade["years"])),
            "bio": " ".join(bio),
            "offers": offers,
            "wants": [want for want in _unique(wants) if want not in offers][:6],
            "interests": _unique(likes),
            "mentor_topics": [],
            "mentor_places": 0,
            "mentee_topics": [],
            "formats": self._some(
                {"coffee": 0.8, "walk": 0.4, "lunch": 0.45, "online": 0.3}
            ),
            "times": self._some(
                {"morning": 0.5, "lunch": 0.5, "afternoon": 0.5, "evening": 0.2}
            ),
            "languages": self._languages(home, offers),
            "trade": trade,
        }

    def _choose_mentors(self, members: list[Member]) -> None:
        """Mentees began lately, mentors long ago; what is asked for comes first."""
        new = [one for one in members if one["years"] <= 8]
        new = [one for one in new if one["trade"]["mentee"].cards]
        asked: list[str] = []
        for one in self.rng.sample(new, MENTEES):
            one["mentee_topics"] = one["trade"]["mentee"].deal(1 + self._count(0.3))
            asked += one["mentee_topics"]
        old = [one for one in members if one["years"] >= 9]
        old = self.rng.sample(old, len(old))
        for topic in [*_unique(asked), *[""] * MENTORS][:MENTORS]:
            able = [one for one in old if topic in one["trade"]["mentor"].cards]
            mentor = (able or [one for one in old if one["trade"]["mentor"].cards])[0]
            old.remove(mentor)
            topics = [topic] if able else []
            topics += mentor["trade"]["mentor"].deal(2 - len(topics))
            mentor["mentor_topics"] = _unique(topics)
            mentor["mentor_places"] = self.rng.choice([1, 1, 2, 2, 3])

    def _name(self) -> tuple[str, str]:
        given, family, language = self.rng.choices(self.families, self.sizes)[0]
        while (name := f"{given.deal()[0]} {family.deal()[0]}") in self.names:
            pass
        self.names.add(name)
        return name, language

    def _years(self, fewest: int, most: int) -> int:
        if self.rng.random() < 0.3:
            return self.rng.randint(fewest, most)
        return round(self.rng.triangular(fewest, most, fewest + 0.1 * (most - fewest)))

    def _languages(self, home: str, offers: list[str]) -> list[str]:
        chances = {"en": 0.97, home: 0.6, "nl": 0.4, "de": 0.08, "fr": 0.08, "es": 0.08}
        for language, code in {"Dutch": "nl", "Spanish": "es"}.items():
            if any(language in offer for offer in offers):
                chances[code] = 1.0  # whoever teaches it speaks it
        return self._some(chances)

    def _aside(self, chance: float) -> list[str]:
        return self.asides.deal(self._count(chance))

    def _count(self, chance: float) -> int:
        return int(self.rng.random() < chance)

    def _some(self, chances: dict[str, float]) -> list[str]:
        """Each with its own chance; the first of them when there would be none."""
        some = [each for each, chance in chances.items() if self.rng.random() < chance]
        return some or list(chances)[:1]


def community() -> str:
    """The whole of members.csv."""
    file = io.StringIO()
    writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
    writer.writeheader()
    for member in Community().members():
        cells = {
            column: ";".join(cell) if isinstance(cell, list) else cell
            for column, cell in member.items()
        }
        writer.writerow(cells)
    return file.getvalue()


def _read(name: str) -> Block:
    return tomllib.loads((FOLDER / name).read_text(encoding="utf-8"))


def _written(person: Block) -> Member:
    return {column: person[column] for column in COLUMNS}


def _without_notes(member: Member) -> Member:
    return {column: member[column] for column in COLUMNS}


def _address(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name.casefold()).encode("ascii", "ignore")
    first, *rest = re.findall("[a-z]+", plain.decode().replace("-", ""))
    return f"{first}.{''.join(rest)}"


def _unique(phrases: list[str]) -> list[str]:
    return list(dict.fromkeys(phrases))


if __name__ == "__main__":
    (FOLDER / "members.csv").write_text(community(), encoding="utf-8")
