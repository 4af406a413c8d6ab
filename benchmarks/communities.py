"""Communities made of real work, with a truth that no way of matching may look at.

    python benchmarks/communities.py

Everybody works in one O*NET occupation and offers some of its task statements. What
they want are task statements of *other* occupations of the community that stand in
nobody's profile; whoever works in the occupation a want was taken out of can help with
it. So which pairs can help each other is known, and has to be found from other words.

How much can be found depends on how much people write. `FULL` profiles name the trade
and six things one does; a want is told in three sentences; and sentences are such as
tell the work from others. In `TERSE` ones nobody names a trade, a want is a single
sentence, as often as not one that many trades could have written ("Maintain records"),
and even who knows all of O*NET would often guess wrong.

n people have about 2 √n occupations, √n / 2 people each. Somebody with w wants is helped
by w √n / 2 people, of whom a share of w / (2 √n) wants their work in return: w² / 4 mutual
partners, whatever the size. With six wants that is nine, before hours and formats in
common; this command prints how many there are. Communities in which hardly anybody can
help anybody exist, but in them no way of matching can be told from another.
"""

import csv
import random
import re
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from itertools import combinations
from math import log, sqrt
from pathlib import Path

from matchmaker.data import industries
from matchmaker.matching import Person

TASKS = Path(__file__).parent / "data" / "onet" / "tasks.csv"

WANTS, INTERESTS = 6, 3  # a person
KEPT_OUT = 0.5  # of an occupation's statements: nobody offers them, they are wanted
ENOUGH = 14  # statements that only this occupation has
LAPSE = 0.05  # of the wants, each week, that nobody met
MENTORING = 0.15  # of the people: mentors, and as many mentees
SENIOR = 10  # years that a mentor has and a mentee has not

_HOBBIES = """bouldering|chess|cooking|cycling|choir|cinema|board games|football
|gardening|hiking|jazz|knitting|meditation|painting|photography|poetry|running|sailing
|science fiction|swimming|tango|volleyball|yoga|writing"""
HOBBIES = _HOBBIES.replace("\n", "").split("|")
FORMATS = ("coffee", "lunch", "walk", "online")
TIMES = ("morning", "noon", "afternoon", "evening")

Pair = tuple[int, int]


@dataclass(frozen=True)
class Writing:
    """How people write their profiles."""

    offers: int  # sentences
    want: int  # sentences for each thing wanted
    names_trade: bool  # whether the first offer is the name of the occupation
    particular: float  # the share of statements, rarest words first, that people use


FULL = Writing(offers=6, want=3, names_trade=True, particular=0.6)
TERSE = Writing(offers=5, want=1, names_trade=False, particular=1.0)


@dataclass(frozen=True)
class Want:
    text: str
    of: str  # the occupation it was taken out of


@dataclass(frozen=True)
class Truth:
    """Who can help whom, and why. By person's id where it is by person."""

    works: Mapping[int, str]  # occupation
    wants: Mapping[int, tuple[Want, ...]]
    topics: Mapping[int, tuple[Want, ...]]  # what mentees want to learn
    mentors: Mapping[int, int]  # years of those who mentor
    kept_out: Mapping[str, tuple[str, ...]]  # statements of each occupation
    sentences: int  # in which a want is told

    def helps(self, giver: int, receiver: int) -> bool:
        """Whether an open want of the receiver was taken out of the giver's work."""
        return any(want.of == self.works[giver] for want in self.wants[receiver])

    def teaches(self, mentor: int, mentee: int) -> bool:
        """Whether the mentee asks for what the mentor works in and volunteered for."""
        return mentor in self.mentors and any(
            topic.of == self.works[mentor] for topic in self.topics[mentee]
        )

    def gets(self, person: int, other: int) -> bool:
        """Whether a person gets something they look for from the other one: a want
        met, a topic taught, or, for a mentor, somebody who asks for their work."""
        return (
            self.helps(other, person)
            or self.teaches(other, person)
            or self.teaches(person, other)
        )

    def is_mutual(self, one: int, other: int) -> bool:
        return self.gets(one, other) and self.gets(other, one)


