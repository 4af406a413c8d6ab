"""Letters about people's safety. They name nobody: mailboxes are shared and previewed."""

from datetime import datetime

from matchmaker.mail import outbox
from matchmaker.mail.compose import compose
from matchmaker.mail.links import absolute
from matchmaker.models import Letter, Member, SafetyReport


def report_came_in(reader: Member, report: SafetyReport, now: datetime) -> Letter:
    """Tell an organiser that there is a report to read."""
    space = report.space
    return outbox.post(
        compose(
            "report_came_in",
            f"There’s a report for you to read at {space.name}",
            "It’s on the organisers’ page.",
            member=reader,
            space=space,
            is_about_somebody=report.reported_id is not None,
            url=absolute("organiser.reports", slug=space.slug),
        ),
        kind="report_came_in",
        cause=f"report{report.id}.member{reader.id}",
        member=reader,
        now=now,
    )
