"""How a rule says no."""


class Refusal(Exception):  # noqa: N818  (a member is refused; nothing went wrong)
    """A rule said no; the message is a sentence for the person who asked."""
