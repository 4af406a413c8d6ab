"""The demonstration's members over half a year of weekly rounds.

    python benchmarks/demonstration.py

Their words, hours, ways to meet, languages and companies are those of
matchmaker/data/demonstration/members.csv; their cadences are drawn as the demonstration
draws them, and as many as it leaves invited take no part. No labels: counted is who has
an introduction, and on what the gains that are told first rest.
"""

import csv
import random
from collections import Counter
from pathlib import Path

from community import WEEKS, measure, ours, rounds
from labelled import Community, Member

from matchmaker import data
from matchmaker.data import companies, industries, languages
from matchmaker.matching import Person

MEMBERS = Path(data.__file__).parent / "demonstration" / "members.csv"
TAKE_PART = 281
CADENCES = (1, 2, 4), (75, 20, 5)  # weeks, and how many of a hundred choose them
COVERED, INTERESTS = 0.90, 0.30


def load() -> Community:
    chance = random.Random("Quince Yard")
    with MEMBERS.open(encoding="utf-8", newline="") as file:
        rows = chance.sample([*csv.DictReader(file)], TAKE_PART)
    return Community(
        people=tuple(_person(id_, row) for id_, row in enumerate(rows)),
        members={
            id_: Member(id_, chance.choices(*CADENCES)[0], frozenset(), str(id_), ())
            for id_ in range(len(rows))
        },
        near={},
        lures=(),
    )


def _person(id_: int, row: dict[str, str]) -> Person:
    industry = industries.get(row["industry"])

    def several(column: str) -> tuple[str, ...]:
        return tuple(filter(None, row[column].split(";")))

    return Person(
        id=id_,
        offers=several("offers"),
        wants=several("wants"),
        interests=several("interests"),
        headline=row["headline"],
        industry=industry.path if industry else (),
        company=companies.key(row["company"]),
        years=int(row["years"]) if row["years"] else None,
        mentor_topics=several("mentor_topics"),
        mentor_places=int(row["mentor_places"] or 0),
        mentee_topics=several("mentee_topics"),
        formats=frozenset(several("formats")),
        times=frozenset(several("times")),
        languages=languages.codes(several("languages")),
    )


def run() -> list[tuple[str, str, str]]:
    community = load()
    made = rounds(community, ours(community), WEEKS)
    found = measure(community, made)
    first: Counter[str] = Counter()
    for round_ in made:
        for introduction in round_.new:
            told = {gain.receiver: gain.kind for gain in introduction.gains[::-1]}
            first.update(told.values())
    hobbies = first["interest"] / max(first.total(), 1)
    covered = "due person-rounds covered"
    bars = {covered: f"at least {COVERED:.0%}"}
    rows = [
        (name, found[name], bars.get(name, ""))
        for name in (
            covered,
            "the least and the most in a round",
            "kinds of first gains",
        )
    ]
    hobby = (
        "hobbies, of the gains told first",
        f"{hobbies:.0%}",
        f"at most {INTERESTS:.0%}",
    )
    return [(f"{TAKE_PART} people, {WEEKS} weeks", "", "bar"), *rows, hobby]


if __name__ == "__main__":
    for what, mine, beside in run():
        print(f"{what:40} {mine:60} {beside}")
