"""What must hold whatever it costs: nobody beside somebody they are kept apart from."""

import numpy as np

from matchmaker.matching.arrays import Bools, Float64Array, Ints
from matchmaker.matching.seating.annealing import Objective
from matchmaker.matching.seating.tables import meetings, together


def repair(
    tables: Ints, apart: Bools, objective: Objective, free: range, table_size: int
) -> Ints:
    """The tables with the free rounds repaired; a round that holds already stays as is.

    Whoever sits with somebody they must not sit with stands up, the most conflicted
    first, and takes a free chair elsewhere; failing that, opens a table with somebody
    else who stands, or with somebody from a table of three or more. Nobody stays at a
    table alone: whoever finds no company that is allowed has no table (-1).
    """
    tables = tables.copy()
    counts = meetings(tables)
    for number in free:
        row = tables[number]
        before = together(row)
        alone = (row >= 0) & ~before.any(axis=1)
        if not (before & apart).any() and not alone.any():
            continue
        counts -= before
        row[:] = _repaired(row, apart, objective.another(counts), table_size)
        counts += together(row)
    return tables


def _repaired(row: Ints, apart: Bools, gains: Float64Array, table_size: int) -> Ints:
    members = [np.flatnonzero(row == table).tolist() for table in range(row.max() + 1)]
    standing: list[int] = []
    for table in members:
        while True:
            conflicts = apart[np.ix_(table, table)].sum(axis=1)
            if not conflicts.any() and len(table) != 1:
                break
            standing.append(table.pop(int(conflicts.argmax())))

    seated = True
    while standing and seated:
        seated = False
        for person in standing:
            company = _company(person, members, standing, apart, gains, table_size)
            if company is not None:
                seated = True
                company.append(person)
                standing = [one for one in standing if one not in company]
                break

    result = np.full(len(row), -1, np.int64)
    for number, people in enumerate(members):
        result[people] = number
    return result


def _company(
    person: int,
    members: list[list[int]],
    standing: list[int],
    apart: Bools,
    gains: Float64Array,
    table_size: int,
) -> list[int] | None:
    """The table, among `members`, at which the person may sit best."""
    free = [
        table
        for table in members
        if 1 < len(table) < table_size and not apart[person, table].any()
    ]
    if free:
        return max(free, key=lambda table: float(gains[person, table].sum()))
    others = [one for one in standing if one != person and not apart[person, one]]
    if not others:
        others = [
            one
            for table in members
            if len(table) > 2
            for one in table
            if not apart[person, one]
        ]
    if not others:
        return None
    other = max(others, key=lambda one: float(gains[person, one]))
    for table in members:
        if other in table:
            table.remove(other)
    opened = next((table for table in members if not table), None)
    if opened is None:
        opened = []
        members.append(opened)
    opened.append(other)
    return opened
