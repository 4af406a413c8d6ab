"""How a rule says no."""

from datetime import timedelta
from math import ceil


class Refusal(Exception):  # noqa: N818  (a member is refused; nothing went wrong)
    """A rule said no; the message is a sentence for the person who asked."""

    field = ""  # what it is about, where it is one thing that was said


class TooMany(Refusal):
    """Something was tried too often; the sentence says when to try again."""

    def __init__(self, wait: timedelta) -> None:
        self.seconds = max(1, ceil(wait.total_seconds()))
        minutes = ceil(self.seconds / 60)
        when = f"{minutes} minutes" if minutes > 1 else "a minute"
        super().__init__(f"That was too many tries. Try again in {when}.")


class Unfit(Refusal):
    """A rule said no to one thing that was said, which `field` names."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field
