from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from matchmaker.models.base import Base


class JobFailure(Base):
    """Something that is due and has failed each time it was tried."""

    __tablename__ = "job_failure"

    job: Mapped[str] = mapped_column(String(200), primary_key=True)
    attempts: Mapped[int]
    # What kind of error it was, without its words, which may hold personal data.
    problem: Mapped[str] = mapped_column(String(200))
    # When it is tried next; never, once it has been given up.
    due_at: Mapped[datetime | None]
    failed_at: Mapped[datetime]
