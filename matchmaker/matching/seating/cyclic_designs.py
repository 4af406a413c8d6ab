"""Rounds made of one round, turned.

Put people on circles of m and leave a few fixed; draw up one round such that no
distance around the circles (and no meeting of a fixed one with a circle) occurs twice;
turn the circles by one place m times. Then nobody meets anybody twice (Kirkman 1847,
Anstice 1852). With tables of two that is the round robin. The first rounds below were
found by `python benchmarks/seating.py turned`, depth first.
"""

from string import ascii_letters, digits

import numpy as np

from matchmaker.matching.arrays import Ints

_PEOPLE = digits + ascii_letters  # one sign each; first those on circles

# (people, table size): how long a circle is, and the first round table by table.
_FIRST: dict[tuple[int, int], tuple[int, str]] = {
    (15, 3): (7, "ed6c0487a3592b1"),
    (18, 3): (7, "ed6fc0g48hb179a325"),
    (21, 3): (9, "ic1jd4k8e75a632hg0f9b"),
    (24, 3): (11, "mc1nd8gf7l90eikh4a5bj326"),
    (24, 4): (7, "lc1gmdf6n49h8k7a532bi0ej"),
    (28, 4): (9, "r79n3cf24p1lj05imgobe86dhakq"),
    (30, 3): (14, "s4itp2o83fekc6hlbn7r50dagj19mq"),
    (30, 5): (6, "4irp8o2fj03h9tbecsk7l65ngmd1aq"),
    (33, 3): (15, "urcvodw1f8gs9m6b2anjh4p0lk3eqit75"),
    (36, 3): (17, "yo2zq8gfcp9sbi6tum4wrjnh3x1ev5dl7ak0"),
    (36, 4): (10, "urc1vod9w8gsxb6ky2pizq7afe5hmnjt4l03"),
    (39, 3): (19, "CniuAqes0dlkrm78ovzjg9a6Bc14xp3f5htb2yw"),
    (40, 4): (11, "x3bqy5vlz2ncAp9dB8jrC6oiDaug1e70fmhkt4ws"),
    (42, 3): (19, "Co2DqgEw9FvfptAxi6b38yk14d0rualecj7s5zBhnm"),
    (44, 4): (12, "A8gvB4oeC7kpDf6sEc0xF3wiG9nyH1rjqzbudthml5a2"),
    (48, 4): (13, "D8AgE4vkF7spGucdH6ftI3ewJo5BKqi1Lxlb0a92jmnhCyrz"),
}


def cyclic_design(people: int, table_size: int) -> Ints:
    """As many rounds as a circle has places, (rounds, people) table numbers.

    (0, people) where no first round is known. The fixed ones have the last ranks.
    """
    if table_size == 2 and people % 2 == 0:
        circle = people - 1
        order = [0, circle]
        for distance in range(1, people // 2):
            order += [distance, circle - distance]
    elif (people, table_size) in _FIRST:
        circle, signs = _FIRST[people, table_size]
        order = [_PEOPLE.index(sign) for sign in signs]
    else:
        return np.zeros((0, people), np.int64)
    first = np.empty(people, np.int64)
    first[order] = np.arange(people) // table_size
    turning = people // circle * circle
    rounds = np.tile(first, (circle, 1))
    for turn, row in enumerate(rounds):
        row[:turning] = np.roll(first[:turning].reshape(-1, circle), turn, 1).ravel()
    return rounds
