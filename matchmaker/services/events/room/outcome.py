"""What tables have come to, as one who runs the event reads it.

A table's number is the same for everybody, or people would look for a table that is not
there. So where a reader sees nobody of a table, its number is missing in their plan and
on their paper. In a plan just made that would prove that a block parts them from all who
sit there, since it has no holes: so such tables have the last numbers (`seating.make`).
Afterwards a hole proves nothing: tables mended for fewer people have holes of their own.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from matchmaker.matching.seating import repeats_bound
from matchmaker.matching.seating.tables import meetings
from matchmaker.models import Event
from matchmaker.services.events.room import table_terms


@dataclass(frozen=True)
class Outcome:
    """Counted over those whom the reader sees at the tables: never over somebody from
    whom a block parts them, or the sum would differ from the names beside it.

    `repeats_bound` knows of nobody who is kept apart: with them it would prove that
    somebody is, and the tables would tell who. What all is worth beside chance is not
    counted anew: it is a sum of scores that no page shows, over more pairs than one.
    Without two at one table it would say that there are others, so it is not told then.
    """

    repeats: int
    repeats_bound: int
    met_before: int
    has_company: bool  # whether any two sit together


def of(event: Event, seats: Iterable[tuple[int, int, int]]) -> Outcome:
    """Of these seats: the round, the table, and the number of the member."""
    seen = list(seats)
    ids = sorted({member_id for _, _, member_id in seen})
    rank = {member_id: place for place, member_id in enumerate(ids)}
    tables = np.full((max((number for number, _, _ in seen), default=0), len(ids)), -1)
    for number, table, member_id in seen:
        tables[number - 1, rank[member_id]] = table
    times = np.triu(meetings(tables), 1)
    known = table_terms.known(event, rank)
    return Outcome(
        repeats=int(np.maximum(0, times - 1).sum()),
        repeats_bound=repeats_bound(tables, np.zeros_like(known)),
        met_before=int((known & (times > 0)).sum()),
        has_company=bool((times > 0).any()),
    )
