"""How benchmarks read phrases: as the product does, without a database."""

from collections.abc import Callable, Sequence
from functools import cache

from matchmaker.data import topics
from matchmaker.matching import Phrase, Reading, TopicIndex, build_index
from matchmaker.matching import encode as encode_texts


@cache
def index() -> TopicIndex:
    every = topics.everything()
    return build_index(
        {topic.slug: topic.aliases for topic in every},
        {topic.slug: topic.near for topic in every},
        {topic.slug for topic in every if topic.kind is topics.TopicKind.PASTIME},
        topics.CLIENTS,
        topics.PRACTISING,
    )


def read(phrases: Sequence[Phrase]) -> Reading:
    return index().read(
        encode_texts([phrase.text for phrase in phrases]),
        [phrase.field.name.lower() for phrase in phrases],
    )


def remembering(
    reader: Callable[[Sequence[Phrase]], Reading],
) -> Callable[[Sequence[Phrase]], Reading]:
    """Return a reader that reads the same phrases once."""
    known: dict[tuple[Phrase, ...], Reading] = {}

    def remembered(phrases: Sequence[Phrase]) -> Reading:
        asked = tuple(phrases)
        if asked not in known:
            known.clear()
            known[asked] = reader(asked)
        return known[asked]

    return remembered
