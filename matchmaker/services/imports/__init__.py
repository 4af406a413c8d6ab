"""Member lists from elsewhere: whoever is on one is invited, not enrolled."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from matchmaker.extensions import db
from matchmaker.mail.names import shortened
from matchmaker.models import Member, Membership, MembershipStatus, Space
from matchmaker.services import encoding, memberships, twins
from matchmaker.services.imports.cells import COLUMNS, read_cells
from matchmaker.services.imports.files import read_file
from matchmaker.services.imports.sheet import RefusedCell, read_mapping, read_sheet

BATCH = 500
SHOWN = 5
_OF_MEMBER = ("name", "preferred_name")


@dataclass
class Report:
    """What became of each row, by the line on which it begins, and how it was read."""

    read: list[str] = field(default_factory=list)  # which column as which of ours
    left_out: list[str] = field(default_factory=list)  # columns
    notes: list[str] = field(default_factory=list)
    preview: list[str] = field(
        default_factory=list
    )  # the first people as they would be
    added: list[int] = field(default_factory=list)
    changed: list[int] = field(default_factory=list)
    unchanged: list[int] = field(default_factory=list)
    refused: list[RefusedCell] = field(default_factory=list)

    @property
    def rows_refused(self) -> int:
        return len({cell.line for cell in self.refused})


@dataclass(frozen=True)
class _Person:
    """A row that can be read: the columns that the file has, in our terms."""

    line: int
    email: str
    columns: dict[str, Any]  # of the member
    profile: dict[str, Any]


def import_members(
    space: Space,
    content: bytes,
    mapping: Mapping[str, str],
    now: datetime,
    *,
    send_invitations: bool = True,
) -> Report:
    """Invite the people in a CSV file; `mapping` says which column of theirs is ours.

    The second time changes nothing. Whoever has joined any space keeps their profile
    as it is, and whoever was suspended or has left stays so.
    """
    report = Report()
    people = _read_people(content, mapping, report)
    for start in range(0, len(people), BATCH):
        batch = people[start : start + BATCH]
        _import_batch(space, batch, report, now, send_invitations=send_invitations)
    if report.added or report.changed:
        encoding.request(now, f"import-{space.id}")
    report.refused.sort(key=lambda cell: cell.line)
    return report


def _read_people(
    content: bytes, mapping: Mapping[str, str], report: Report
) -> list[_Person]:
    sheet = read_sheet(content, mapping)
    report.read, report.left_out = sheet.columns.read, sheet.columns.left_out
    report.notes, report.refused = sheet.notes, sheet.refused
    no_companies: Counter[str] = Counter()
    people: dict[str, _Person] = {}
    for row in sheet.rows:
        values, problems = read_cells(row.cells)
        report.refused += [
            RefusedCell(row.line, column, reason) for column, reason in problems
        ]
        if problems:
            continue
        if (company := row.cells.get("company", "").strip()) and not values["company"]:
            no_companies[company] += 1
        email = values.pop("email")
        columns = {name: values.pop(name) for name in _OF_MEMBER if name in values}
        person = _Person(row.line, email, columns, values)
        first = people.setdefault(person.email, person)
        if first is not person:
            reason = f"{person.email} stands on line {first.line} already"
            report.refused.append(RefusedCell(row.line, "email", reason))
    if no_companies:
        counted = ", ".join(
            f"“{shortened(said, 40)}” ({times})"
            for said, times in no_companies.most_common(10)
        )
        report.notes.append(f"Left empty, as no companies: {counted}.")
    report.preview = [_described(one) for one in islice(people.values(), SHOWN)]
    return list(people.values())


def _described(person: _Person) -> str:
    """Say what somebody would be like: Lena Brandt <lena@…>, offers: web design · law."""
    said = [f"{person.columns['name']} <{person.email}>"]
    for column, value in (person.columns | person.profile).items():
        if column != "name" and value:
            words = " · ".join(value) if isinstance(value, list) else str(value)
            said.append(f"{column}: {shortened(words, 80)}")
    return ", ".join(said)


def _import_batch(
    space: Space,
    people: list[_Person],
    report: Report,
    now: datetime,
    *,
    send_invitations: bool,
) -> None:
    known = {member.email: member for member in _known_members(people)}
    invited = []
    lines: dict[Member, int] = {}
    for person in people:
        member = known.get(person.email)
        before = len(report.added) + len(report.changed)
        if member is None:
            member = Member(email=person.email, made_at=now)
            _update(member, person)
            db.session.add(member)
            invited.append(_new_membership(member, space))
            report.added.append(person.line)
        elif member.membership_in(space) is None and member.active:
            invited.append(_new_membership(member, space))
            report.added.append(person.line)
        elif _is_only_invited(member, space) and _update(member, person):
            report.changed.append(person.line)
        else:
            report.unchanged.append(person.line)
        if member is not None and len(report.added) + len(report.changed) > before:
            lines[member] = person.line
    db.session.flush()
    _note_twins(space, lines, report, now)
    if send_invitations:
        for membership in invited:
            memberships.invite(membership, now)


def _note_twins(
    space: Space, lines: Mapping[Member, int], report: Report, now: datetime
) -> None:
    """Say who looks like somebody who is here already, for an organiser to look at."""
    for found in twins.look(space, now):
        newer = max(found.members, key=lambda member: lines.get(member, 0))
        if newer in lines:
            older = next(each for each in found.members if each is not newer)
            report.notes.append(
                f"Line {lines[newer]}: {newer.name or newer.email} looks like "
                f"{older.name or older.email} ({older.email}), who is here already. "
                "They’re kept apart until an organiser has said, under Possible doubles, "
                "whether they’re one person."
            )


def _known_members(people: list[_Person]) -> Iterator[Member]:
    yield from db.session.scalars(
        select(Member)
        .where(Member.email.in_([person.email for person in people]))
        .options(selectinload(Member.profile), selectinload(Member.memberships))
        .order_by(Member.id)
    )


def _new_membership(member: Member, space: Space) -> Membership:
    membership = Membership(member=member, space=space, status=MembershipStatus.INVITED)
    db.session.add(membership)
    return membership


def _is_only_invited(member: Member, space: Space) -> bool:
    """Whether nobody but this space's list has said anything of the member yet."""
    return (
        member.password is None
        and member.confirmed_at is None
        and member.active
        and all(
            membership.space_id == space.id
            and membership.status is MembershipStatus.INVITED
            for membership in member.memberships
        )
    )


