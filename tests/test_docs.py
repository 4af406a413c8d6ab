"""What is written beside the code says what the code is."""

import re
import tomllib
from importlib.metadata import entry_points
from pathlib import Path

import click
import pytest

DECISIONS = Path("docs/decisions")
PAGES = sorted(
    [*Path().glob("*.md"), *Path("docs").glob("*.md"), *DECISIONS.glob("*.md")]
)


def commands():
    """Every command of our own, as it is typed."""
    for point in entry_points(group="flask.commands"):
        if not point.value.startswith("matchmaker."):
            continue
        loaded = point.load()
        names = loaded.commands if isinstance(loaded, click.Group) else [""]
        yield from (f"flask {point.name} {name}".strip() for name in names)


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_every_link_leads_somewhere(page):
    links = re.findall(r"\]\((?!https?:)([^)#]+)\)", page.read_text())

    assert [link for link in links if not (page.parent / link).exists()] == []


def test_decisions_are_numbered_dated_and_listed():
    index = (DECISIONS / "README.md").read_text()
    files = sorted(DECISIONS.glob("0*.md"))

    assert [int(file.name[:4]) for file in files] == list(range(1, len(files) + 1))
    for number, file in enumerate(files, start=1):
        title, _, date, *_ = file.read_text().splitlines()
        assert title.startswith(f"# {number}. ")
        assert re.fullmatch(r"\d{4}-\d{2}-\d{2}", date)
        assert f"[{title.removeprefix(f'# {number}. ')}]({file.name})" in index


def test_every_command_is_in_the_operating_guide():
    guide = Path("docs/operating.md").read_text()

    assert [command for command in commands() if command not in guide] == []


def test_what_the_pages_call_is_there():
    made = re.findall(r"^([a-z-]+):", Path("Makefile").read_text(), re.MULTILINE)
    there = {*commands(), "flask db upgrade", "flask db downgrade"}
    for page in (
        Path("README.md"),
        Path("CONTRIBUTING.md"),
        *Path("docs").glob("*.md"),
    ):
        words = page.read_text()
        assert {*re.findall(r"`make ([a-z-]+)`", words)} <= {*made}, page
        called = {
            " ".join(found)
            for found in re.findall(r"`?(flask) ([a-z]+)(?: ([a-z-]+))?", words)
        }
        ours = {call for call in called if call.split()[1] in {"members", "spaces"}}
        assert ours <= there, page


def test_the_changelog_begins_with_this_version():
    version = tomllib.loads(Path("pyproject.toml").read_text())["project"]["version"]
    released = re.findall(
        r"^## \[(\d[^\]]*)\] - ", Path("CHANGELOG.md").read_text(), re.M
    )

    assert released[0] == version
