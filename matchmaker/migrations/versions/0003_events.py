"""events, who comes to them, and what happens in the room"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "interest_group",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("space_id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("blurb", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("archived_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["space_id"], ["space.id"], name=op.f("fk_interest_group_space_id_space")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interest_group")),
        sa.UniqueConstraint(
            "space_id", "slug", name=op.f("uq_interest_group_space_id")
        ),
    )
    op.create_table(
        "series",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("space_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("rule", sa.String(length=500), nullable=False),
        sa.Column("timezone", sa.String(length=60), nullable=False),
        sa.Column("starts_at", sa.DateTime(), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["space_id"], ["space.id"], name=op.f("fk_series_space_id_space")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_series")),
        sa.UniqueConstraint("key", name=op.f("uq_series_key")),
    )
    with op.batch_alter_table("series") as batch:
        batch.create_index(batch.f("ix_series_space_id"), ["space_id"], unique=False)

    op.create_table(
        "calendar_source",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("space_id", sa.Integer(), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("publishes", sa.Boolean(), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("read_at", sa.DateTime(), nullable=True),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("pending", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["group_id"],
            ["interest_group.id"],
            name=op.f("fk_calendar_source_group_id_interest_group"),
        ),
        sa.ForeignKeyConstraint(
            ["space_id"], ["space.id"], name=op.f("fk_calendar_source_space_id_space")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_source")),
    )
    with op.batch_alter_table("calendar_source") as batch:
        batch.create_index(
            batch.f("ix_calendar_source_space_id"), ["space_id"], unique=False
        )

    op.create_table(
        "following",
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("is_host", sa.Boolean(), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["group_id"],
            ["interest_group.id"],
            name=op.f("fk_following_group_id_interest_group"),
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("fk_following_member_id_member")
        ),
        sa.PrimaryKeyConstraint("group_id", "member_id", name=op.f("pk_following")),
    )
    with op.batch_alter_table("following") as batch:
        batch.create_index(
            batch.f("ix_following_member_id"), ["member_id"], unique=False
        )

    op.create_table(
        "event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("space_id", sa.Integer(), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=True),
        sa.Column("series_id", sa.Integer(), nullable=True),
        sa.Column("own_fields", sa.JSON(), nullable=False),
        sa.Column("rule_time", sa.DateTime(), nullable=True),
        sa.Column("source_id", sa.Integer(), nullable=True),
        sa.Column("source_uid", sa.String(length=255), nullable=True),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "meetup",
                "talk",
                "workshop",
                "meal",
                "speed networking",
                "mentor hours",
                "other",
                name="eventkind",
                native_enum=False,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column(
            "venue",
            sa.Enum(
                "room", "address", "online", name="venue", native_enum=False, length=20
            ),
            nullable=False,
        ),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("online_url", sa.String(length=500), nullable=False),
        sa.Column("starts_at", sa.DateTime(), nullable=False),
        sa.Column("ends_at", sa.DateTime(), nullable=False),
        sa.Column(
            "visibility",
            sa.Enum(
                "public",
                "space",
                "group",
                "link",
                name="visibility",
                native_enum=False,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("capacity", sa.Integer(), nullable=True),
        sa.Column("guests_each", sa.Integer(), nullable=False),
        sa.Column("rsvp_opens_at", sa.DateTime(), nullable=True),
        sa.Column("rsvp_closes_at", sa.DateTime(), nullable=True),
        sa.Column("needs_approval", sa.Boolean(), nullable=False),
        sa.Column("claim_hours", sa.Integer(), nullable=True),
        sa.Column("questions", sa.JSON(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "draft",
                "published",
                "cancelled",
                name="eventstatus",
                native_enum=False,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("changed_at", sa.DateTime(), nullable=False),
        sa.Column("archived_at", sa.DateTime(), nullable=True),
        sa.Column("notes", sa.Text(), nullable=False),
        sa.CheckConstraint("capacity >= 1", name=op.f("ck_event_capacity")),
        sa.CheckConstraint(
            "claim_hours BETWEEN 1 AND 168", name=op.f("ck_event_claim_hours")
        ),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_event_order")),
        sa.CheckConstraint(
            "guests_each BETWEEN 0 AND 5", name=op.f("ck_event_guests_each")
        ),
        sa.ForeignKeyConstraint(
            ["group_id"],
            ["interest_group.id"],
            name=op.f("fk_event_group_id_interest_group"),
        ),
        sa.ForeignKeyConstraint(
            ["series_id"], ["series.id"], name=op.f("fk_event_series_id_series")
        ),
        sa.ForeignKeyConstraint(
            ["source_id"],
            ["calendar_source.id"],
            name=op.f("fk_event_source_id_calendar_source"),
        ),
        sa.ForeignKeyConstraint(
            ["space_id"], ["space.id"], name=op.f("fk_event_space_id_space")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event")),
        sa.UniqueConstraint("key", name=op.f("uq_event_key")),
        sa.UniqueConstraint("space_id", "source_uid", name=op.f("uq_event_space_id")),
    )
    with op.batch_alter_table("event") as batch:
        batch.create_index(batch.f("ix_event_group_id"), ["group_id"], unique=False)
        batch.create_index(batch.f("ix_event_series_id"), ["series_id"], unique=False)
        batch.create_index(batch.f("ix_event_source_id"), ["source_id"], unique=False)
        batch.create_index(batch.f("ix_event_space_id"), ["space_id"], unique=False)
        batch.create_index(batch.f("ix_event_starts_at"), ["starts_at"], unique=False)

    op.create_table(
        "event_host",
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_event_host_event_id_event")
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("fk_event_host_member_id_member")
        ),
        sa.PrimaryKeyConstraint("event_id", "member_id", name=op.f("pk_event_host")),
    )
    with op.batch_alter_table("event_host") as batch:
        batch.create_index(
            batch.f("ix_event_host_member_id"), ["member_id"], unique=False
        )

    op.create_table(
        "picture",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("is_cover", sa.Boolean(), nullable=False),
        sa.Column("caption", sa.String(length=200), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("webp", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_picture_event_id_event")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_picture")),
    )
    with op.batch_alter_table("picture") as batch:
        batch.create_index(batch.f("ix_picture_event_id"), ["event_id"], unique=False)

    op.create_table(
        "recollection",
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("other_id", sa.Integer(), nullable=False),
        sa.Column("met", sa.Boolean(), nullable=False),
        sa.Column("see_again", sa.Boolean(), nullable=True),
        sa.Column("told_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_recollection_event_id_event")
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("fk_recollection_member_id_member")
        ),
        sa.ForeignKeyConstraint(
            ["other_id"], ["member.id"], name=op.f("fk_recollection_other_id_member")
        ),
        sa.PrimaryKeyConstraint(
            "event_id", "member_id", "other_id", name=op.f("pk_recollection")
        ),
    )
    with op.batch_alter_table("recollection") as batch:
        batch.create_index(
            batch.f("ix_recollection_other_id"), ["other_id"], unique=False
        )

    op.create_table(
        "rsvp",
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "asked",
                "going",
                "waiting",
                "offered",
                "declined",
                name="rsvpstatus",
                native_enum=False,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("guests", sa.Integer(), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("is_shown", sa.Boolean(), nullable=False),
        sa.Column("wants_introductions", sa.Boolean(), nullable=False),
        sa.Column("remind_hours", sa.Integer(), nullable=True),
        sa.Column("wants_messages", sa.Boolean(), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("changed_at", sa.DateTime(), nullable=False),
        sa.Column("offered_until", sa.DateTime(), nullable=True),
        sa.Column("reminded_at", sa.DateTime(), nullable=True),
        sa.Column("checked_in_at", sa.DateTime(), nullable=True),
        sa.Column("door_changed_at", sa.DateTime(), nullable=True),
        sa.Column("is_walk_in", sa.Boolean(), nullable=False),
        sa.Column("asked_at", sa.DateTime(), nullable=True),
        sa.Column(
            "verdict",
            sa.Enum(
                "good",
                "fine",
                "not for me",
                name="verdict",
                native_enum=False,
                length=20,
            ),
            nullable=True,
        ),
        sa.Column("come_again", sa.Boolean(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("told_at", sa.DateTime(), nullable=True),
        sa.CheckConstraint("guests BETWEEN 0 AND 5", name=op.f("ck_rsvp_guests")),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_rsvp_event_id_event")
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("fk_rsvp_member_id_member")
        ),
        sa.PrimaryKeyConstraint("event_id", "member_id", name=op.f("pk_rsvp")),
        sa.UniqueConstraint("event_id", "number", name=op.f("uq_rsvp_event_id")),
    )
    with op.batch_alter_table("rsvp") as batch:
        batch.create_index(batch.f("ix_rsvp_member_id"), ["member_id"], unique=False)

    op.create_table(
        "seating",
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("rounds", sa.Integer(), nullable=False),
        sa.Column("table_size", sa.Integer(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("seed", sa.Integer(), nullable=False),
        sa.Column("repeats", sa.Integer(), nullable=False),
        sa.Column("repeats_bound", sa.Integer(), nullable=False),
        sa.Column("met_before", sa.Integer(), nullable=False),
        sa.Column("benefit", sa.Double(), nullable=False),
        sa.Column("random_benefit", sa.Double(), nullable=False),
        sa.Column("benefit_bound", sa.Double(), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("changed_at", sa.DateTime(), nullable=False),
        sa.Column("round_now", sa.Integer(), nullable=False),
        sa.Column("round_ends_at", sa.DateTime(), nullable=True),
        sa.CheckConstraint(
            "minutes BETWEEN 1 AND 240", name=op.f("ck_seating_minutes")
        ),
        sa.CheckConstraint("rounds BETWEEN 1 AND 20", name=op.f("ck_seating_rounds")),
        sa.CheckConstraint(
            "table_size BETWEEN 2 AND 12", name=op.f("ck_seating_table_size")
        ),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_seating_event_id_event")
        ),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_seating")),
    )
    op.create_table(
        "slot",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("mentor_id", sa.Integer(), nullable=False),
        sa.Column("starts_at", sa.DateTime(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("mentee_id", sa.Integer(), nullable=True),
        sa.Column("topic", sa.String(length=200), nullable=False),
        sa.Column("booked_at", sa.DateTime(), nullable=True),
        sa.CheckConstraint("minutes BETWEEN 5 AND 240", name=op.f("ck_slot_minutes")),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_slot_event_id_event")
        ),
        sa.ForeignKeyConstraint(
            ["mentee_id"], ["member.id"], name=op.f("fk_slot_mentee_id_member")
        ),
        sa.ForeignKeyConstraint(
            ["mentor_id"], ["member.id"], name=op.f("fk_slot_mentor_id_member")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_slot")),
        sa.UniqueConstraint(
            "event_id", "mentor_id", "starts_at", name=op.f("uq_slot_event_id")
        ),
    )
    with op.batch_alter_table("slot") as batch:
        batch.create_index(batch.f("ix_slot_event_id"), ["event_id"], unique=False)
        batch.create_index(batch.f("ix_slot_mentee_id"), ["mentee_id"], unique=False)
        batch.create_index(batch.f("ix_slot_mentor_id"), ["mentor_id"], unique=False)

    op.create_table(
        "timeline_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=True),
        sa.Column("about_id", sa.Integer(), nullable=True),
        sa.Column("what", sa.String(length=30), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_timeline_entry_event_id_event")
        ),
        sa.ForeignKeyConstraint(
            ["member_id"],
            ["member.id"],
            name=op.f("fk_timeline_entry_member_id_member"),
        ),
        sa.ForeignKeyConstraint(
            ["about_id"],
            ["member.id"],
            name=op.f("fk_timeline_entry_about_id_member"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_timeline_entry")),
    )
    with op.batch_alter_table("timeline_entry") as batch:
        batch.create_index(
            batch.f("ix_timeline_entry_event_id"), ["event_id"], unique=False
        )

    op.create_table(
        "seat",
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("table", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["seating.event_id"], name=op.f("fk_seat_event_id_seating")
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("fk_seat_member_id_member")
        ),
        sa.PrimaryKeyConstraint("event_id", "round", "member_id", name=op.f("pk_seat")),
    )
    with op.batch_alter_table("seat") as batch:
        batch.create_index(batch.f("ix_seat_member_id"), ["member_id"], unique=False)

    with op.batch_alter_table("encounter") as batch:
        batch.add_column(sa.Column("event_id", sa.Integer(), nullable=True))
        batch.create_index(batch.f("ix_encounter_event_id"), ["event_id"], unique=False)
        batch.create_unique_constraint(
            batch.f("uq_encounter_event_id"), ["event_id", "first_id", "second_id"]
        )
        batch.create_foreign_key(
            batch.f("fk_encounter_event_id_event"), "event", ["event_id"], ["id"]
        )

    with op.batch_alter_table("letter") as batch:
        batch.add_column(sa.Column("event_id", sa.Integer(), nullable=True))
        batch.create_index(batch.f("ix_letter_event_id"), ["event_id"], unique=False)
        batch.create_foreign_key(
            batch.f("fk_letter_event_id_event"), "event", ["event_id"], ["id"]
        )

    with op.batch_alter_table("member") as batch:
        batch.add_column(
            sa.Column(
                "calendar_version", sa.Integer(), nullable=False, server_default="0"
            )
        )
    with op.batch_alter_table("member") as batch:
        batch.alter_column("calendar_version", server_default=None)

    with op.batch_alter_table("profile") as batch:
        batch.add_column(
            sa.Column(
                "is_hard_to_read",
                sa.Boolean(),
                nullable=False,
                server_default=sa.false(),
            )
        )
    with op.batch_alter_table("profile") as batch:
        batch.alter_column("is_hard_to_read", server_default=None)

    with op.batch_alter_table("round") as batch:
        batch.add_column(sa.Column("event_id", sa.Integer(), nullable=True))
        batch.drop_constraint(batch.f("uq_round_space_id"), type_="unique")
        batch.create_index(batch.f("ix_round_event_id"), ["event_id"], unique=False)
        batch.create_index(
            "uq_round_space_id_week",
            ["space_id", "week"],
            unique=True,
            sqlite_where=sa.text("event_id IS NULL"),
            postgresql_where=sa.text("event_id IS NULL"),
        )
        batch.create_foreign_key(
            batch.f("fk_round_event_id_event"), "event", ["event_id"], ["id"]
        )


def downgrade() -> None:
    with op.batch_alter_table("round") as batch:
        batch.drop_constraint(batch.f("fk_round_event_id_event"), type_="foreignkey")
        batch.drop_index(
            "uq_round_space_id_week",
            sqlite_where=sa.text("event_id IS NULL"),
            postgresql_where=sa.text("event_id IS NULL"),
        )
        batch.drop_index(batch.f("ix_round_event_id"))
        batch.create_unique_constraint(
            batch.f("uq_round_space_id"), ["space_id", "week"]
        )
        batch.drop_column("event_id")

    with op.batch_alter_table("profile") as batch:
        batch.drop_column("is_hard_to_read")

    with op.batch_alter_table("member") as batch:
        batch.drop_column("calendar_version")

    with op.batch_alter_table("letter") as batch:
        batch.drop_constraint(batch.f("fk_letter_event_id_event"), type_="foreignkey")
        batch.drop_index(batch.f("ix_letter_event_id"))
        batch.drop_column("event_id")

    with op.batch_alter_table("encounter") as batch:
        batch.drop_constraint(
            batch.f("fk_encounter_event_id_event"), type_="foreignkey"
        )
        batch.drop_constraint(batch.f("uq_encounter_event_id"), type_="unique")
        batch.drop_index(batch.f("ix_encounter_event_id"))
        batch.drop_column("event_id")

    with op.batch_alter_table("seat") as batch:
        batch.drop_index(batch.f("ix_seat_member_id"))

    op.drop_table("seat")
    with op.batch_alter_table("timeline_entry") as batch:
        batch.drop_index(batch.f("ix_timeline_entry_event_id"))

    op.drop_table("timeline_entry")
    with op.batch_alter_table("slot") as batch:
        batch.drop_index(batch.f("ix_slot_mentor_id"))
        batch.drop_index(batch.f("ix_slot_mentee_id"))
        batch.drop_index(batch.f("ix_slot_event_id"))

    op.drop_table("slot")
    op.drop_table("seating")
    with op.batch_alter_table("rsvp") as batch:
        batch.drop_index(batch.f("ix_rsvp_member_id"))

    op.drop_table("rsvp")
    with op.batch_alter_table("recollection") as batch:
        batch.drop_index(batch.f("ix_recollection_other_id"))

    op.drop_table("recollection")
    with op.batch_alter_table("picture") as batch:
        batch.drop_index(batch.f("ix_picture_event_id"))

    op.drop_table("picture")
    with op.batch_alter_table("event_host") as batch:
        batch.drop_index(batch.f("ix_event_host_member_id"))

    op.drop_table("event_host")
    with op.batch_alter_table("event") as batch:
        batch.drop_index(batch.f("ix_event_starts_at"))
        batch.drop_index(batch.f("ix_event_space_id"))
        batch.drop_index(batch.f("ix_event_source_id"))
        batch.drop_index(batch.f("ix_event_series_id"))
        batch.drop_index(batch.f("ix_event_group_id"))

    op.drop_table("event")
    with op.batch_alter_table("following") as batch:
        batch.drop_index(batch.f("ix_following_member_id"))

    op.drop_table("following")
    with op.batch_alter_table("calendar_source") as batch:
        batch.drop_index(batch.f("ix_calendar_source_space_id"))

    op.drop_table("calendar_source")
    with op.batch_alter_table("series") as batch:
        batch.drop_index(batch.f("ix_series_space_id"))

    op.drop_table("series")
    op.drop_table("interest_group")
