from wtforms import TextAreaField
from wtforms.validators import Length

from matchmaker.blueprints.edit_form import EditForm


class NoteForm(EditForm):
    """What one tells the host; the people one met stand beside it on the page."""

    note = TextAreaField(
        "Anything you would like to tell the host",
        description="Without your name, and only together with what others say.",
        validators=[Length(max=2000)],
        render_kw={"rows": 3},
    )
