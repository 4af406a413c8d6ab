from flask_wtf.file import FileField
from wtforms import RadioField, SelectChoice, SelectField, StringField
from wtforms.validators import Length, Optional

from matchmaker.blueprints.forms import Form

DRAFTS, AT_ONCE = "drafts", "publish"


class SourceForm(Form):
    url = StringField(
        "Its address",
        description="It begins with https:// or webcal://. Meetup, Luma and Google "
        "Calendar each have one, under “subscribe” or “secret address in iCal format”. "
        "We read it every hour.",
        validators=[Length(max=2000, message="That is too long for an address.")],
        render_kw={"type": "url", "autocomplete": "off", "inputmode": "url"},
    )
    file = FileField(
        "Or a file",
        description="Its name ends with .ics. It is read once.",
        render_kw={"accept": ".ics,text/calendar"},
    )
    name = StringField(
        "What you call it",
        description="Left empty, it is called what it calls itself.",
        validators=[Length(max=80, message="Choose a name of at most 80 characters.")],
    )
    group_id = SelectField(
        "Whose events are they?", coerce=int, validators=[Optional()]
    )
    publishes = RadioField(
        "When something new is in it",
        choices=[
            SelectChoice(
                DRAFTS,
                "It waits as a draft",
                render_kw={"help": "You look at it, and publish it."},
            ),
            SelectChoice(
                AT_ONCE,
                "It is published at once",
                render_kw={"help": "Members see it within the hour."},
            ),
        ],
        default=DRAFTS,
    )


class FileForm(Form):
    file = FileField(
        "A newer file",
        description="Exported from the same calendar. You see first what would change.",
        render_kw={"accept": ".ics,text/calendar"},
    )
