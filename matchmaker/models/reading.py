import enum

from sqlalchemy import JSON, ForeignKey, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from matchmaker.models.base import Base


class PhraseField(enum.Enum):
    """The part of a profile in which a phrase is written; the value is its column."""

    OFFERS = "offers"
    WANTS = "wants"
    INTERESTS = "interests"
    MENTOR_TOPICS = "mentor_topics"
    MENTEE_TOPICS = "mentee_topics"


class PhraseReading(Base):
    """What the encoders made of a member's phrase, and what the member says it means."""

    __tablename__ = "phrase_reading"

    member_id: Mapped[int] = mapped_column(
        ForeignKey("member.id", ondelete="CASCADE"), primary_key=True
    )
    field: Mapped[PhraseField] = mapped_column(primary_key=True)
    text: Mapped[str] = mapped_column(Text, primary_key=True, index=True)
    # The rows of `TextVectors`, how close they are to each topic that we ship, all in
    # half precision; and the version of the encoders and topics.
    static: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    multilingual: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    closeness: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    read_by: Mapped[str] = mapped_column(String(60))
    # The topics that the member says it is about; []: none of ours. None: not said yet.
    topics: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))
