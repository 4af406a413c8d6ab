from wtforms import BooleanField, StringField
from wtforms.validators import DataRequired, Length

from matchmaker.blueprints.forms import Form


class WalkInForm(Form):
    """Somebody who is not on the list; the page fills in the space's name."""

    name = StringField(
        "Name",
        validators=[DataRequired("Write down the name first."), Length(max=60)],
        render_kw={"autocomplete": "off", "autocapitalize": "words"},
    )
    email = StringField(
        "Address",
        validators=[
            DataRequired("Write down an address, such as ana@example.org."),
            Length(max=254),
        ],
        render_kw={"type": "email", "autocomplete": "off"},
    )
    invite = BooleanField(
        "They would like an invitation by e-mail",
        description="Without it we do not write to them.",
    )
