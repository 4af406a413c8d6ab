from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

import click

from matchmaker.cli.command import (
    DRY_RUN,
    Commands,
    dry_run,
    finish,
    in_space,
    print_table,
)
from matchmaker.mail.reasons import gain_sentence
from matchmaker.models import Introduction, Round, utcnow
from matchmaker.services import rounds as round_service
from matchmaker.services import spaces as space_service

F = TypeVar("F", bound=Callable[..., Any])

rounds = Commands("rounds", help="Who is introduced to whom.")

for_week = click.option(
    "--week", metavar="2026-W48", help="An ISO week; this week by default."
)


def _pairs(name: str, help_: str) -> Callable[[F], F]:
    return click.option(
        name,
        name.strip("-") + "s",
        nargs=2,
        multiple=True,
        metavar="EMAIL EMAIL",
        help=help_,
    )


@rounds.command("run")
@in_space
@for_week
@_pairs("--pin", "Introduce these two, if no rule forbids it. May be repeated.")
@_pairs("--veto", "Do not introduce these two this week. May be repeated.")
@dry_run
def run(
    slug: str,
    week: str | None,
    pins: Sequence[tuple[str, str]],
    vetos: Sequence[tuple[str, str]],
    dry_run: bool,
) -> None:
    """Introduce everybody who is due, and write their letters."""
    now = utcnow()
    space = space_service.find(slug)
    round_ = round_service.run(
        space,
        week or round_service.this_week(space, now),
        now,
        pins=_ids(pins),
        vetoes=_ids(vetos),
    )
    lines = list(_describe(round_))
    finish(dry_run)
    for line in lines:
        click.echo(line)
    if dry_run:
        click.echo(f"\n{DRY_RUN}")


@rounds.command("rule-costs")
@in_space
@for_week
def rule_costs(slug: str, week: str | None) -> None:
    """Say what each rule costs this week: the round again, without it."""
    now = utcnow()
    space = space_service.find(slug)
    costs = round_service.rule_costs(
        space, week or round_service.this_week(space, now), now
    )
    rows = [
        (cost.rule, f"{cost.gain:+.2f}", f"{cost.people:+d}")
        for cost in sorted(costs, key=lambda cost: (-cost.people, -cost.gain))
    ]
    print_table(("without the rule", "gain", "people introduced"), rows)
    click.echo(
        "\nGain: the sum over all introductions of what the side that gains least gains."
    )


def _ids(pairs: Sequence[tuple[str, str]]) -> list[frozenset[int]]:
    return [
        frozenset(space_service.find_member(email).id for email in pair)
        for pair in pairs
    ]


def _describe(round_: Round) -> Iterable[str]:
    yield f"{round_.space.name}, {round_.week}"
    for introduction in sorted(round_.introductions, key=lambda each: -each.value):
        yield ""
        yield from _describe_introduction(introduction)
    yield ""
    yield f"{len(round_.introductions)} introductions"
    yield f"value {round_.value:.3f}, bound {round_.bound:.3f}, gap {round_.gap:.2%}"
    if round_.is_optimal:
        yield "No other choice of pairs is worth more: the pairing is exact."
    if round_.left_out:
        yield f"\n{len(round_.left_out)} left out"
        for left_out in round_.left_out:
            yield f"  {left_out.member.name}: {left_out.why.value}"


def _describe_introduction(introduction: Introduction) -> Iterable[str]:
    names = " · ".join(member.name for member in introduction.members)
    yield f"{introduction.value:.3f}  {names} ({introduction.kind.value})"
    for side in introduction.sides:
        for gain in side.gains:
            yield f"       {gain_sentence(gain, side, viewer=None)}"
