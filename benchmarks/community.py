"""Weekly rounds among people as they write, judged by what their phrases mean.

    python benchmarks/community.py FOLDER [--weeks 26] [--size N --seed S] [--confirmed]
        [--out FILE]

FOLDER has the form of benchmarks/data/people. Everybody is due at the cadence that they
chose, and nobody is introduced to the same person twice. `--size` draws so many of the
people, `--confirmed` lets each owner say what their phrases are about: the first right
one of six suggestions. Otherwise the engine reads neither the labels nor what is hidden.
Beside it stands a *perfect eye*: exact matching on the labels, weekly, at the same
cadences.

The first gain told to each side counts, and is *accepted* where the labels see it too.
`--out` writes a round a line: week, due, and introductions with their people and gains.
"""

import argparse
import json
import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations, permutations
from pathlib import Path
from typing import Any

import phrase_pairs
import rustworkx
from labelled import DATA, Community, load, sample
from labelled import Phrase as LabelledPhrase
from reading import read

from matchmaker.matching import (
    GainKind,
    History,
    Kind,
    Phrase,
    Plan,
    Reader,
    Reading,
    Rules,
    propose,
)

WEEKS = 26
FIRST = 4  # rounds, for what people see first
# What a perfect eye gives for each kind of gain; giving is help seen from the other side.
WORTH = {
    "help": 1.0,
    "same goal": 0.6,
    "same craft": 0.5,
    "interest": 0.35,
    "giving": 0.3,
}
CATCH_UP = 13  # rounds after which two who valued meeting may meet again
EARLY = 13  # rounds
LONGEST = (f"the first {EARLY}", 3), ("later", 5)  # and the rounds one should wait
ENOUGH = 2  # phrases, for the engine to know somebody
MOST_BEYOND = (
    4  # introductions in which somebody helps, less those in which they're helped
)
LONGEST_WAIT = 4  # rounds, after which waiting adds no more
RULES = Rules(explore=0.0, control=0.0)


@dataclass(frozen=True)
class Gain:
    receiver: int
    giver: int
    kind: str
    want: str = ""
    offer: str = ""


@dataclass(frozen=True)
class Introduction:
    people: tuple[int, ...]
    gains: tuple[Gain, ...]  # for each receiver, the one told first comes first
    is_catch_up: bool = False


@dataclass(frozen=True)
class Round:
    week: int
    due: tuple[int, ...]
    introductions: tuple[Introduction, ...]

    @property
    def new(self) -> list[Introduction]:
        return [made for made in self.introductions if not made.is_catch_up]

    @property
    def served(self) -> set[int]:
        """Who met somebody new."""
        return {id_ for made in self.new for id_ in made.people}

    @property
    def met(self) -> set[int]:
        """Who met somebody, be it again."""
        return {id_ for made in self.introductions for id_ in made.people}


@dataclass
class State:
    """What is known as a round begins."""

    week: int = 0
    due: Sequence[int] = ()
    due_in: Mapping[int, int] = field(default_factory=dict)  # rounds, by id
    waited: Counter[int] = field(default_factory=Counter)  # rounds, by id
    met: set[frozenset[int]] = field(default_factory=set)
    # Those who would be glad to meet again, and the week in which they met last.
    valued: dict[frozenset[int], int] = field(default_factory=dict)

    @property
    def catch_ups(self) -> list[frozenset[int]]:
        return [
            pair for pair, met in self.valued.items() if self.week - met >= CATCH_UP
        ]


Way = Callable[[State], list[Introduction]]  # who meets


def rounds(community: Community, way: Way, weeks: int) -> list[Round]:
    introduced: dict[int, int] = {}
    state, made = State(), []
    for state.week in range(weeks):
        state.due_in = {
            id_: max(introduced.get(id_, -WEEKS) + member.cadence - state.week, 0)
            for id_, member in community.members.items()
        }
        state.due = [id_ for id_, rounds_ in state.due_in.items() if not rounds_]
        round_ = Round(state.week, tuple(state.due), tuple(way(state)))
        for id_ in state.due:
            state.waited[id_] = 0 if id_ in round_.met else state.waited[id_] + 1
        introduced |= dict.fromkeys(round_.met, state.week)
        for introduction in round_.introductions:
            pairs = [frozenset(pair) for pair in combinations(introduction.people, 2)]
            state.met.update(pairs)
            if introduction.is_catch_up or _is_valued(community, introduction):
                state.valued |= dict.fromkeys(pairs, state.week)
        made.append(round_)
    return made


def _is_valued(community: Community, made: Introduction) -> bool:
    """Whether each side's first gain is true, as far as the labels can tell."""
    return all(
        community.accepts(gain.receiver, gain.want, gain.giver, gain.offer) is not False
        for gain in _firsts(made)
    )


