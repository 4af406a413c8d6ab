"""The import contracts hold, and each is seen to fail when it is broken."""

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
BREACHES = {
    "Imports point one way": (
        "matchmaker/models/space.py",
        "from matchmaker.services import rounds",
    ),
    "The engine is pure": ("matchmaker/matching/types.py", "import flask"),
    "Only services ask the engine": (
        "matchmaker/mail/brief.py",
        "from matchmaker.matching import propose",
    ),
    "The reader of strangers' calendars stands alone": (
        "matchmaker/services/events/calendars/ics/reader.py",
        "from matchmaker.mail import names",
    ),
    "Services and queries know no web": (
        "matchmaker/services/safety.py",
        "import flask_login",
    ),
    "Only queries know who has blocked who": (
        "matchmaker/blueprints/pages/routes.py",
        "from matchmaker.models.block import Block",
    ),
    "Pages leave reading to queries": (
        "matchmaker/blueprints/events/routes.py",
        "from sqlalchemy import select",
    ),
    "Blueprints do not import each other": (
        "matchmaker/blueprints/pages/routes.py",
        "from matchmaker.blueprints.people import routes",
    ),
}


def lint(folder: Path) -> str:
    done = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        env={"PYTHONPATH": str(folder), "PATH": "/usr/bin:/bin"},
    )
    return done.stdout


@pytest.mark.parametrize(("contract", "breach"), BREACHES.items(), ids=BREACHES)
def test_a_breach_of_a_contract_is_noticed(contract, breach, tmp_path):
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    shutil.copytree(
        ROOT / "matchmaker",
        tmp_path / "matchmaker",
        ignore=shutil.ignore_patterns("static", "*.csv", "*.json", "__pycache__"),
    )
    path, line = breach
    source = (tmp_path / path).read_text()
    (tmp_path / path).write_text(f"{source}\n{line}\n")

    assert f"{contract} BROKEN" in lint(tmp_path)


def test_every_contract_has_its_breach():
    with (ROOT / "pyproject.toml").open("rb") as file:
        contracts = tomllib.load(file)["tool"]["importlinter"]["contracts"]

    assert {contract["name"] for contract in contracts} == set(BREACHES)
