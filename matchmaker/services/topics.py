"""The topics that phrases are read as: those we ship, and those a space has of its own."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from sqlalchemy import select

from matchmaker.data import topics as shipped
from matchmaker.data.topics import Topic, TopicKind
from matchmaker.extensions import db, lock
from matchmaker.matching.text.encoders import VERSION, TextVectors
from matchmaker.matching.text.topics import TopicIndex, build_index
from matchmaker.models import Space, SpaceTopic
from matchmaker.refusal import Refusal, Unfit
from matchmaker.services import encoding
from matchmaker.text import fold_words

MOST = 100
MOST_SUGGESTED = 8


@dataclass(frozen=True)
class EncodedTopic:
    """A space's topic with the vectors of its texts."""

    id: int
    texts: tuple[str, ...]
    vectors: TextVectors

    def __str__(self) -> str:
        return str(self.id)


def of_space(space: Space) -> dict[str, Topic]:
    """Return the topics of a space by slug."""
    return _shipped_by_slug() | {own.slug: _as_topic(own) for own in own_of(space)}


def index(space: Space) -> TopicIndex:
    """Return the index of a space's topics: ours, and behind them those of its own.

    Topics whose names have yet to be encoded are left out.
    """
    ready = [own for own in own_of(space) if own.encoder == VERSION]
    return shipped_index().extended(
        {
            own.slug: encoding.unpacked([own.static], [own.multilingual])
            for own in ready
        },
        near={own.slug: _known(own.near) for own in ready},
        pastimes={
            own.slug for own in ready if _as_topic(own).kind is TopicKind.PASTIME
        },
    )


def own_of(space: Space) -> Sequence[SpaceTopic]:
    return db.session.scalars(
        select(SpaceTopic)
        .where(SpaceTopic.space_id == space.id)
        .order_by(SpaceTopic.name)
    ).all()


def find_own(space: Space, id_: int) -> SpaceTopic | None:
    return next((own for own in own_of(space) if own.id == id_), None)


def add(
    space: Space, name: str, aliases: Iterable[str], near: Iterable[str], now: datetime
) -> SpaceTopic:
    """Give a space a topic of its own; `near` are names of topics that we ship."""
    lock(space)
    if len(own_of(space)) >= MOST:
        raise Refusal(f"{MOST} topics of your own are the most there can be.")
    own = SpaceTopic(space_id=space.id, created_at=now)
    change(own, name, aliases, near, now)
    db.session.add(own)
    return own


def change(
    own: SpaceTopic,
    name: str,
    aliases: Iterable[str],
    near: Iterable[str],
    now: datetime,
) -> None:
    space = db.session.get_one(Space, own.space_id)
    name = " ".join(name.split())
    if shipped_as := _find_shipped(name):
        called = _shipped_by_slug()[shipped_as].name
        raise Unfit("name", f"We know “{name}” already, as {called}.")
    if any(_same(name, other.name) for other in own_of(space) if other.id != own.id):
        raise Unfit("name", f"You have a topic “{name}” already.")
    own.near = [_slug_of(each) for each in near]
    own.name, own.aliases = name, [" ".join(each.split()) for each in aliases]
    own.encoder = ""
    encoding.request(now, f"topics-{space.id}")


def remove(own: SpaceTopic) -> None:
    """What members said of it no longer counts; their phrases are read by themselves."""
    db.session.delete(own)


def suggest(words: str) -> list[str]:
    """Return names of shipped topics of which a word begins so, in any language."""
    wanted = fold_words(words)
    if not wanted:
        return []
    found = [
        (not searched.startswith(f"|{wanted}"), name)
        for name, searched in _searched()
        if f"|{wanted}" in searched or f" {wanted}" in searched
    ]
    return [name for _, name in sorted(found)[:MOST_SUGGESTED]]


def names(slugs: Iterable[str]) -> list[str]:
    """Return what shipped topics are called."""
    return [_shipped_by_slug()[slug].name for slug in _known(slugs)]


def unread() -> list[tuple[int, tuple[str, ...]]]:
    """Return the topics of spaces that these encoders have not read, with their texts."""
    topics = select(SpaceTopic).where(SpaceTopic.encoder != VERSION)
    return [(own.id, own.texts) for own in db.session.scalars(topics)]


def encode_own(id_: int, texts: tuple[str, ...]) -> EncodedTopic:
    """Encode a topic's texts; it needs no database."""
    return EncodedTopic(id_, texts, encoding.encoded(texts))


def keep(read: EncodedTopic, _now: datetime) -> None:
    """Keep a topic's vectors, unless it has changed meanwhile."""
    own = db.session.get(SpaceTopic, read.id)
    if own is None or own.texts != read.texts:
        return
    own.static = encoding.pack(read.vectors.static)
    own.multilingual = encoding.pack(read.vectors.multilingual)
    own.encoder = VERSION


def _as_topic(own: SpaceTopic) -> Topic:
    """A topic of its own is of the kind of the first one it is near."""
    near = _known(own.near)
    kind = _shipped_by_slug()[near[0]].kind if near else TopicKind.SKILL
    return Topic(own.slug, kind, frozenset(near), {"en": own.texts})


def _known(slugs: Iterable[str]) -> list[str]:
    """Those that we still ship."""
    return [slug for slug in slugs if slug in _shipped_by_slug()]


def _slug_of(name: str) -> str:
    found = _find_shipped(name)
    if found is None:
        raise Unfit("near", f"“{name}” is none of our topics. Choose from the list.")
    return found


def _find_shipped(words: str) -> str | None:
    """Return the topic that is called so, or else one that can be said so."""
    wanted = f"|{fold_words(words)}|"
    found = [
        (not searched.startswith(wanted), topic.slug)
        for topic, (_, searched) in zip(shipped.everything(), _searched(), strict=True)
        if wanted in searched
    ]
    return min(found)[1] if found else None


def _same(name: str, other: str) -> bool:
    return fold_words(name) == fold_words(other)


@cache
def _searched() -> list[tuple[str, str]]:
    """What each topic is called, and every way to say it, of which its name is first."""
    return [
        (topic.name, f"|{'|'.join(map(fold_words, topic.aliases))}|")
        for topic in shipped.everything()
    ]


@cache
def _shipped_by_slug() -> dict[str, Topic]:
    return {topic.slug: topic for topic in shipped.everything()}


@cache
def version() -> str:
    """Name the encoders and the topics that we ship: what others have read is read
    again."""
    topics = json.dumps([(t.slug, *t.aliases) for t in shipped.everything()])
    digest = hashlib.blake2b(f"{VERSION}{topics}".encode(), digest_size=12)
    return digest.hexdigest()


@cache
def shipped_index() -> TopicIndex:
    """Return the index of the topics that we ship, for every space."""
    everything = shipped.everything()
    return build_index(
        aliases={topic.slug: topic.aliases for topic in everything},
        near={topic.slug: topic.near for topic in everything},
        pastimes={t.slug for t in everything if t.kind is TopicKind.PASTIME},
        clients=shipped.CLIENTS,
        languages=shipped.PRACTISING,
    )
