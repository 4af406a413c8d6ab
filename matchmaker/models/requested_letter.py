from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from matchmaker.models.base import Base


class RequestedLetter(Base):
    """A letter that anybody could ask for, by typing in an e-mail address."""

    __tablename__ = "requested_letter"

    id: Mapped[int] = mapped_column(primary_key=True)
    # The mailbox, and where it was asked for, as keyed hashes.
    mailbox: Mapped[str] = mapped_column(String(64), index=True)
    source: Mapped[str] = mapped_column(String(64), index=True)
    # Whether the mailbox had been confirmed to be its owner's.
    was_confirmed: Mapped[bool]
    created_at: Mapped[datetime] = mapped_column(index=True)
