"""Seating for an event: rounds of tables, nobody twice with the same, few changes.

seating = seat(benefit, rounds=6, table_size=5)
seating = reseat(seating, benefit, 5, from_round=2, absent=[3, 17])
"""

from matchmaker.matching.seating.bounds import repeats_bound
from matchmaker.matching.seating.seat import reseat, seat
from matchmaker.matching.seating.tables import Seating, table_sizes

__all__ = ["Seating", "repeats_bound", "reseat", "seat", "table_sizes"]
