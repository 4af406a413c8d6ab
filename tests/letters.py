"""Letters as they would be read: they are written when they are sent, and not before."""

from datetime import datetime
from functools import cached_property
from types import ModuleType
from typing import Any

from matchmaker.mail import sending
from matchmaker.mail.compose import Composed
from matchmaker.models import Letter

_SAID = {"subject", "text", "html", "calendar", "headers"}


class Read:
    """A letter's row, and what it says."""

    def __init__(self, letter: Letter, now: datetime | None) -> None:
        self.letter, self.now = letter, now or letter.made_at

    @cached_property
    def said(self) -> Composed:
        return sending.composed(self.letter, self.now)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.said if name in _SAID else self.letter, name)


def read(letter: Letter, now: datetime | None = None) -> Any:
    """Write a letter as if it were sent now, or as soon as it was caused."""
    return Read(letter, now)


class Readable:
    """A module whose functions cause letters: what they give can be read at once."""

    def __init__(self, module: ModuleType) -> None:
        self._module = module

    def __getattr__(self, name: str) -> Any:
        cause = getattr(self._module, name)

        def cause_and_read(*args: Any, **kwargs: Any) -> Any:
            return read(cause(*args, **kwargs))

        return cause_and_read
