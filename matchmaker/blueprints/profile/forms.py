from typing import Any

from wtforms import (
    RadioField,
    SelectChoice,
    SelectMultipleField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import (
    DataRequired,
    InputRequired,
    Length,
    NumberRange,
    Optional,
)
from wtforms.widgets import CheckboxInput, ListWidget

from matchmaker.blueprints.edit_form import EditForm
from matchmaker.blueprints.fields import PhrasesField, SmallNumberField
from matchmaker.blueprints.forms import Form
from matchmaker.data import industries
from matchmaker.models import Choosiness, DayPart, Format
from matchmaker.names import safe_name
from matchmaker.refusal import Refusal
from matchmaker.services.profiles import language_names


class ChecksField(SelectMultipleField):
    """Any number of choices, each a box to tick."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


def _is_name(_form: Form, field: StringField) -> None:
    if field.data and field.data.strip() and not safe_name(field.data):
        raise ValidationError("Write a name, without links or e-mail addresses.")


class PlacesField(SmallNumberField):
    """How many places there are; who has none yet is offered one."""

    def process(
        self, formdata: Any, data: Any = None, extra_filters: Any = None
    ) -> None:
        super().process(formdata, data or 1, extra_filters)


class AboutForm(EditForm):
    """Who you are."""

    name = StringField(
        "Your name",
        validators=[DataRequired("Tell us your name."), Length(max=60), _is_name],
        render_kw={"autocomplete": "name"},
    )
    preferred_name = StringField(
        "What shall we call you?",
        description="As in “Hello Vera”. Leave it empty and we take it from your name.",
        validators=[Length(max=30), _is_name],
        render_kw={"autocomplete": "nickname"},
    )
    headline = StringField(
        "What you do, in a line",
        description="As you would say it over coffee: “I design small, quick websites”.",
        validators=[DataRequired("A few words are enough."), Length(max=90)],
    )
    company = StringField(
        "Company",
        description="Leave it empty if you work for yourself. We never introduce colleagues.",
        validators=[Length(max=80)],
        render_kw={"autocomplete": "organization"},
    )
    # What was typed, and the class that was chosen from the suggestions.
    industry_query = StringField(
        "Industry",
        description="Type a word such as software, food or law, and choose.",
        validators=[Length(max=120)],
    )
    industry = StringField()
    years = SmallNumberField(
        "Years of experience",
        validators=[Optional(), NumberRange(0, 80, "A number from 0 to 80.")],
        render_kw={"inputmode": "numeric"},
    )
    bio = TextAreaField(
        "A little more about you",
        description="Two or three sentences that somebody would enjoy reading.",
        validators=[Length(max=2000)],
        render_kw={"rows": 4},
    )

    def validate_industry_query(self, field: StringField) -> None:
        """Without scripts the words typed choose the industry that they find first."""
        typed = (field.data or "").strip()
        if field.errors:
            return
        if not typed:
            self.industry.data = ""
            return
        chosen = industries.get(self.industry.data or "")
        if chosen and chosen.label == typed:
            return
        found = industries.search(typed, 1)
        if not found:
            raise ValidationError(
                "We found no industry for that. Try a plainer word, or leave it empty."
            )
        self.industry.data = found[0].code
        field.data = found[0].label


def _phrases(label: str, help_: str) -> PhrasesField:
    return PhrasesField(
        label,
        description=help_,
        render_kw={"rows": 3},
    )


class ExchangeForm(EditForm):
    """What you offer and what you want."""

    offers = _phrases(
        "What could somebody come to you for?",
        "Skills, tools, people you know, things you have been through. Enter after each.",
    )
    wants = _phrases(
        "What would help you now?",
        "What you would ask a room full of helpful people. Enter after each.",
    )
    interests = _phrases(
        "What do you like, work or not?",
        "Topics you could talk about for an hour. Enter after each.",
    )

    def validate_offers(self, field: PhrasesField) -> None:
        if not field.data:
            raise ValidationError(
                "Name one thing; most people know more than they think."
            )

    def validate_wants(self, field: PhrasesField) -> None:
        if not field.data:
            raise ValidationError("Name one thing, however small.")


YES, NO = "yes", "no"


class MeetingForm(EditForm):
    """How you like to meet."""

    introductions = RadioField(
        "Shall we introduce you to people?",
        choices=[
            SelectChoice(YES, "Yes, introduce me"),
            SelectChoice(NO, "Not now"),
        ],
        validators=[InputRequired("Choose one; you can change it whenever you like.")],
    )
    cadence_weeks = RadioField(
        "How often?",
        choices=[
            SelectChoice(1, "Every week"),
            SelectChoice(2, "Every other week"),
            SelectChoice(4, "Once a month"),
        ],
        coerce=int,
        default=1,
    )
    per_round = RadioField(
        "How many people at a time?",
        choices=[
            SelectChoice(1, "One"),
            SelectChoice(2, "Up to two"),
            SelectChoice(3, "Up to three"),
        ],
        coerce=int,
        default=1,
    )
    choosiness = RadioField(
        "Who is worth an introduction?",
        description="The more you leave open, the more often we find somebody.",
        choices=[
            SelectChoice(Choosiness.HELP, "Only people I can help or who can help me"),
            SelectChoice(
                Choosiness.COMMON,
                "Also people with something real in common",
            ),
            SelectChoice(Choosiness.ANYONE, "Anyone here I haven’t met"),
        ],
        coerce=Choosiness,
        default=Choosiness.COMMON,
    )
    unlike = RadioField(
        "Whom would you rather meet?",
        description="A leaning, not a rule: who can help you comes first.",
        choices=[
            SelectChoice(-1, "People much like me"),
            SelectChoice(0, "Either"),
            SelectChoice(1, "People quite unlike me"),
        ],
        coerce=int,
        default=0,
    )
    languages = _phrases(
        "Which languages do you like to talk in?",
        "Such as English or Nederlands. Leave it empty if any will do.",
    )
    formats = ChecksField(
        "How do you like to meet?",
        description="Leave all empty if any of them will do.",
        choices=[
            SelectChoice(Format.COFFEE.value, "A coffee"),
            SelectChoice(Format.WALK.value, "A walk"),
            SelectChoice(Format.LUNCH.value, "Lunch"),
            SelectChoice(Format.ONLINE.value, "Online"),
        ],
    )
    times = ChecksField(
        "When does it suit you?",
        description="Leave all empty if any time will do.",
        choices=[
            SelectChoice(DayPart.MORNING.value, "Mornings"),
            SelectChoice(DayPart.LUNCH.value, "Lunchtimes"),
            SelectChoice(DayPart.AFTERNOON.value, "Afternoons"),
            SelectChoice(DayPart.EVENING.value, "Early evenings"),
        ],
    )
    mentor_topics = _phrases(
        "Would you mentor somebody? In what?",
        "Leave it empty if not.",
    )
    mentor_places = PlacesField(
        "How many would you mentor at a time?",
        default=1,
        validators=[Optional(), NumberRange(1, 5, "A number from 1 to 5.")],
        render_kw={"inputmode": "numeric"},
    )
    mentee_topics = _phrases(
        "Would you like a mentor? In what?",
        "Somebody who has done what you are trying to do. Leave it empty if not.",
    )

    def validate_languages(self, field: PhrasesField) -> None:
        try:
            language_names(field.data)
        except Refusal as refusal:
            raise ValidationError(str(refusal)) from None
