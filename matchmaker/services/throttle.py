"""How often something may be tried, counted in the database: the same in every process.

Each bucket holds so many tries and gets one back at an interval (GCRA, a leaky bucket
that needs one timestamp). A try counts in several buckets at once. What succeeds is given
back, so that only failures count; it is taken first, because of many tries at once each
would see an empty bucket.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.dialects import postgresql, sqlite

from matchmaker.extensions import db, keyed_hash
from matchmaker.models import Throttle
from matchmaker.refusal import TooMany


@dataclass(frozen=True)
class Bucket:
    """So many tries of a kind, and how long until one of them is forgotten."""

    kind: str
    tries: int
    interval: timedelta

    def of(self, *subject: object) -> "Claim":
        """Return the bucket of one account, address or the like."""
        return Claim(self, keyed_hash(self.kind, *map(str, subject)))


@dataclass(frozen=True)
class Claim:
    bucket: Bucket
    key: str


def take(claims: Iterable[Claim], now: datetime) -> None:
    """Count a try in every bucket; raise `TooMany`, counting none, if one is full."""
    after = {}
    # Always in one order: of two who lock in another each would wait for the other.
    for claim in sorted(claims, key=lambda claim: claim.key):
        row = _locked(claim.key, now)
        after[row] = max(row.clear_at, now) + claim.bucket.interval
        wait = after[row] - now - claim.bucket.tries * claim.bucket.interval
        if wait > timedelta():
            raise TooMany(wait)
    for row, clear_at in after.items():
        row.clear_at = clear_at


def give_back(claims: Iterable[Claim], now: datetime) -> None:
    """Forget a try that was no failure."""
    for claim in sorted(claims, key=lambda claim: claim.key):
        row = _locked(claim.key, now)
        row.clear_at = max(row.clear_at - claim.bucket.interval, now)


def prune(now: datetime) -> None:
    """Delete the buckets in which nothing counts any more."""
    db.session.execute(delete(Throttle).where(Throttle.clear_at <= now))


def _locked(key: str, now: datetime) -> Throttle:
    is_sqlite = db.engine.dialect.name == "sqlite"
    insert = sqlite.insert if is_sqlite else postgresql.insert
    new = insert(Throttle).values(key=key, clear_at=now)
    db.session.execute(new.on_conflict_do_nothing())
    return db.session.get_one(
        Throttle, key, with_for_update=True, populate_existing=True
    )
