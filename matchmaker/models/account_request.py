import enum
from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from matchmaker.models.base import Base


class Wanted(enum.Enum):
    """What letter somebody who typed in an e-mail address asks for."""

    ACCOUNT = "account"
    CONFIRMATION = "confirmation"
    RESET = "reset"


class AccountRequest(Base):
    """Somebody asked for a letter. Whether there is an account, a job finds out."""

    __tablename__ = "account_request"

    id: Mapped[int] = mapped_column(primary_key=True)
    wanted: Mapped[Wanted]
    email: Mapped[str] = mapped_column(String(254))
    # The event's page to which the letter leads back.
    back: Mapped[str] = mapped_column(String(100))
    # Where it was asked for, as a keyed hash.
    source: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]