def confirmed(community: Community) -> Reader:
    """Reads as if each owner had pressed the first right one of six suggested topics."""

    def confirm(phrases: Sequence[Phrase]) -> Reading:
        labelled_ = [
            LabelledPhrase(
                phrase.person,
                phrase.field.name.lower(),
                phrase.text,
                community.topics_of.get((phrase.person, phrase.text), frozenset()),
            )
            for phrase in phrases
        ]
        return phrase_pairs.confirm(community, labelled_, read(phrases))

    return confirm


def ours(community: Community, reader: Reader = read) -> Way:
    people = {person.id: person for person in community.people}
    gave: Counter[int] = Counter()  # introductions in a row, by id

    def way(state: State) -> list[Introduction]:
        plan = propose(
            [
                replace(
                    person,
                    cadence=community.members[id_].cadence,
                    due_in=state.due_in[id_],
                    rounds_waited=state.waited[id_],
                    gave_in_a_row=gave[id_],
                )
                for id_, person in people.items()
            ],
            reader,
            History(recent=state.met, catch_ups=state.catch_ups),
            RULES,
            seed=state.week,
        )
        for made in plan.introductions:
            for side in made.sides:
                gives = side.gains[0].kind is GainKind.GIVING
                gave[side.person] = gave[side.person] + 1 if gives else 0
        return list(_told(plan))

    return way


def _told(plan: Plan) -> Iterator[Introduction]:
    for introduction in plan.introductions:
        yield Introduction(
            people=tuple(side.person for side in introduction.sides),
            gains=tuple(
                Gain(side.person, gain.giver, gain.kind.value, gain.want, gain.offer)
                for side in introduction.sides
                for gain in side.gains
            ),
            is_catch_up=introduction.kind is Kind.CATCH_UP,
        )


def perfect_eye(community: Community) -> Way:
    """Exact matching on the labels: what the community would allow."""
    companies = {person.id: person.company for person in community.people}

    def best(receiver: int, giver: int) -> str:
        kinds = set(community.kinds(receiver, giver))
        if "help" in community.kinds(giver, receiver):
            kinds.add("giving")
        return max(kinds, key=WORTH.__getitem__, default="")

    found = {pair: best(*pair) for pair in permutations(community.members, 2)}

    def way(state: State) -> list[Introduction]:
        graph = rustworkx.PyGraph()
        node = {id_: graph.add_node(id_) for id_ in state.due}
        for one, other in combinations(state.due, 2):
            gains = found[one, other], found[other, one]
            are_colleagues = companies[one] and companies[one] == companies[other]
            if not all(gains) or are_colleagues or {one, other} in state.met:
                continue
            least, most = sorted(WORTH[kind] for kind in gains)
            waits = sum(min(state.waited[id_], LONGEST_WAIT) for id_ in (one, other))
            graph.add_edge(node[one], node[other], least + most / 4 + waits / 2)
        pairs = rustworkx.max_weight_matching(
            graph, max_cardinality=True, weight_fn=lambda worth: int(worth * 1e6)
        )
        return [
            Introduction(
                pair,
                tuple(Gain(*ends, found[ends]) for ends in (pair, pair[::-1])),
            )
            for pair in sorted(tuple(sorted((graph[a], graph[b]))) for a, b in pairs)
        ]

    return way


def measure(community: Community, made: Sequence[Round]) -> dict[str, str]:
    """What came of the rounds, in words for a table."""
    helped: Counter[int] = Counter()
    gave: Counter[int] = Counter()
    for round_ in made:
        for introduction in round_.new:
            for receiver, giver in permutations(introduction.people, 2):
                if "help" in community.kinds(receiver, giver):
                    helped[receiver] += 1
                    gave[giver] += 1
    beyond = [gave[id_] - helped[id_] for id_ in community.members]
    due = max(sum(len(round_.due) for round_ in made), 1)
    shares = [
        len(round_.served.intersection(round_.due)) / len(round_.due)
        for round_ in made
        if round_.due
    ]
    new, all_ = (
        sum(
            len(served.intersection(round_.due))
            for round_, served in zip(made, of, strict=True)
        )
        for of in ([r.served for r in made], [r.met for r in made])
    )
    kinds = Counter(gain.kind for gain in _first(made))
    told = max(sum(kinds.values()), 1)
    return {
        "due person-rounds covered": f"{new / due:.1%}",
        "the least and the most in a round": f"{min(shares):.0%} to {max(shares):.0%}",
        "covered with catch-ups": f"{all_ / due:.1%}",
        **_waits(community, made),
        "first gains accepted": _accepted(community, made),
        f"first gains accepted, first {FIRST} rounds": _accepted(
            community, made[:FIRST]
        ),
        "first gains that labels cannot judge": f"{_unjudged(community, made):.0%}",
        "kinds of first gains": ", ".join(
            f"{kind} {count / told:.0%}" for kind, count in kinds.most_common()
        ),
        "true help received, a person": f"{helped.total() / len(beyond):.2f}",
        f"most given beyond received (people above {MOST_BEYOND})": (
            f"{max(beyond)} ({sum(each > MOST_BEYOND for each in beyond)})"
        ),
        "introductions of three": str(
            sum(len(one.people) == 3 for round_ in made for one in round_.introductions)
        ),
    }


