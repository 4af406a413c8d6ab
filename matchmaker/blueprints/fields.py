"""Form fields of our own."""

import re

from wtforms import IntegerField, TextAreaField


class PhrasesField(TextAreaField):
    """Short phrases, one a line; the page turns them into tags with suggestions."""

    def _value(self) -> str:
        return "\n".join(self.data or [])

    def process_data(self, value: list[str] | None) -> None:
        self.data = list(value or [])

    def process_formdata(self, valuelist: list[str]) -> None:
        lines = re.split(r"[\n;]", "\n".join(valuelist))
        self.data = [line.strip() for line in lines if line.strip()]


class SmallNumberField(IntegerField):
    """A whole number of a few digits; of hundreds, comparing would fail."""

    def process_formdata(self, valuelist: list[str]) -> None:
        if valuelist and len(valuelist[0]) > 9:
            raise ValueError("That number is too large.")
        super().process_formdata(valuelist)