@dataclass(frozen=True)
class Community:
    people: tuple[Person, ...]
    truth: Truth


def community(n: int, seed: int, writing: Writing = FULL) -> Community:
    """n people, with ids from 0; the same for the same seed.

    Raises ValueError for fewer than two people.
    """
    if n < 2:
        raise ValueError("A community has at least two people.")
    chance = random.Random(f"{n} {seed}")
    present = chance.sample(sorted(occupations()), min(round(2 * sqrt(n)), n))
    offered, kept_out = {}, {}
    for name in present:
        offered[name], kept_out[name] = _split(occupations()[name], writing, chance)

    # Everybody who can be has a colleague: occupations go round, then are shuffled.
    works = [present[k % len(present)] for k in range(n)]
    chance.shuffle(works)
    people = [_person(id_, works[id_], offered, writing, chance) for id_ in range(n)]
    mentors = {p.id: p.years or 0 for p in people if p.mentor_places}
    taught = sorted({works[id_] for id_ in mentors})
    wants, topics = {}, {}
    for person in people:
        own = works[person.id]
        wants[person.id] = _wanted(WANTS, own, present, kept_out, writing.want, chance)
        learns = person.id not in mentors and (person.years or 0) < SENIOR
        few = 2 if learns and chance.random() < MENTORING * 3 else 0
        topics[person.id] = _wanted(few, own, taught, kept_out, writing.want, chance)
    truth = Truth(
        works=dict(enumerate(works)),
        wants=wants,
        topics=topics,
        mentors=mentors,
        kept_out=kept_out,
        sentences=writing.want,
    )
    return Community(_wanting(people, truth), truth)


def a_week_later(community: Community, met: Iterable[Pair], seed: int) -> Community:
    """What everybody wants after these introductions: whatever was met is replaced by
    something new, and some of the rest lapses and is replaced too."""
    chance = random.Random(f"{len(community.people)} later {seed}")
    truth = community.truth
    helped: defaultdict[int, set[str]] = defaultdict(set)
    for one, other in met:
        helped[one].add(truth.works[other])
        helped[other].add(truth.works[one])
    present = list(truth.kept_out)
    taught = sorted({truth.works[id_] for id_ in truth.mentors})

    def renewed(
        person: int, wants: tuple[Want, ...], those: list[str]
    ) -> tuple[Want, ...]:
        still = tuple(
            want
            for want in wants
            if want.of not in helped[person] and chance.random() >= LAPSE
        )
        others = [name for name in those if name not in {want.of for want in still}]
        missing, own = len(wants) - len(still), truth.works[person]
        return still + _wanted(
            missing, own, others, truth.kept_out, truth.sentences, chance
        )

    wants = {id_: renewed(id_, of, present) for id_, of in truth.wants.items()}
    topics = {id_: renewed(id_, of, taught) for id_, of in truth.topics.items()}
    truth = replace(truth, wants=wants, topics=topics)
    return Community(_wanting(community.people, truth), truth)


@cache
def occupations() -> dict[str, tuple[str, ...]]:
    """The task statements that only one occupation has, those in rare words first, of
    occupations that have enough to offer some and keep some out."""
    tasks = defaultdict(set)
    with TASKS.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            tasks[row["occupation"]].add(row["task"])
    count = Counter(text for texts in tasks.values() for text in texts)
    used = Counter(
        word for texts in tasks.values() for word in set(_words(" ".join(texts)))
    )

    def commonness(text: str) -> float:
        """Of its six rarest words, the mean logarithm of how many occupations use it."""
        rarest = sorted(log(used[word]) for word in _words(text))[:6]
        return sum(rarest) / max(len(rarest), 1)

    own = {
        name: [text for text in sorted(texts) if count[text] == 1]
        for name, texts in tasks.items()
    }
    return {
        name: tuple(sorted(texts, key=commonness))
        for name, texts in own.items()
        if len(texts) >= ENOUGH
    }