def _update(member: Member, person: _Person) -> bool:
    """Take over what the row says; tell whether that changed anything."""
    changed = False
    for row, columns in ((member, person.columns), (member.profile, person.profile)):
        for column, value in columns.items():
            if getattr(row, column) != value:
                setattr(row, column, value)
                changed = True
    return changed


_COLUMNS_HELP = "\n".join(f"  {name:<14}{what}" for name, what in COLUMNS.items())
HELP = f"""Invite the people in a CSV file or a workbook (.xlsx); nobody is enrolled.

Running it twice changes nothing. Whoever has joined already keeps their own profile.
Rows that cannot be read are listed with their line, and the others go in: the exit
status is 0 if all went in, 1 if some were refused, 2 if the file was.

A line of headings names the columns. The usual ones in English, German, Dutch and French
are known, such as E-Mail-Adresse or Voornaam; others are left out, and the report says so.
`email` and a name must be there:

\b
{_COLUMNS_HELP}

Lists are separated by commas, semicolons or new lines. A CSV file may be in UTF-8, UTF-16 or
Windows-1252, with commas, semicolons, tabs or bars between the cells. Other headings are said
with --map. --dry-run shows the first {SHOWN} people as they would be.
"""

__all__ = [
    "COLUMNS",
    "HELP",
    "RefusedCell",
    "Report",
    "import_members",
    "read_file",
    "read_mapping",
]
