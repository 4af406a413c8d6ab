"""What members' phrases mean: their vectors, the topics we read, and the member's word.

Phrases are encoded and compared with the topics in a job, when a profile has changed, or
the encoders or topics have, and what comes of it is kept. So neither a page nor a round
waits for that.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session, undefer
from sqlalchemy.orm.interfaces import ORMOption

from matchmaker.data.topics import Topic
from matchmaker.extensions import db, lock
from matchmaker.matching.arrays import Float32Array, Ints
from matchmaker.matching.text.encoders import TextVectors
from matchmaker.matching.text.topics import Reading, TopicIndex
from matchmaker.models import (
    Member,
    Membership,
    PhraseField,
    PhraseReading,
    Profile,
    Space,
)
from matchmaker.refusal import Refusal
from matchmaker.services import encoding, topics

T = TypeVar("T")

AT_ONCE = 100  # profiles whose phrases are encoded together
_IN_A_QUERY = 10_000  # texts or ids; the databases allow three times as many

# We claim the likeliest topic of a phrase only where it is also close, in standard
# deviations: of nonsense something is likeliest too. And further topics where likely.
MIN_PROBABILITY, MIN_CLOSENESS, MIN_FURTHER = 0.35, 5.0, 0.15
MOST_TOPICS = 3
MOST_OTHERS = 5  # further topics offered to choose from
MOST_CONFIRMED = 5
MOST_GUESSES = MOST_OTHERS + MOST_CONFIRMED


@dataclass(frozen=True)
class Unread:
    """A member whose profile has phrases that have not been read."""

    member_id: int
    texts: tuple[str, ...]


@dataclass(frozen=True)
class Rows:
    """Of texts, a row each: their vectors, and how close they are to the topics that we
    ship."""

    vectors: TextVectors
    closeness: Float32Array

    def __len__(self) -> int:
        return len(self.vectors)

    def __getitem__(self, rows: Ints) -> "Rows":
        return Rows(self.vectors[rows], self.closeness[rows])


@dataclass(frozen=True)
class Encoded:
    """A member's phrases with their rows."""

    member_id: int
    texts: tuple[str, ...]
    rows: Rows

    def __str__(self) -> str:
        return str(self.member_id)


@dataclass(frozen=True)
class Guess:
    topic: Topic
    probability: float  # 1 where the member has said so
    closeness: float = np.inf


@dataclass(frozen=True)
class ReadPhrase:
    """A phrase as we read it, or as the member has said that it is meant."""

    field: PhraseField
    text: str
    topics: tuple[Guess, ...]  # likeliest first; (): we don't know, or none of ours
    others: tuple[Topic, ...]  # the next likeliest
    is_confirmed: bool

    @property
    def slugs(self) -> list[str]:
        return [guess.topic.slug for guess in self.topics]


def request_if_unread(now: datetime) -> None:
    """See to it that what is unread has a job: old profiles, new encoders, a crash."""
    if unread(limit=1) or topics.unread():
        encoding.request(now, "tick")


def unread(after: int = 0, limit: int = AT_ONCE) -> list[Unread]:
    """Return members with unread phrases, by id, the next few after a member."""
    profiles = db.session.scalars(
        select(Profile)
        .where(Profile.read_by != topics.version(), Profile.member_id > after)
        .order_by(Profile.member_id)
        .limit(limit)
    )
    return [_unread(profile) for profile in profiles]


def encode_all(batch: Sequence[Unread]) -> Iterator[Encoded]:
    """Encode the phrases of several members together; it needs no database."""
    all_rows = _read([text for each in batch for text in each.texts])
    start = 0
    for each in batch:
        rows = np.arange(start, start + len(each.texts))
        yield Encoded(each.member_id, each.texts, all_rows[rows])
        start += len(each.texts)


