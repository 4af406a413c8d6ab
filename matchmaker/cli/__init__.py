"""What the operator runs: each command finds, calls one service, commits and prints."""

from flask import Flask

from matchmaker.cli.deployment import demonstration, jobs
from matchmaker.cli.letters import letters
from matchmaker.cli.matching import matching
from matchmaker.cli.members import members
from matchmaker.cli.rounds import rounds
from matchmaker.cli.spaces import operators, spaces


def register(app: Flask) -> None:
    for group in (
        members,
        spaces,
        operators,
        rounds,
        matching,
        letters,
        jobs,
        demonstration,
    ):
        app.cli.add_command(group)
