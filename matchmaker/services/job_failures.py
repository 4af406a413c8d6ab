"""What is due and fails each time: tried again later and later, and then given up."""

import logging
from datetime import datetime, timedelta

from sqlalchemy import delete

from matchmaker.extensions import db
from matchmaker.models import JobFailure

logger = logging.getLogger(__name__)

# After 1, 2, 4, … minutes, which is eight hours and a half in all.
ATTEMPTS = 10
KEPT = timedelta(days=30)


def may_try(job: str, now: datetime) -> bool:
    failure = db.session.get(JobFailure, job)
    return failure is None or (failure.due_at is not None and failure.due_at <= now)


def note(job: str, error: Exception, now: datetime) -> None:
    """Count an attempt that failed, and put off the next, or give up."""
    failure = db.session.get(JobFailure, job)
    if failure is None:
        failure = JobFailure(job=job, attempts=0)
        db.session.add(failure)
    failure.attempts += 1
    failure.problem = type(error).__name__
    failure.failed_at = now
    failure.due_at = now + timedelta(minutes=2 ** (failure.attempts - 1))
    if failure.attempts >= ATTEMPTS:
        failure.due_at = None
        logger.error("%s was given up after %s attempts.", job, ATTEMPTS)


def forget(job: str) -> None:
    """Forget the failures of what has been done after all."""
    failure = db.session.get(JobFailure, job)
    if failure is not None:
        db.session.delete(failure)


def tidy(now: datetime) -> None:
    """Forget what was given up, or stopped being due, long ago."""
    old = JobFailure.failed_at < now - KEPT
    db.session.execute(delete(JobFailure).where(old))
