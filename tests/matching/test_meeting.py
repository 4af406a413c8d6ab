"""What a human would call the same matter, and what not."""

import numpy as np
import pytest

from matchmaker.matching import meeting
from matchmaker.matching.meeting import meet, probability, shelve, who_can_help
from matchmaker.matching.vectors import encode

OFFERS = [
    ("logo design", "tax advice", ""),
    (),
    ("bread baking", "building websites"),
    ("🎸",),
    ("tax law", "contract law", "company law", "sailing"),
    ("photography", "photography"),
]
WANTS = [
    ("help with my taxes", "a website"),
    ("a modern logo",),
    (),
    ("baking bread", "photography for social media"),
    ("help",),
    ("🎸", "reviewing a contract"),
]


def chance(offer, want):
    return float(who_can_help([want], [(offer,)], encode)[0, 0])


def meets(offer, want):
    return chance(offer, want) >= meeting.MEET


@pytest.mark.parametrize(
    ("offer", "want"),
    [
        ("EU funding applications", "finding public funding"),
        ("logo design", "a modern logo"),
        ("physiotherapy", "a physiotherapist for back pain"),
        ("building websites", "someone to build our website"),
        ("machine learning", "machine learning engineer for our prototype"),
        ("printing and book binding", "getting my books printed"),
        ("social media marketing", "instagram marketing"),
    ],
)
def test_the_same_matter_meets(offer, want):
    assert meets(offer, want)


@pytest.mark.parametrize(
    ("offer", "want"),
    [
        ("public speaking coaching", "finding public funding"),
        ("building permits", "someone to build our website"),
        ("bookkeeping", "getting my books printed"),
        ("web hosting", "a venue for workshops"),
        ("help with taxes", "help with my garden"),
        ("paper", "illustrations for greeting cards"),
    ],
)
def test_another_matter_with_like_words_does_not(offer, want):
    assert not meets(offer, want)


@pytest.mark.parametrize(
    ("offer", "want"),
    [
        ("social media", "photography for social media"),
        ("privacy law for small websites", "SEO for small websites"),
        ("workshops", "a venue for workshops"),
    ],
)
def test_what_something_is_for_does_not_give_it(offer, want):
    assert chance(offer, want) < 0.25


def test_what_is_offered_in_the_same_words_is_all_but_certain():
    assert chance("logo design", "logo design") > 0.9
    assert chance("photography", "photography for social media") > 0.6


def everybody(offers, wants):
    vectors, (gives, seeks) = shelve([offers, wants], encode)
    givers, seekers = (side.ravel() for side in np.indices((len(offers), len(wants))))
    return vectors, gives, seeks, givers, seekers


def test_every_pair_has_its_likeliest_two_phrases():
    vectors, gives, seeks, givers, seekers = everybody(OFFERS, WANTS)

    found = meet(vectors, gives, seeks, givers, seekers)

    for k, (giver, seeker) in enumerate(zip(givers, seekers, strict=True)):
        mine = slice(*gives.starts[giver : giver + 2])
        sought = slice(*seeks.starts[seeker : seeker + 2])
        best = 0.0
        if gives.sizes[giver] and seeks.sizes[seeker]:
            single = vectors.table(gives.texts[mine], seeks.texts[sought])
            together = vectors.table(gives.joined[[giver]], seeks.texts[sought])[0]
            size = gives.sizes[[giver]]
            met = probability(meeting.evidence(single.max(axis=0), together, size))
            best = met.max()
        if best < meeting.MEET:
            assert found.strength[k] == 0
            continue
        want = met.argmax()
        assert found.strength[k] == best
        assert found.sought[k] == seeks.places[sought][want]
        assert found.given[k] == gives.places[mine][single[:, want].argmax()]
    assert (found.strength > 0).sum() >= 5


@pytest.mark.parametrize(
    "setting", [{"_TABLE": 9, "_CHUNK": 2}, {"_TABLE": 0, "_DENSE": 0}]
)
def test_in_blocks_or_singly_the_meetings_are_the_same(monkeypatch, setting):
    asked = everybody(OFFERS, WANTS)
    whole = meet(*asked)
    for name, value in setting.items():
        monkeypatch.setattr(meeting, name, value)

    parts = meet(*asked)

    assert np.allclose(parts.strength, whole.strength, atol=2e-3)
    assert (parts.given == whole.given).all()
    assert (parts.sought == whole.sought).all()


def test_nobody_meets_nobody():
    nobody = np.zeros(0, np.int64)
    vectors, gives, seeks, *_ = everybody([], [])

    assert not len(meet(vectors, gives, seeks, nobody, nobody).strength)
    assert who_can_help([], [], encode).shape == (0, 0)
    assert who_can_help(["logo"], [(), ("",)], encode).tolist() == [[0, 0]]


def test_the_strength_is_a_probability_that_rises_with_the_evidence():
    strengths = probability(np.linspace(-2, 4, 100, dtype=np.float32))

    assert (np.diff(strengths) >= 0).all()
    assert strengths[0] >= 0
    assert strengths[-1] <= 1


def test_whoever_can_help_comes_first():
    chances = who_can_help(["help with my taxes", "a logo"], OFFERS, encode)

    assert chances.shape == (2, len(OFFERS))
    assert chances.argmax(axis=1).tolist() == [0, 0]


@pytest.mark.parametrize("words", [12_000, 0])
def test_a_large_round_is_answered_in_chunks_of_any_size(monkeypatch, words):
    monkeypatch.setattr("matchmaker.matching.vectors.EXACT_WORDS", words)
    asked = everybody(OFFERS * 20, WANTS * 20)
    whole = meet(*asked)
    monkeypatch.setattr(meeting, "_DENSE", 0)
    monkeypatch.setattr(meeting, "_TABLE", 0)
    monkeypatch.setattr(meeting, "_CHUNK", 1000)

    parts = meet(*asked)

    assert np.allclose(parts.strength, whole.strength, atol=2e-3)