def keep(encoded: Encoded, _now: datetime) -> None:
    """Keep the rows of a member's phrases, and drop those of phrases that are gone.

    What the member has said of a phrase stays, also where they write it with other
    capitals. Where the profile has changed meanwhile,
    its new phrases stay unread.
    """
    profile = db.session.get(Profile, encoded.member_id)
    if profile is None:
        return
    lock(profile)
    rows, version = (
        {text: row for row, text in enumerate(encoded.texts)},
        topics.version(),
    )
    kept = {(r.field, r.text): r for r in _of_member(profile.member_id)}
    said = {(r.field, r.text.casefold()): r.topics for r in kept.values()}
    for field, text in profile.phrases:
        reading = kept.pop((field, text), None)
        if text not in rows or (reading and reading.read_by == version):
            continue
        if reading is None:
            reading = PhraseReading(
                member_id=profile.member_id,
                field=field,
                text=text,
                topics=said.get((field, text.casefold())),
            )
            db.session.add(reading)
        row = encoded.rows[np.array([rows[text]])]
        reading.static = encoding.pack(row.vectors.static)
        reading.multilingual = encoding.pack(row.vectors.multilingual)
        reading.closeness = encoding.pack(row.closeness)
        reading.read_by = version
    for gone in kept.values():
        db.session.delete(gone)
    if all(text in rows for _, text in profile.phrases):
        profile.read_by = version


def refresh(members: Iterable[Member], now: datetime) -> None:
    """Read the phrases of some members here and now, and keep them."""
    for encoded in encode_all([_unread(member.profile) for member in members]):
        keep(encoded, now)


def stored(session: Session, texts: Sequence[str]) -> Rows:
    """Return the rows of some texts, reading only those that nobody's profile has.

    A text gets the same row whether it was stored or not, but for the last digit.
    """
    found: dict[str, tuple[bytes, bytes, bytes]] = {}
    for some in _in_parts([*dict.fromkeys(texts)]):
        rows = session.execute(
            select(
                PhraseReading.text,
                PhraseReading.static,
                PhraseReading.multilingual,
                PhraseReading.closeness,
            ).where(
                PhraseReading.text.in_(some),
                PhraseReading.read_by == topics.version(),
            )
        )
        for text, *blobs in rows:
            found.setdefault(text, (blobs[0], blobs[1], blobs[2]))
    missing = [text for text in dict.fromkeys(texts) if text not in found]
    kept, fresh = _unpacked([*found.values()]), _read(missing)
    row = {text: at for at, text in enumerate([*found, *missing])}
    return Rows(
        TextVectors(
            np.concatenate([kept.vectors.static, fresh.vectors.static]),
            np.concatenate([kept.vectors.multilingual, fresh.vectors.multilingual]),
        ),
        np.concatenate([kept.closeness, fresh.closeness]),
    )[np.array([row[text] for text in texts], np.int64)]


def topics_of(membership: Membership) -> list[ReadPhrase]:
    """Return how each phrase of a member is read in a space, in the order of the page.

    Phrases that no job has read yet are left out.
    """
    profile = membership.member.profile
    rows = {
        (reading.field, reading.text): reading
        for reading in _of_member(profile.member_id, undefer("*"))
        if reading.read_by == topics.version()
    }
    readings = [rows[phrase] for phrase in profile.phrases if phrase in rows]
    if not readings:
        return []
    known = topics.of_space(membership.space)
    index = topics.index(membership.space)
    rows_read = _unpacked([(r.static, r.multilingual, r.closeness) for r in readings])
    read = read_with(index, rows_read, [reading.field.value for reading in readings])
    return [
        _read_phrase(
            reading,
            [
                Guess(known[index.slugs[at]], float(likely[at]), float(close[at]))
                for at in np.argsort(-likely, kind="stable")[:MOST_GUESSES]
            ],
            known,
        )
        for reading, likely, close in zip(
            readings, read.probabilities, read.scores, strict=True
        )
    ]


def confirmed(
    member_ids: Collection[int], space: Space
) -> dict[int, dict[tuple[str, str], frozenset[str]]]:
    """Return what members have said of their phrases, by member, field and text.

    These topics are certain, and the phrase is about no other; an empty set means that
    it is about none of the topics there are. Phrases not spoken of are left out.
    """
    known = topics.of_space(space)
    said: dict[int, dict[tuple[str, str], frozenset[str]]] = {}
    for some in _in_parts([*member_ids]):
        rows = db.session.execute(
            select(
                PhraseReading.member_id,
                PhraseReading.field,
                PhraseReading.text,
                PhraseReading.topics,
            ).where(
                PhraseReading.member_id.in_(some), PhraseReading.topics.is_not(None)
            )
        )
        for member_id, field, text, slugs in rows:
            here = _known_here(slugs or [], known)
            if here is not None:
                said.setdefault(member_id, {})[field.value, text] = frozenset(here)
    return said


