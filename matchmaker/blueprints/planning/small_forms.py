"""The smaller forms of those who plan: how often, how many more, why not, and the like."""

from typing import ClassVar

from flask_wtf.file import FileField, FileRequired
from wtforms import (
    BooleanField,
    RadioField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from matchmaker.blueprints.edit_form import EditForm
from matchmaker.blueprints.fields import DayField, PhrasesField, SmallNumberField
from matchmaker.blueprints.forms import Form
from matchmaker.services.events.planning.pictures import CAPTION_LENGTH
from matchmaker.services.events.planning.recurrence import MOST
from matchmaker.services.events.planning.repeats import Choice, Repeat
from matchmaker.services.events.planning.series import Scope

_WHOLE = {"inputmode": "numeric"}


class RepeatForm(Form):
    """How often it takes place, in plain choices or by a rule of one's own."""

    says: ClassVar = {"rule": "own_rule"}

    repeat = SelectField(
        "Does it repeat?",
        choices=[
            SelectChoice(Repeat.NEVER.value, "It takes place once"),
            SelectChoice(Repeat.WEEKLY.value, "Every week"),
            SelectChoice(Repeat.FORTNIGHTLY.value, "Every two weeks"),
            SelectChoice(
                Repeat.SAME_WEEKDAY.value,
                "Every month, on the same weekday (such as the second Tuesday)",
            ),
            SelectChoice(
                Repeat.LAST_WEEKDAY.value, "Every month, on the last such weekday"
            ),
            SelectChoice(Repeat.SAME_DAY.value, "Every month, on the same day"),
            SelectChoice(Repeat.OWN.value, "By a rule of your own"),
        ],
        coerce=Repeat,
        default=Repeat.NEVER,
    )
    weekdays = SelectMultipleField(
        "On which days?",
        description="None chosen: on the weekday of the first.",
        choices=[
            SelectChoice(number, name)
            for number, name in enumerate(
                ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
            )
        ],
        coerce=int,
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    own_rule = StringField(
        "The rule",
        description="As calendars write it: FREQ=MONTHLY;BYDAY=1MO,3MO",
        validators=[Length(max=300)],
        render_kw={"autocomplete": "off", "autocapitalize": "characters"},
    )
    count = SmallNumberField(
        "How many times",
        description=f"At most {MOST}, within two years. It can be made longer later.",
        validators=[Optional(), NumberRange(2, MOST, f"From 2 to {MOST}.")],
        render_kw=_WHOLE,
    )
    until = DayField("Or until", validators=[Optional()])

    @property
    def choice(self) -> Choice:
        return Choice(
            self.repeat.data,
            self.weekdays.data or (),
            self.count.data,
            self.until.data,
            self.own_rule.data or "",
        )


class ExtendForm(Form):
    times = SmallNumberField(
        "How many more?",
        default=10,
        validators=[InputRequired("Say how many."), NumberRange(1, MOST)],
        render_kw=_WHOLE,
    )


class CancelForm(Form):
    words = TextAreaField(
        "A few words to those who signed up",
        description="Why it is off, and what comes instead. They read it in the letter, "
        "and whoever sees the event reads it on its page.",
        validators=[Length(max=2000)],
        render_kw={"rows": 4},
    )
    scope = RadioField(
        "Cancel which of them?",
        choices=[
            SelectChoice(Scope.ONE.value, "This one"),
            SelectChoice(Scope.FOLLOWING.value, "This and the following"),
            SelectChoice(Scope.ALL.value, "All to come"),
        ],
        default=Scope.ONE,
        coerce=Scope,
    )


class GroupPictureForm(Form):
    picture = FileField(
        "Picture",
        description="JPEG, PNG or WebP, up to 8 MB. We make it smaller, and remove what it "
        "says about where it was taken.",
        validators=[FileRequired("Choose a picture first.")],
        render_kw={"accept": "image/jpeg,image/png,image/webp,image/gif"},
    )
    caption = StringField(
        "What does it show?",
        description="For those who cannot see it.",
        validators=[Length(max=CAPTION_LENGTH)],
    )


class PictureForm(GroupPictureForm):
    is_cover = BooleanField("Show it at the top of the event, and in lists")
    for_series = BooleanField(
        "And on the others of the series that have no picture", default=True
    )


class CaptionForm(EditForm):
    caption = StringField("What does it show?", validators=[Length(max=CAPTION_LENGTH)])


class NotesForm(EditForm):
    notes = TextAreaField(
        "How was it?",
        description="Shown on the event's page with the pictures. Markdown works. Name "
        "only those who would like to be named.",
        validators=[Length(max=10_000)],
        render_kw={"rows": 5},
    )


class GroupForm(EditForm):
    name = StringField(
        "Name of the group",
        validators=[Length(max=80)],
        render_kw={"autocomplete": "off"},
    )
    blurb = TextAreaField(
        "What is it about, and for whom?",
        description="Two or three sentences. Markdown works.",
        validators=[Length(max=5000)],
        render_kw={"rows": 4},
    )
    hosts = PhrasesField(
        "Hosts",
        description="They make and run the group's events. One name to a line.",
        longest=160,
        render_kw={"rows": 2},
    )


class HostForm(Form):
    """Its choices are those who follow the group."""

    member = SelectField(
        "One more host",
        description="Of those who follow the group. They make and run its events as you "
        "do, and its page names them.",
        coerce=int,
    )
