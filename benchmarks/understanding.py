"""How well phrases are understood: the best offer for a want, lures, other languages.

    python benchmarks/understanding.py

*Best offer*: each want and mentee's question of the half of the people that nothing was
fitted to (`labelled.is_for_tuning`), among the offers and mentoring topics of everybody
else in the community. Counted: whether the first is right by the labels, and whether one
of the first ten is; and of the best hundred pairs overall, how many are.

*Lures*: phrases whose words are alike and whose help is wrong; counted are those that
are stated as help, at `STATED` or more.

*Occupations*: the Dutch or French name of an occupation, asked among the English names
of all that have one; counted is whether its own is among the first ten.
"""

import csv
import zlib
from functools import cache
from pathlib import Path

import numpy as np
from labelled import DATA, FIELD_PAIRS, Community, is_for_tuning, load

from matchmaker.data import topics
from matchmaker.matching.scoring.relevance import Relation, fitted
from matchmaker.matching.text.encoders import encode
from matchmaker.matching.text.topics import TopicIndex, build_index

STATED = 0.3
BEST = 10
OCCUPATIONS = Path(__file__).parent / "data" / "esco" / "occupations.csv"


@cache
def index() -> TopicIndex:
    every = topics.everything()
    return build_index(
        {topic.slug: topic.aliases for topic in every},
        {topic.slug: topic.near for topic in every},
    )


def best_offers(community: Community) -> dict[str, np.ndarray]:
    """Right by the labels? Of each want's offers from the best down, by way."""
    wants, offers = (community.phrases(*f) for f in FIELD_PAIRS[Relation.HELP.value])
    wants = [want for want in wants if not is_for_tuning(want.owner)]
    one, other = (index().read(encode([p.text for p in of])) for of in (wants, offers))
    own = np.array([[want.owner == offer.owner for offer in offers] for want in wants])
    right = np.array(
        [
            [bool(community.widen(want.topics) & offer.topics) for offer in offers]
            for want in wants
        ]
    )
    right &= ~own
    can_be_met = right.any(axis=1)
    ways = {
        "ours": fitted()[Relation.HELP].probability(one, other),
        "static alone": one.vectors.static @ other.vectors.static.T,
        "multilingual alone": one.vectors.multilingual @ other.vectors.multilingual.T,
    }
    found = {}
    for name, scores in ways.items():
        scores = np.where(own, -np.inf, scores)
        order = np.argsort(-scores, axis=1, kind="stable")
        found[name] = np.take_along_axis(right, order, axis=1)[can_be_met]
        found[f"{name}, pairs"] = right.ravel()[np.argsort(-scores, axis=None)]
    return found


def lures_stated(community: Community) -> int:
    seekers, givers = (
        index().read(encode([lure[at] for lure in community.lures])) for at in (1, 3)
    )
    stated = fitted()[Relation.HELP].probability(seekers, givers).diagonal()
    return int((stated >= STATED).sum())


def occupations_found() -> dict[str, dict[str, float]]:
    """By language and way: the share found among the first ten, of the half not used."""
    with OCCUPATIONS.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["nl"] and row["fr"]]
    english = encode([row["en"] for row in rows])
    asked = np.array([zlib.crc32(row["id"].encode()) % 2 == 1 for row in rows])
    found: dict[str, dict[str, float]] = {}
    for language in ("nl", "fr"):
        names = encode([row[language] for row in rows])
        static = names.static @ english.static.T
        multilingual = names.multilingual @ english.multilingual.T
        ways = {"ours": multilingual + 0.35 * static, "static alone": static}
        found[language] = {
            way: float(
                ((scores > scores.diagonal()[:, None]).sum(axis=1) < BEST)[asked].mean()
            )
            for way, scores in ways.items()
        }
    return found


def run() -> list[tuple[str, str, str]]:
    rows = []
    for name in ("people", "people_brussels"):
        community = load(DATA / name)
        found = best_offers(community)
        rows.append((f"{name}, {len(found['ours'])} wants that can be met", "", ""))
        for label, of in (
            ("best offer is right", lambda right: right[:, 0]),
            (f"one of {BEST} is", lambda right: right[:, :BEST].any(axis=1)),
        ):
            rows.append(
                (
                    f"  {label}",
                    f"{of(found['ours']).mean():.3f}",
                    f"static alone {of(found['static alone']).mean():.3f}, "
                    f"multilingual alone {of(found['multilingual alone']).mean():.3f}",
                )
            )
        rows.append(
            (
                "  right of the best hundred pairs",
                str(found["ours, pairs"][:100].sum()),
                f"static alone {found['static alone, pairs'][:100].sum()}, "
                f"multilingual alone {found['multilingual alone, pairs'][:100].sum()}",
            )
        )
        rows.append(
            (
                "  lures stated as help",
                str(lures_stated(community)),
                f"of {len(community.lures)}",
            )
        )
    for language, ways in occupations_found().items():
        rows.append(
            (
                f"occupations, {language} to English, one of {BEST}",
                f"{ways['ours']:.3f}",
                f"static alone {ways['static alone']:.3f}",
            )
        )
    return rows


if __name__ == "__main__":
    for name, mine, beside in run():
        print(f"{name:45}{mine:10}{beside}")
