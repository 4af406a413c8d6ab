from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from matchmaker.models.base import Base


class Throttle(Base):
    """How far a bucket of tries is used up. Whose it is stands in it as a keyed hash."""

    __tablename__ = "throttle"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    # When every try in it is forgotten: "theoretical arrival time" in GCRA's terms.
    clear_at: Mapped[datetime] = mapped_column(index=True)
