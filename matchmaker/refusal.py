"""How a rule says no."""


class Refusal(Exception):  # noqa: N818  (a member is refused; nothing went wrong)
    """A rule said no; the message is a sentence for the person who asked."""

    field = ""  # what it is about, where it is one thing that was said


class Unfit(Refusal):
    """A rule said no to one thing that was said, which `field` names."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field
