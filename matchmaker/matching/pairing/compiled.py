"""Loops over edges, compiled by numba. Importing this needs the extra `scale`."""

from collections.abc import Callable
from typing import TypeVar, cast

import numba

Loop = TypeVar("Loop", bound=Callable[..., object])


def compiled(loop: Loop) -> Loop:
    """Compiled at its first call and kept on disk; runs without the interpreter's lock."""
    return cast("Loop", numba.njit(cache=True, nogil=True)(loop))
