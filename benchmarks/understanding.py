"""How well phrases are understood: the best offer for a want, lures, other languages.

    python benchmarks/understanding.py

*Best offer*: each want and mentee's question of the half of the people that nothing was
fitted to (`labelled.is_for_tuning`), among the offers and mentoring topics of everybody
else in the community. Counted: whether the first is right by the labels, and whether one
of the first ten is; and of the best hundred pairs overall, how many are. *Confirmed* is
the same after each owner has pressed the first right one of six suggested topics.

*Lures*: phrases whose words are alike and whose help is wrong; counted are those that
are stated, as help or (of an interest) as a shared interest, at `STATED` or more.

*Reliability*: of the pairs of untuned people that are given a probability in a range,
how many are right; of single pairs of phrases and of the best pair of two people.

*Occupations*: the Dutch or French name of an occupation, asked among the English names
of all that have one; counted is whether its own is among the first ten.
"""

import csv
import zlib
from itertools import pairwise
from pathlib import Path

import numpy as np
from labelled import COMMUNITIES, DATA, Community, Phrase, is_for_tuning, load
from phrase_pairs import pairs_of, read
from reading import vectors

from matchmaker.matching.scoring.relevance import Relation, fitted
from matchmaker.services.topics import shipped_index

STATED = 0.3
BEST = 10
BESIDE = 0.35  # what else weighs against the multilingual encoder, for occupations
RANGES = (0.02, 0.1, 0.3, 0.5, 0.7, 1.0)
OCCUPATIONS = Path(__file__).parent / "data" / "esco" / "occupations.csv"

Row = tuple[str, str, str]


def _is_untuned(owner: int) -> bool:
    return not is_for_tuning(owner)


def best_offers(community: Community, *, confirmed: bool) -> dict[str, np.ndarray]:
    """Right by the labels? Of each want's offers from the best down, by way."""
    pairs = pairs_of(
        community, Relation.HELP, _is_untuned, everybody=True, confirmed=confirmed
    )
    can_be_met = pairs.right.any(axis=1)
    one, other = (
        vectors([phrase.text for phrase in of]) for of in (pairs.ones, pairs.others)
    )
    ways = {
        "ours": fitted()[Relation.HELP].probability(pairs.one, pairs.other),
        "static alone": one.static @ other.static.T,
        "multilingual alone": one.multilingual @ other.multilingual.T,
    }
    found = {}
    for name, scores in ways.items():
        scores = np.where(pairs.counted, scores, -np.inf)
        order = np.argsort(-scores, axis=1, kind="stable")
        found[name] = np.take_along_axis(pairs.right, order, axis=1)[can_be_met]
        found[f"{name}, pairs"] = pairs.right.ravel()[np.argsort(-scores, axis=None)]
    return found


def lures_stated(community: Community) -> np.ndarray:
    """How likely each lure is held to be what it isn't."""
    fields = {
        (p.owner, p.text): p.field
        for m in community.members.values()
        for p in m.phrases
    }
    stated = np.empty(len(community.lures))
    for at, (seeker, want, giver, phrase) in enumerate(community.lures):
        field = fields.get((giver, phrase), "offers")
        relation = {"interests": Relation.INTEREST, "wants": Relation.GOAL}.get(
            field, Relation.HELP
        )
        one, other = (
            read([Phrase(owner, of, text, frozenset())])
            for owner, of, text in (
                (seeker, fields.get((seeker, want), "wants"), want),
                (giver, field, phrase),
            )
        )
        stated[at] = fitted()[relation].probability(one, other)[0, 0]
    return stated


def occupations_found() -> dict[str, dict[str, float]]:
    """By language and way: the share found among the first ten, of the half not used."""
    with OCCUPATIONS.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["nl"] and row["fr"]]
    english = vectors([row["en"] for row in rows])
    theirs = shipped_index().read(english)
    asked = np.array([zlib.crc32(row["id"].encode()) % 2 == 1 for row in rows])
    found: dict[str, dict[str, float]] = {}
    for language in ("nl", "fr"):
        names = vectors([row[language] for row in rows])
        mine = shipped_index().read(names)
        static = names.static @ english.static.T
        multilingual = names.multilingual @ english.multilingual.T
        topics = mine.profile @ theirs.profile.T
        ways = {
            "ours": multilingual + BESIDE * static + BESIDE * topics,
            "places and topics": mine.places @ theirs.places.T + BESIDE * topics,
            "static alone": static,
            "multilingual alone": multilingual,
        }
        found[language] = {
            way: float(
                ((scores > scores.diagonal()[:, None]).sum(axis=1) < BEST)[asked].mean()
            )
            for way, scores in ways.items()
        }
    return found


def reliability() -> list[Row]:
    rows: list[Row] = []
    communities = [load(DATA / name) for name in COMMUNITIES]
    for relation, model in fitted().items():
        single, best = [], []
        for community in communities:
            pairs = pairs_of(community, relation, _is_untuned)
            probability = model.probability(pairs.one, pairs.other)
            single.append((probability[pairs.counted], pairs.right[pairs.counted]))
            of_best, right = pairs.best(probability)
            best.append((of_best, right))
        for name, some in ((relation.value, single), (f"{relation.value}, best", best)):
            stated, right = (np.concatenate(of) for of in zip(*some, strict=True))
            rows.append(
                (
                    f"  {name}",
                    f"{_calibration_error(stated, right):.3f}",
                    _told(stated, right),
                )
            )
    return rows


def _calibration_error(stated: np.ndarray, right: np.ndarray) -> float:
    """The expected calibration error, of what is given at least the least range."""
    kept = stated >= RANGES[0]
    parts = np.array_split(np.argsort(stated[kept]), 10)
    return float(
        sum(
            len(part) * abs(stated[kept][part].mean() - right[kept][part].mean())
            for part in parts
        )
        / kept.sum()
    )


def _told(stated: np.ndarray, right: np.ndarray) -> str:
    told = []
    for low, high in pairwise(RANGES):
        some = (stated >= low) & (stated < high)
        if some.any():
            told.append(
                f"{stated[some].mean():.2f} said, {right[some].mean():.2f} of {some.sum()}"
            )
    return "; ".join(told)


def run() -> list[Row]:
    rows: list[Row] = []
    for name in COMMUNITIES:
        community = load(DATA / name)
        found = best_offers(community, confirmed=False)
        confirmed = best_offers(community, confirmed=True)["ours"]
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
                    f"multilingual alone {of(found['multilingual alone']).mean():.3f}, "
                    f"confirmed {of(confirmed).mean():.3f}",
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
        lures = lures_stated(community)
        rows.append(
            (
                "  lures stated",
                str((lures >= STATED).sum()),
                f"of {len(lures)}; at "
                + ", ".join(f"{at}: {(lures >= at).sum()}" for at in (0.4, 0.5, 0.6)),
            )
        )
    for language, ways in occupations_found().items():
        rows.append(
            (
                f"occupations, {language} to English, one of {BEST}",
                f"{ways['ours']:.3f}",
                ", ".join(f"{way} {share:.3f}" for way, share in ways.items())
                + "; bar 0.80",
            )
        )
    rows.append(("calibration error, of what is given 0.02 or more", "", ""))
    rows += reliability()
    return rows


if __name__ == "__main__":
    for name, mine, beside in run():
        print(f"{name:45}{mine:10}{beside}")
