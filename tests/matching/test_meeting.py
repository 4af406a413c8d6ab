"""What a human would call the same matter, and what not."""

import pytest

from matchmaker.matching import Person, propose


def meets(offer, want):
    one = Person(1, offers=(offer,), wants=("🎸 zither",))
    other = Person(2, offers=("🎸 zither",), wants=(want,))
    return bool(propose([one, other]).introductions)


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
