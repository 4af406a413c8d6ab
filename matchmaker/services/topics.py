"""The topics that phrases are read as: those we ship."""

from functools import cache

from matchmaker.data import topics as shipped
from matchmaker.data.topics import Topic
from matchmaker.matching.text.topics import TopicIndex, build_index
from matchmaker.models import Space


def of_space(_space: Space) -> dict[str, Topic]:
    """Return the topics of a space by slug."""
    return _shipped_by_slug()


def index(_space: Space) -> TopicIndex:
    """Return the index of the topics of a space."""
    return _shipped_index()


@cache
def _shipped_by_slug() -> dict[str, Topic]:
    return {topic.slug: topic for topic in shipped.everything()}


@cache
def _shipped_index() -> TopicIndex:
    everything = shipped.everything()
    return build_index(
        aliases={topic.slug: topic.aliases for topic in everything},
        near={topic.slug: topic.near for topic in everything},
        pastimes={t.slug for t in everything if t.kind is shipped.TopicKind.PASTIME},
    )