def _waits(community: Community, made: Sequence[Round]) -> dict[str, str]:
    """The longest waits of people who wrote enough, catch-ups counted, and how many
    waited longer than they should."""
    enough = {
        id_
        for id_, member in community.members.items()
        if len(member.phrases) >= ENOUGH
    }
    waited: Counter[int] = Counter()
    longest: dict[bool, Counter[int]] = {True: Counter(), False: Counter()}
    for round_ in made:
        of = longest[round_.week < EARLY]
        for id_ in enough.intersection(round_.due):
            waited[id_] = 0 if id_ in round_.met else waited[id_] + 1
            of[id_] = max(of[id_], waited[id_])
    return {
        f"longest wait in {when} rounds (people above {most})": (
            f"{max(of.values(), default=0)} "
            f"({sum(rounds_ > most for rounds_ in of.values())} of {len(enough)})"
        )
        for (when, most), of in zip(LONGEST, longest.values(), strict=True)
    }


def _first(made: Sequence[Round]) -> Iterator[Gain]:
    """The gain that each side of each new introduction is told first."""
    for round_ in made:
        for introduction in round_.new:
            yield from _firsts(introduction)


def _firsts(introduction: Introduction) -> Iterator[Gain]:
    told: set[int] = set()
    for gain in introduction.gains:
        if gain.receiver not in told:
            told.add(gain.receiver)
            yield gain


def _accepted(community: Community, made: Sequence[Round]) -> str:
    verdicts = Counter(
        community.accepts(gain.receiver, gain.want, gain.giver, gain.offer)
        for gain in _first(made)
    )
    judged = verdicts[True] + verdicts[False]
    return f"{verdicts[True] / max(judged, 1):.1%} of {judged}"


def _unjudged(community: Community, made: Sequence[Round]) -> float:
    verdicts = [
        community.accepts(gain.receiver, gain.want, gain.giver, gain.offer)
        for gain in _first(made)
    ]
    return verdicts.count(None) / max(len(verdicts), 1)


def _line(round_: Round) -> dict[str, Any]:
    """A round in the form that a judge of rounds reads."""
    return {
        "week": round_.week,
        "due": round_.due,
        "introductions": [_introduction(made) for made in round_.new],
        "catch_ups": [_introduction(m) for m in round_.introductions if m.is_catch_up],
    }


def _introduction(made: Introduction) -> dict[str, Any]:
    return {"people": made.people, "gains": [vars(gain) for gain in made.gains]}


def run() -> list[tuple[str, str, str]]:
    rows = []
    for name in ("people", "people_brussels"):
        community = load(DATA / name)
        for how, reader in (("", read), (", topics confirmed", confirmed(community))):
            title = f"{name}, {len(community.people)} people{how}"
            rows.append((title, "", "a perfect eye"))
            rows += _table(community, WEEKS, reader)[0]
    return rows


def _table(
    community: Community, weeks: int, reader: Reader = read
) -> tuple[list[tuple[str, str, str]], list[Round]]:
    made = rounds(community, ours(community, reader), weeks)
    mine = measure(community, made)
    most = measure(community, rounds(community, perfect_eye(community), weeks))
    for name in most:
        if name.startswith("first gains accepted"):
            most[name] = "–"  # it reads the labels
    return [(f"  {name}", mine[name], most[name]) for name in mine], made


def main() -> None:
    arguments = argparse.ArgumentParser()
    arguments.add_argument("folder", type=Path, nargs="?", default=DATA / "people")
    arguments.add_argument("--weeks", type=int, default=WEEKS)
    arguments.add_argument("--size", type=int, default=0)
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--confirmed", action="store_true")
    arguments.add_argument("--out", type=Path)
    asked = arguments.parse_args()
    community = load(asked.folder)
    if asked.size:
        ids = random.Random(asked.seed).sample(list(community.members), asked.size)
        community = sample(community, ids)
    reader = confirmed(community) if asked.confirmed else read
    rows, made = _table(community, asked.weeks, reader)
    for name, mine, most in (("", "ours", "a perfect eye"), *rows):
        print(f"{name:40}{mine:45}{most}")
    if asked.out:
        asked.out.write_text("".join(json.dumps(_line(one)) + "\n" for one in made))


if __name__ == "__main__":
    main()
