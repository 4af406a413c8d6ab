from collections.abc import Iterator

import click

from matchmaker.cli.command import Commands, in_space, print_table
from matchmaker.models import utcnow
from matchmaker.services import learning
from matchmaker.services import spaces as space_service
from matchmaker.services.learning import Estimate, Question, Report

matching = Commands("matching", help="How well the engine does.")


@matching.command("evaluate")
@in_space
def evaluate(slug: str) -> None:
    """Say what the space's past introductions can and cannot tell."""
    space = space_service.find(slug)
    report = learning.evaluate(space, utcnow())
    click.echo(
        f"{space.name}: {report.introductions:,} closed introductions, "
        f"{report.known:,} of {report.decisions:,} sides told what came of them, "
        f"{report.blocks:,} blocks were drawn at random.\n"
    )
    rows = list(_figures(report))
    if rows:
        print_table(("", "the words alone", "what was learnt", "difference"), rows)
        click.echo()
    for question, asked in _QUESTIONS.items():
        click.echo(f"{asked} {_answer(report, question)}")
    click.echo()
    click.echo(
        "The next round uses what was learnt."
        if report.use_learned
        else "The next round goes by the words alone."
    )


_QUESTIONS = {
    Question.RANKING: "Does what was learnt tell good pairs from others better?",
    Question.CALIBRATION: "Are the probabilities what they say?",
    Question.VALUE: "Would both sides value more of the introductions it chooses?",
    Question.CONTROL: "Is the best plan worth more than chance?",
}


def _answer(report: Report, question: Question) -> str:
    if report.can_say[question]:
        return "This can be said, see above."
    more = report.more[question]
    what = {
        Question.VALUE: "introductions drawn at random",
        Question.CONTROL: "introductions drawn for the control",
    }.get(question, "answers about what came of an introduction")
    return f"Nothing can be said yet: it takes about {more:,} more {what}."


def _figures(report: Report) -> Iterator[tuple[str, str, str, str]]:
    if ranking := report.ranking:
        yield (
            "tells pairs apart (AUC, pair-specific)",
            _estimate(ranking.cold.interaction),
            _estimate(ranking.learned.interaction),
            _estimate(ranking.gained),
        )
        yield (
            "tells rows apart (AUC, pooled)",
            _estimate(ranking.cold.pooled),
            _estimate(ranking.learned.pooled),
            "",
        )
    if calibration := report.calibration:
        cold, learned = calibration.cold, calibration.learned
        yield "calibration error", f"{cold:.3f}", f"{learned:.3f}", ""
    if value := report.value:
        yield (
            "both would value it (self-normalised)",
            _estimate(value.cold.snips),
            _estimate(value.learned.snips),
            _estimate(value.gained),
        )
    if arms := report.arms:
        yield (
            "both valued it: best plan, control",
            _estimate(arms.best),
            _estimate(arms.control),
            _estimate(arms.gained),
        )


def _estimate(estimate: Estimate) -> str:
    return f"{estimate.value:.3f} ({estimate.low:.3f} to {estimate.high:.3f})"
