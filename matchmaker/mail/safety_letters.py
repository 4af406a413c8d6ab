"""Letters about people's safety. They name nobody: mailboxes are shared and previewed."""

from datetime import datetime

from matchmaker.extensions import db
from matchmaker.mail import outbox
from matchmaker.mail.compose import Composed, compose
from matchmaker.mail.kinds import composes
from matchmaker.mail.links import absolute
from matchmaker.models import Letter, Member, SafetyReport, Space


def report_came_in(reader: Member, report: SafetyReport, now: datetime) -> Letter:
    """Tell an organiser that there is a report to read."""
    return outbox.post(
        "report_came_in",
        reader,
        now,
        cause=f"report{report.id}.member{reader.id}",
        details={
            "space": report.space_id,
            "is_about_somebody": report.reported_id is not None,
        },
    )


@composes("report_came_in")
def _report_came_in(letter: Letter, _now: datetime) -> Composed:
    space = db.session.get_one(Space, letter.details["space"])
    return compose(
        "report_came_in",
        f"There’s a report for you to read at {space.name}",
        "It’s on the organisers’ page.",
        member=letter.member,
        space=space,
        is_about_somebody=letter.details["is_about_somebody"],
        url=absolute("organiser.reports", slug=space.slug),
    )