def confirm(
    membership: Membership, field: str, text: str, slugs: Sequence[str]
) -> None:
    """Note what the member says a phrase is about; nothing: none of our topics."""
    profile = membership.member.profile
    known = topics.of_space(membership.space)
    lock(profile)
    readings = {(r.field.value, r.text): r for r in _of_member(profile.member_id)}
    reading = readings.get((field, text))
    if reading is None or not {*slugs} <= known.keys():
        raise Refusal("Your profile has changed meanwhile. Have another look.")
    if len({*slugs}) > MOST_CONFIRMED:
        raise Refusal(f"Keep the {MOST_CONFIRMED} topics that say it best.")
    reading.topics = [*dict.fromkeys(slugs)]


def note_seen(profile: Profile, now: datetime) -> None:
    """Ask the member for a look no more."""
    profile.readings_seen_at = now


def wants_a_look(profile: Profile) -> bool:
    """Whether phrases have been read and the member has never looked at how."""
    return (
        profile.readings_seen_at is None
        and profile.read_by == topics.version()
        and bool(profile.phrases)
    )


def read_with(index: TopicIndex, rows: Rows, fields: Sequence[str]) -> Reading:
    """Return what texts are about, by the topics of a space. What was kept of their
    closeness is of those that we ship alone."""
    is_shipped = index is topics.shipped_index()
    return index.read(rows.vectors, fields, rows.closeness if is_shipped else None)


def _read(texts: Sequence[str]) -> Rows:
    """Encode texts and compare them with the topics, as they come back when kept."""
    vectors = encoding.encoded(texts)
    closeness = topics.shipped_index().closeness(vectors)
    return Rows(vectors, encoding.rows_of([encoding.pack(closeness)], _topics()))


def _unpacked(blobs: Sequence[tuple[bytes, bytes, bytes]]) -> Rows:
    return Rows(
        encoding.unpacked([blob[0] for blob in blobs], [blob[1] for blob in blobs]),
        encoding.rows_of([blob[2] for blob in blobs], _topics()),
    )


def _topics() -> int:
    return len(topics.shipped_index().slugs)


def _unread(profile: Profile) -> Unread:
    texts = dict.fromkeys(text for _, text in profile.phrases)
    return Unread(profile.member_id, tuple(texts))


def _read_phrase(
    reading: PhraseReading, guesses: Sequence[Guess], known: dict[str, Topic]
) -> ReadPhrase:
    said = None if reading.topics is None else _known_here(reading.topics, known)
    if said is None:
        ours = [*_claimed(guesses)]
    else:
        ours = [Guess(known[slug], 1.0) for slug in said]
    taken = {guess.topic.slug for guess in ours}
    others = [guess.topic for guess in guesses if guess.topic.slug not in taken]
    return ReadPhrase(
        field=reading.field,
        text=reading.text,
        topics=tuple(ours),
        others=tuple(others[:MOST_OTHERS]),
        is_confirmed=said is not None,
    )


def _claimed(guesses: Sequence[Guess]) -> Iterator[Guess]:
    """Those of the likeliest topics that we dare say: better none than a wrong one."""
    first = guesses[0]
    if first.probability < MIN_PROBABILITY or first.closeness < MIN_CLOSENESS:
        return
    for guess in guesses[:MOST_TOPICS]:
        if guess.probability >= MIN_FURTHER:
            yield guess


def _known_here(slugs: Sequence[str], known: Collection[str]) -> list[str] | None:
    """What of a member's word holds in a space: it may be of another's topics alone."""
    here = [slug for slug in slugs if slug in known]
    return here if here or not slugs else None


def _of_member(member_id: int, *options: ORMOption) -> Sequence[PhraseReading]:
    query = select(PhraseReading).where(PhraseReading.member_id == member_id)
    return db.session.scalars(query.options(*options)).all()


def _in_parts(items: list[T]) -> Iterator[list[T]]:
    for start in range(0, len(items), _IN_A_QUERY):
        yield items[start : start + _IN_A_QUERY]
