"""How the reader says no: of a whole calendar, or of one entry."""


class Unreadable(Exception):  # noqa: N818  (the file is refused; nothing went wrong)
    """The calendar cannot be read; the message is a sentence for its organiser."""


class Unfit(Exception):  # noqa: N818
    """An entry that is left out, and why; the others come."""
