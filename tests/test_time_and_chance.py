"""Time and chance come in as arguments: only the edges ask for either."""

import ast
from pathlib import Path

import pytest

# Where a request, a command, a job or a library's call begins.
EDGES = (
    "blueprints/",
    "cli/",
    "jobs.py",
    "logs.py",
    "sqlite.py",
    "mail/account_letters.py",
)
# Keys and defaults: chance that must not be repeatable, and the time a row is made.
KEYS = {
    "config.py",
    "mail/installation.py",
    "models/api_key.py",
    "models/base.py",
    "models/event.py",
    "models/member.py",
    "services/accounts.py",
    "services/sessions.py",
}
ASKING = {
    "utcnow",
    "datetime.now",
    "datetime.today",
    "date.today",
    "time.time",
    "time.monotonic",
    "random.random",
    "random.choice",
    "random.shuffle",
    "uuid.uuid4",
    "secrets.token_urlsafe",
    "secrets.token_hex",
}


def asks_of(source: str) -> set[str]:
    """The clocks and dice that some code asks."""
    calls = [
        node.func for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)
    ]
    names = {ast.unparse(call) for call in calls}
    unseeded = {
        ast.unparse(node.func)
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call)
        and ast.unparse(node.func).endswith(("default_rng", "random.Random"))
        and not node.args
    }
    return (names & ASKING) | unseeded


def inner_files() -> list[Path]:
    package = Path("matchmaker")
    return [
        path
        for path in sorted(package.rglob("*.py"))
        if not str(path.relative_to(package)).startswith(EDGES)
        and str(path.relative_to(package)) not in KEYS
    ]


@pytest.mark.parametrize("path", inner_files(), ids=str)
def test_nothing_within_asks_for_the_clock_or_rolls_dice(path):
    assert asks_of(path.read_text()) == set()


@pytest.mark.parametrize(
    "source",
    [
        "now = utcnow()",
        "datetime.now(UTC)",
        "np.random.default_rng()",
        "random.choice(x)",
    ],
)
def test_code_that_asks_is_noticed(source):
    assert asks_of(source)


def test_a_seeded_generator_is_no_chance():
    assert asks_of("np.random.default_rng(seed)") == set()
