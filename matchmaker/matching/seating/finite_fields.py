"""Finite fields, and rings made of them, as addition and multiplication tables."""

from collections.abc import Iterator
from functools import cache
from itertools import product

import numpy as np

from matchmaker.matching.arrays import Ints


def factors(number: int) -> list[tuple[int, int]]:
    """(prime, exponent) of each prime that divides the number, which is at least 2."""
    found = []
    prime = 2
    while number > 1:
        exponent = 0
        while number % prime == 0:
            number //= prime
            exponent += 1
        if exponent:
            found.append((prime, exponent))
        prime += 1
    return found


@cache
def ring(order: int) -> tuple[Ints, Ints, int]:
    """Addition, multiplication, (order, order), and how many elements 0, 1, 2 … at
    least differ pairwise by something that can be divided by.

    It is the product of one field for each prime in the order, so a field when the
    order is the power of one prime: then the third is the order itself, otherwise
    its smallest prime power (MacNeish 1922).
    """
    orders = [prime**exponent for prime, exponent in factors(order)]
    fields = [_field(*factor) for factor in factors(order)]
    # An element's parts, such that the first elements differ in every part.
    number = np.arange(order)
    parts = [number % size for size in orders]
    code = np.zeros(orders, np.int64)
    code[tuple(parts)] = number
    add, multiply = (
        code[
            tuple(
                field[which][part[:, None], part]
                for field, part in zip(fields, parts, strict=True)
            )
        ]
        for which in (0, 1)
    )
    return add, multiply, min(orders)


def _field(prime: int, exponent: int) -> tuple[Ints, Ints]:
    """GF(prime ** exponent): polynomials, their coefficients the digits of a number.

    Multiplication adds logarithms, to the base x, of a polynomial for which the powers
    of x run through everything but 0.
    """
    order = prime**exponent
    digits = np.array(list(product(range(prime), repeat=exponent)))[:, ::-1]
    scale = prime ** np.arange(exponent)
    add = ((digits[:, None] + digits) % prime) @ scale
    multiply = np.zeros((order, order), np.int64)
    if exponent == 1:
        return add, np.outer(np.arange(order), np.arange(order)) % prime
    powers = next(_generators(prime, exponent)) @ scale
    logarithm = np.zeros(order, np.int64)
    logarithm[powers] = np.arange(order - 1)
    sums = logarithm[1:, None] + logarithm[1:]
    multiply[1:, 1:] = powers[sums % (order - 1)]
    return add, multiply


def _generators(prime: int, exponent: int) -> Iterator[Ints]:
    """The powers of x modulo each polynomial for which they are all different."""
    for tail in product(range(prime), repeat=exponent):  # x ** exponent = this
        reduced = np.array(tail)
        power = np.eye(exponent, dtype=np.int64)[0]
        powers = []
        for _ in range(prime**exponent - 1):
            powers.append(power)
            carried = power[-1]
            power = (np.append(0, power[:-1]) + carried * reduced) % prime
        distinct = {tuple(power.tolist()) for power in powers}
        if len(distinct) == len(powers) and (0,) * exponent not in distinct:
            yield np.array(powers)
