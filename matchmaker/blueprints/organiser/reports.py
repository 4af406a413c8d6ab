"""What members have reported. Organisers don't see those that concern themselves."""

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required
from wtforms import TextAreaField
from wtforms.validators import Length

from matchmaker.blueprints.edit_form import EditForm
from matchmaker.blueprints.organiser.finding import bp
from matchmaker.blueprints.viewer import organised_or_404, viewer
from matchmaker.extensions import db, lock
from matchmaker.models import SafetyReport, Space, utcnow
from matchmaker.queries.safety import find_report
from matchmaker.services import reports as service


class NotesForm(EditForm):
    notes = TextAreaField(
        "What was done?",
        description="Whom you talked to, what you agreed on. Only organisers read it.",
        validators=[Length(max=service.LONGEST)],
        render_kw={"rows": 3},
    )


@bp.get("/reports")
@login_required
def reports(slug: str) -> ResponseReturnValue:
    return _page(organised_or_404(slug))


@bp.post("/reports/<int:report_id>")
@login_required
def report(slug: str, report_id: int) -> ResponseReturnValue:
    """Write down what was done about a report, close it, or open it again."""
    space = organised_or_404(slug)
    found = find_report(space, viewer(), report_id) or abort(404)
    lock(found)
    form = NotesForm(obj=found)
    act = request.form.get("act")
    if act == "reopen":
        service.reopen(found, utcnow())
        flash("It’s open again, and the two are kept apart.")
    elif not form.validate():
        return _page(space, found, form), 422
    else:
        service.note(found, form.notes.data or "")
        if act == "close":
            service.close(found, viewer(), utcnow())
        flash("The report is closed." if act == "close" else "Saved.")
    db.session.commit()
    return redirect(url_for(".reports", slug=slug))


def _page(
    space: Space, wrong: SafetyReport | None = None, form: NotesForm | None = None
) -> str:
    """All reports, each with its own form; `form` is that of the one that was `wrong`."""
    found = service.of_space(space, viewer())
    forms = {
        each.id: form if form and each is wrong else NotesForm(formdata=None, obj=each)
        for each in found
    }
    for id_, each_form in forms.items():
        each_form.notes.id = f"notes-{id_}"
    return render_template(
        "organiser/reports.html", organised=space, reports=found, forms=forms
    )
