"""Everything that is found between some people, and what one of them is told."""

import pytest

from matchmaker.matching import profiles as profiles_module
from matchmaker.matching.scoring import gains as gains_module
from matchmaker.matching.scoring.gains import (
    find_gains,
)
from tests.matching.people import read


def found(people, feedback=(), reader=read, **more):
    """Every gain: (receiver, giver, kind) to its probability and two phrases."""
    profiles = profiles_module.read(people, reader, feedback)
    gains = find_gains(profiles, **more)
    texts = [*(phrase.text for phrase in profiles.phrases), ""]
    kinds = [gains_module.KINDS[code] for code in gains.kind]
    return {
        (int(profiles.ids[receiver]), int(profiles.ids[giver]), kind): (
            float(probability),
            texts[mine],
            texts[theirs],
        )
        for receiver, giver, kind, probability, mine, theirs in zip(
            gains.receiver,
            gains.giver,
            kinds,
            gains.probability,
            gains.mine,
            gains.theirs,
            strict=True,
        )
    }


def told(receiver, giver, **more):
    """What one is told of the other, the best first."""
    people = sorted([receiver, giver], key=lambda person: person.id)
    gains = find_gains(profiles_module.read(people, read, **more))
    ranks = gains.profiles.ranks([receiver.id, giver.id])
    ((*all_of_them,),) = gains.told(ranks[:1], ranks[1:])
    return all_of_them


def kinds(receiver, giver, **more):
    return [gain.kind for gain in told(receiver, giver, **more)]


def assert_same(one, other):
    """The same gains in the same words, as likely but for rounding."""
    assert {ends: gain[1:] for ends, gain in one.items()} == {
        ends: gain[1:] for ends, gain in other.items()
    }
    assert {ends: gain[0] for ends, gain in one.items()} == pytest.approx(
        {ends: gain[0] for ends, gain in other.items()}, abs=2e-4
    )
