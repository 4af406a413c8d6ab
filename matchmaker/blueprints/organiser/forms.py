from wtforms import StringField
from wtforms.validators import InputRequired, Length

from matchmaker.blueprints.forms import Form

_WHO = [InputRequired("Say who: a full name or an e-mail."), Length(max=200)]
_PLAIN = {"autocomplete": "off", "maxlength": 200}


class TogetherForm(Form):
    """Two members to introduce by hand."""

    one = StringField(
        "One", description="Full name or e-mail", validators=_WHO, render_kw=_PLAIN
    )
    other = StringField(
        "The other",
        description="Full name or e-mail",
        validators=_WHO,
        render_kw=_PLAIN,
    )
