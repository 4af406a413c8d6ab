"""Form fields of our own."""

import re

from wtforms import IntegerField, TextAreaField
from wtforms.widgets import TextInput


class PhrasesField(TextAreaField):
    """Short phrases, one a line; the page turns them into tags with suggestions."""

    between = "\n"
    ends = r"[\n;]"

    def _value(self) -> str:
        return self.between.join(self.data or [])

    def process_data(self, value: list[str] | None) -> None:
        self.data = list(value or [])

    def process_formdata(self, valuelist: list[str]) -> None:
        phrases = re.split(self.ends, "\n".join(valuelist))
        self.data = [phrase.strip() for phrase in phrases if phrase.strip()]


class WordsField(PhrasesField):
    """A few words in one line, with commas between them."""

    widget = TextInput()
    between = ", "
    ends = r"[\n;,]"


class SmallNumberField(IntegerField):
    """A whole number of a few digits; of hundreds, comparing would fail."""

    def process_formdata(self, valuelist: list[str]) -> None:
        if valuelist and len(valuelist[0]) > 9:
            raise ValueError("That number is too large.")
        super().process_formdata(valuelist)
