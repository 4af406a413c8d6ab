from wtforms import RadioField, SelectChoice, SelectField, StringField, TimeField
from wtforms.validators import InputRequired, Length, NumberRange

from matchmaker.blueprints.fields import SmallNumberField
from matchmaker.blueprints.forms import Form
from matchmaker.services.events.room.present import Who

_WHO = [
    SelectChoice(Who.ARRIVED.value, "Who has arrived"),
    SelectChoice(Who.GOING.value, "Everybody going"),
]


class WhoForm(Form):
    who = RadioField(
        "For whom?",
        choices=_WHO,
        validators=[InputRequired("Choose one of the two.")],
    )


class SeatForm(WhoForm):
    table_size = SmallNumberField(
        "People at a table",
        validators=[
            InputRequired("Say how many sit at a table."),
            NumberRange(2, 12, "Choose between 2 and 12."),
        ],
        render_kw={"min": 2, "max": 12, "inputmode": "numeric"},
    )
    rounds = SmallNumberField(
        "Rounds",
        validators=[
            InputRequired("Say how many rounds there are."),
            NumberRange(1, 20, "Choose between 1 and 20."),
        ],
        render_kw={"min": 1, "max": 20, "inputmode": "numeric"},
    )
    minutes = SmallNumberField(
        "Minutes a round",
        validators=[
            InputRequired("Say how long a round lasts."),
            NumberRange(1, 240, "Choose between 1 and 240."),
        ],
        render_kw={"min": 1, "max": 240, "inputmode": "numeric"},
    )


class HoursForm(Form):
    mentor = SelectField(
        "Mentor", coerce=int, validators=[InputRequired("Choose who it is.")]
    )
    begin = TimeField("From", validators=[InputRequired("Say when they begin.")])
    end = TimeField("Until", validators=[InputRequired("Say when they end.")])
    minutes = SmallNumberField(
        "Minutes each",
        default=20,
        validators=[
            InputRequired("Say how long each lasts."),
            NumberRange(5, 240, "Choose between 5 and 240."),
        ],
        render_kw={"min": 5, "max": 240, "inputmode": "numeric"},
    )


class BookForm(Form):
    topic = StringField(
        "What would you like to talk about?",
        validators=[
            InputRequired("Say it in a few words."),
            Length(max=200, message="Say it in 200 characters at most."),
        ],
    )