def industry(occupation: str) -> tuple[str, ...]:
    """The ISIC path given to an occupation: any, but always the same, since O*NET has
    none. Nothing here depends on its being plausible."""
    classes = industries.everything()
    return classes[zlib.crc32(occupation.encode()) % len(classes)].path


def suit(one: Person, other: Person) -> bool:
    """Whether two people share a format and a time, where empty means any."""
    return all(
        not mine or not theirs or bool(mine & theirs)
        for mine, theirs in ((one.formats, other.formats), (one.times, other.times))
    )


def _words(text: str) -> set[str]:
    return set(re.findall("[a-z]{3,}", text.casefold()))


def _split(
    texts: tuple[str, ...], writing: Writing, chance: random.Random
) -> tuple[list[str], tuple[str, ...]]:
    """What may be offered of an occupation, and what is kept out."""
    used = max(round(len(texts) * writing.particular), ENOUGH)
    shuffled = chance.sample(texts[:used], min(used, len(texts)))
    split = round(len(shuffled) * KEPT_OUT)
    return shuffled[split:], tuple(shuffled[:split])


def _person(
    id_: int,
    occupation: str,
    offered: Mapping[str, list[str]],
    writing: Writing,
    chance: random.Random,
) -> Person:
    years = chance.randint(0, 30)
    mentors = years >= SENIOR and chance.random() < MENTORING * 1.5
    topics = chance.sample(offered[occupation], 3) if mentors else []
    return Person(
        id=id_,
        offers=(
            *[occupation] * writing.names_trade,
            *chance.sample(offered[occupation], writing.offers),
        ),
        interests=tuple(chance.sample(HOBBIES, INTERESTS)),
        industry=industry(occupation),
        years=years,
        mentor_topics=tuple(topics),
        mentor_places=2 if mentors else 0,
        formats=_some(FORMATS, chance),
        times=_some(TIMES, chance),
    )


def _some(names: tuple[str, ...], chance: random.Random) -> frozenset[str]:
    """Two or three of four; or, as four people in ten have it, nothing: any will do."""
    if chance.random() < 0.4:
        return frozenset()
    return frozenset(chance.sample(names, chance.choice((2, 3))))


def _wanted(
    count: int,
    own: str,
    present: list[str],
    kept_out: Mapping[str, tuple[str, ...]],
    sentences: int,
    chance: random.Random,
) -> tuple[Want, ...]:
    """Something of each of so many occupations, as far as there are others."""
    others = [name for name in present if name != own]
    chosen = chance.sample(others, min(count, len(others)))
    return tuple(
        Want(" ".join(chance.sample(kept_out[name], sentences)), name)
        for name in chosen
    )


def _wanting(people: Iterable[Person], truth: Truth) -> tuple[Person, ...]:
    """The people with what they want in their own profiles, and nothing else said."""
    return tuple(
        replace(
            person,
            wants=tuple(want.text for want in truth.wants[person.id]),
            mentee_topics=tuple(topic.text for topic in truth.topics[person.id]),
        )
        for person in people
    )


def run() -> list[tuple[str, str, str]]:
    """For each size: how many truly mutual partners there are, and how rare they are."""
    rows = []
    for n in (30, 100, 300, 1000):
        made = community(n, seed=0)
        truth = made.truth
        suited = [(a, b) for a, b in combinations(made.people, 2) if suit(a, b)]
        mutual = sum(truth.is_mutual(a.id, b.id) for a, b in suited)
        found = f"{2 * mutual / n:.1f} truly mutual partners a person"
        rows.append(
            (f"{n} people", found, f"{mutual / len(suited):.1%} of their pairs")
        )
    return rows


def main() -> None:
    for row in run():
        print("  ".join(f"{text:<40}" for text in row).rstrip())


if __name__ == "__main__":
    main()
