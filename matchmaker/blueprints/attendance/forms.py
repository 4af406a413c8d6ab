from wtforms import RadioField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length, NumberRange, Optional

from matchmaker.blueprints.edit_form import EditForm
from matchmaker.blueprints.fields import SmallNumberField
from matchmaker.blueprints.forms import Form
from matchmaker.services.events.running.messages import To


class CapacityForm(EditForm):
    capacity = SmallNumberField(
        "How many people can come",
        description="Guests included. Leave it empty for as many as come.",
        validators=[
            Optional(),
            NumberRange(1, 100_000, "Choose a number from 1 to 100,000."),
        ],
        render_kw={"min": 1, "inputmode": "numeric"},
    )


class MessageForm(Form):
    """Its choices say how many each is for, so the page fills them in."""

    to = RadioField("Who is it for?", coerce=To, default=To.GOING)
    subject = StringField(
        "Subject",
        description="The name of the event is put behind it.",
        filters=[lambda words: " ".join((words or "").split())],
        validators=[
            DataRequired("Say in a few words what it is about."),
            Length(max=60, message="At most 60 letters, or mail programs cut it off."),
        ],
        render_kw={"maxlength": 60, "autocomplete": "off"},
    )
    words = TextAreaField(
        "Message",
        description="Plain text; an empty line begins a new paragraph. When, where and "
        "the buttons to say that they cannot come are added below it.",
        filters=[lambda words: (words or "").strip()],
        validators=[
            DataRequired("Write what you want to say."),
            Length(max=5000, message="At most 5,000 letters: nobody reads on."),
        ],
        render_kw={"rows": 8, "maxlength": 5000},
    )
