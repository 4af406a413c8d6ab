from wtforms import DateField, StringField
from wtforms.validators import InputRequired, Length

from matchmaker.blueprints.forms import Form
from matchmaker.services.joining import LONGEST


class PauseForm(Form):
    until = DateField(
        "No introductions before",
        description="On that day they go on by themselves.",
        validators=[InputRequired("Choose the day on which they go on.")],
    )


class AskForm(Form):
    name = StringField(
        "Your name",
        validators=[InputRequired("Write your name."), Length(max=60)],
        render_kw={"autocomplete": "name", "maxlength": 60},
    )
    words = StringField(
        "What brings you here?",
        description="A line for the organisers, such as who you know or what you do.",
        validators=[
            InputRequired("Say in a line what brings you here."),
            Length(max=LONGEST),
        ],
        render_kw={"maxlength": LONGEST},
    )
