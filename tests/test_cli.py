import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from importlib import import_module
from importlib.metadata import entry_points
from pkgutil import iter_modules

import pytest
from sqlalchemy import event, func, select, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError

from matchmaker import cli
from matchmaker.cli.command import Commands
from matchmaker.cli.trouble import sentence_for
from matchmaker.config import ROOT
from matchmaker.extensions import db
from matchmaker.models import (
    Introduction,
    Letter,
    Member,
    Membership,
    Role,
    Round,
    Space,
)
from tests.conftest import SETTINGS, make_app
from tests.factories import make_invited, make_member, make_space


@pytest.fixture
def space(app):
    space = make_space("mill")
    db.session.commit()
    return space


@pytest.fixture
def run(runner):
    """Run a command on what the test made; nothing but what was committed remains."""

    def run(*args):
        db.session.commit()
        result = runner.invoke(args=[str(arg) for arg in args])
        db.session.rollback()
        db.session.expire_all()
        assert result.exception is None or isinstance(result.exception, SystemExit)
        return result

    return run


@pytest.fixture
def write(tmp_path):
    def write(content):
        path = tmp_path / "members.csv"
        path.write_text(content, encoding="utf-8")
        return path

    return write


def count(model):
    return db.session.scalar(select(func.count()).select_from(model))


def jobs():
    return db.session.scalar(text("SELECT count(*) FROM workflow_status"))


def figures(result):
    """How many rows were added, changed, unchanged, refused."""
    lines = [line.split() for line in result.output.splitlines()[:4]]
    assert [what for _, what in lines] == ["added", "changed", "unchanged", "refused"]
    return [int(figure) for figure, _ in lines]


def two_who_could_meet(space):
    make_member("Ana", space=space, offers=["tax law"], wants=["web design"])
    make_member("Ben", space=space, offers=["web design"], wants=["tax law"])


def test_an_import_says_what_became_of_the_rows(run, space, write):
    path = write("email,name,offers\na@example.org,Ana,\nb@example.org,Ben,\n")

    first = run("members", "import", path, "--space", "mill")
    path = write("email,name,offers\na@example.org,Ana,tax\nb@example.org,Ben,\n")
    second = run("members", "import", path, "--space", "mill")

    assert (first.exit_code, second.exit_code) == (0, 0)
    assert figures(first) == [2, 0, 0, 0]
    assert figures(second) == [0, 1, 1, 0]
    assert count(Member) == count(Letter) == 2


def test_an_import_lists_the_rows_it_refused_and_takes_in_the_others(run, space, write):
    path = write("email,name,years\na@example.org,Ana,3\nben,,x\nc@example.org,Cleo,\n")

    result = run("members", "import", path, "--space", "mill")

    assert result.exit_code == 1
    assert "1 refused" in result.output
    assert "3     name    is empty" in result.output
    assert "3     years   “x” is not a whole number from 0 to 80" in result.output
    assert count(Member) == 2


def test_an_import_reads_other_headings(run, space, write):
    path = write("Where;Full name;Fax\na@example.org;Ana;1\n")
    command = ["members", "import", path, "--space", "mill"]

    refused = run(*command)
    taken = run(*command, "--map", "Where=email")

    assert (refused.exit_code, taken.exit_code) == (2, 0)
    assert refused.stderr.startswith("Error: The file has no column email")
    assert "Read “Where” as email, “Full name” as name." in taken.output
    assert "Left out, as none of ours: “Fax”." in taken.output
    assert count(Member) == 1


def test_a_dry_run_of_an_import_changes_nothing_and_says_so(run, space, write):
    path = write('email,name,offers\na@example.org,Ana,"tax, law"\n')

    result = run("members", "import", path, "--space", "mill", "--dry-run")

    assert result.exit_code == 0
    assert "1 added" in result.output
    assert "dry run" in result.output
    assert "Ana <a@example.org>, offers: tax · law" in result.output
    assert (count(Member), count(Letter), jobs()) == (0, 0, 0)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("", "The file is empty."),
        ("email,name\n", "nobody under it"),
        ("email,jméno\na@example.org,Ana\n", "--map 'Their column=name'"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_whole(
    run, space, write, content, sentence
):
    result = run("members", "import", write(content), "--space", "mill")

    assert result.exit_code == 2
    assert sentence in result.stderr
    assert (result.stdout, count(Member)) == ("", 0)


def test_a_folder_or_no_file_at_all_is_refused(run, space, tmp_path):
    for path, sentence in ((tmp_path, "is a folder"), ("none.csv", "no file none.csv")):
        result = run("members", "import", path, "--space", "mill")

        assert result.exit_code == 2
        assert sentence in result.stderr


def test_an_unknown_space_is_refused_with_those_there_are(run, space, write):
    path = write("email,name\na@example.org,Ana\n")

    result = run("members", "import", path, "--space", "mil")

    assert result.exit_code == 2
    assert result.stderr == "Error: There is no space 'mil'. The spaces are: mill.\n"


def limit_pages(pages):
    """Let the disk be full when the database has so many pages."""

    def limit(connection, _record):
        connection.execute(f"PRAGMA max_page_count = {pages}")

    event.listen(db.engine, "connect", limit)
    db.session.remove()
    db.engine.dispose()
    return limit


@pytest.mark.parametrize("extra", [5, 50, 100])
def test_a_disk_that_fills_up_during_an_import_leaves_nothing_half_done(
    run, space, write, extra
):
    path = write(
        "email,name,bio\n"
        + "".join(f"m{i}@example.org,Member {i},{'x' * 500}\n" for i in range(600))
    )
    pages = db.session.scalar(text("PRAGMA page_count"))
    limit = limit_pages(pages + extra)

    full = run("members", "import", path, "--space", "mill")

    assert full.exit_code == 2
    assert full.stderr == (
        "Error: The disk is full. Make room, then run it again. Nothing was changed.\n"
    )
    assert (count(Member), count(Letter), jobs()) == (0, 0, 0)
    assert db.session.scalar(text("PRAGMA integrity_check")) == "ok"

    event.remove(db.engine, "connect", limit)
    db.session.remove()
    db.engine.dispose()
    again = run("members", "import", path, "--space", "mill")

    assert again.exit_code == 0
    assert count(Member) == 600


def test_a_busy_database_is_named_in_a_sentence(run, space, settings, monkeypatch):
    monkeypatch.setattr("matchmaker.sqlite.PATIENCE_OF_JOBS", 0.05)
    db.session.remove()
    db.engine.dispose()
    other = sqlite3.connect(settings.database_url.removeprefix("sqlite:///"))
    other.execute("BEGIN IMMEDIATE")

    result = run("spaces", "list")
    other.close()

    assert result.exit_code == 2
    assert "The database is busy" in result.stderr


@pytest.fixture(params=[["spaces", "list"], ["db", "upgrade"]], ids=" ".join)
def refused(request):
    """Run a command, and another time the one that makes the tables; give what it says."""

    def refused(url):
        app = make_app(replace(SETTINGS, database_url=str(url)))
        result = app.test_cli_runner().invoke(args=request.param)
        with app.app_context():
            db.engine.dispose()
        assert isinstance(result.exception, SystemExit)
        assert result.exit_code == 2
        assert result.stderr.startswith("Error: ")
        return result.stderr

    return refused


def test_a_database_without_tables_says_how_to_make_them(run):
    db.session.execute(text("DELETE FROM alembic_version"))

    assert "flask db upgrade" in run("spaces", "list").stderr


def test_a_database_that_cannot_be_opened_is_named_in_a_sentence(refused, tmp_path):
    (tmp_path / "text.db").write_text("this is not a database" * 100)

    assert "cannot be opened" in refused(f"sqlite:///{tmp_path}/no/such/folder.db")
    assert "cannot be opened" in refused(f"sqlite:///{tmp_path}")
    assert "is not a database" in refused(f"sqlite:///{tmp_path}/text.db")


def test_a_database_of_a_newer_version_is_left_alone(refused, settings):
    path = settings.database_url.removeprefix("sqlite:///")
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = 'ffff'")
        connection.commit()

    assert "newer Matchmaker" in refused(settings.database_url)


def test_a_database_server_that_says_no_is_named_in_a_sentence(refused, postgres):
    server = make_url(postgres)
    down = "postgresql+psycopg://nobody@127.0.0.1:9/none"
    absent = server.set(database="absent").render_as_string(hide_password=False)
    stranger = server.set(username="stranger").render_as_string(hide_password=False)

    assert "does not answer" in refused(down)
    assert "createdb" in refused(absent)
    assert "does not let us in" in refused(stranger)


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ('FATAL: password authentication failed for user "mill"', "percent-encoded"),
        ('FATAL: no pg_hba.conf entry for host "10.0.0.1"', "does not let us in"),
        ("permission denied for schema public", "own the database"),
        ("attempt to write a readonly database", "may not be written to"),
        ("database disk image is malformed", "latest backup"),
    ],
)
def test_other_troubles_of_a_database_have_their_sentence(said, sentence):
    assert sentence in sentence_for(DBAPIError("SELECT 1", None, Exception(said)))


def test_a_missing_table_says_how_to_make_it(run, space):
    db.session.execute(text("DROP TABLE consent"))
    db.session.execute(text("ALTER TABLE space RENAME TO elsewhere"))

    result = run("spaces", "list")

    assert result.exit_code == 2
    assert "flask db upgrade" in result.stderr


@pytest.mark.parametrize(
    "command",
    ["--help", "--version", "db upgrade --help", "rounds run --help"],
)
def test_help_needs_no_settings(command):
    result = flask(command)

    assert result.returncode == 0
    assert result.stderr == ""
    for group in ("db", "jobs", "members", "rounds") if command == "--help" else ():
        assert f"\n  {group} " in result.stdout


@pytest.mark.parametrize("command", ["spaces list", "db upgrade"])
def test_a_wrong_setting_is_named_in_a_sentence(command):
    result = flask(command, MATCHMAKER_PORT="many")

    assert result.returncode == 2
    assert "MATCHMAKER_PORT is 'many'" in result.stderr
    assert "Traceback" not in result.stderr


def flask(command, **settings):
    return subprocess.run(
        [sys.executable, "-m", "flask", *command.split()],
        cwd=ROOT,
        env={"PATH": ""} | settings,
        capture_output=True,
        text=True,
        check=False,
    )


def test_an_import_that_refused_rows_ends_with_one_and_no_traceback(
    space, settings, write
):
    path = write("email,name\na@example.org,Ana\nben,Ben\n")
    db.session.remove()

    result = flask(
        f"members import {path} --space mill",
        MATCHMAKER_DEMONSTRATION="1",
        MATCHMAKER_SECRET_KEY="k" * 32,
        MATCHMAKER_DATABASE_URL=settings.database_url,
    )

    assert (result.returncode, result.stderr) == (1, "")


def test_every_group_of_commands_is_installed():
    made = {
        group
        for module in iter_modules(cli.__path__)
        for group in vars(import_module(f"matchmaker.cli.{module.name}")).values()
        if isinstance(group, Commands)
    }

    installed = [point.load() for point in entry_points(group="flask.commands")]

    assert made
    assert made.issubset(installed)


@pytest.mark.parametrize("joining", ["invitation", "approval", "open"])
def test_who_may_join_is_said_when_a_space_is_made_and_changed_later(run, joining):
    name = ("--name", "The Mill", "--timezone", "UTC")
    made = run("spaces", "create", "mill", *name, "--joining", joining)
    run("spaces", "create", "loft", *name)
    changed = run("spaces", "set", "loft", "--joining", joining)

    assert (made.exit_code, changed.exit_code) == (0, 0)
    assert run("spaces", "list").output.count(joining) >= 2


def test_a_way_of_joining_that_there_is_not_is_refused(run, space):
    wrong = run("spaces", "set", "mill", "--joining", "anybody")

    assert wrong.exit_code
    assert "invitation" in wrong.stderr
    assert space.joining.value == "open"


def test_a_space_is_made_and_listed(run):
    made = run(
        "spaces", "create", "mill", "--name", "The Mill", "--timezone", "Europe/Lisbon"
    )
    listed = run("spaces", "list")

    assert (made.exit_code, listed.exit_code) == (0, 0)
    assert listed.output == (
        "space  name      time zone      joining\n"
        "mill   The Mill  Europe/Lisbon  invitation\n"
    )


@pytest.mark.parametrize(
    ("slug", "name", "timezone", "sentence"),
    [
        ("The Mill", "The Mill", "UTC", "cannot stand in an address"),
        ("mill", "The Mill", "UTC", "There is a space mill already."),
        ("loft", " ", "UTC", "1 to 80 characters"),
        ("loft", "Loft", "Europe/Lisboa", "did you mean Europe/Lisbon?"),
        ("loft", "Loft", "../../etc/passwd", "is no time zone"),
    ],
)
def test_a_space_that_cannot_be_made_is_refused(
    run, space, slug, name, timezone, sentence
):
    result = run("spaces", "create", slug, "--name", name, "--timezone", timezone)

    assert result.exit_code == 2
    assert sentence in result.stderr
    assert count(Space) == 1


def test_a_member_is_made_organiser_even_before_they_have_joined(run, space):
    ana, ivo = make_member("Ana", space=space), make_invited("Ivo", space=space)

    for member in (ana, ivo):
        result = run(
            "members", "make-organiser", member.email.upper(), "--space", "mill"
        )
        assert result.exit_code == 0

    assert {m.role for m in db.session.scalars(select(Membership))} == {Role.ORGANISER}
    assert not ivo.organises(space)


def test_only_a_member_of_the_space_is_made_organiser(run, space):
    zoe = make_member("Zoe")

    stranger = run("members", "make-organiser", "x@example.org", "--space", "mill")
    outsider = run("members", "make-organiser", zoe.email, "--space", "mill")

    assert "Nobody has an account with x@example.org" in stranger.stderr
    assert "is not a member of The Old Mill" in outsider.stderr


def test_an_operator_has_confirmed_their_address(run):
    ana, ivo = make_member("Ana"), make_member("Ivo", confirmed_at=None)

    assert run("operators", "add", ana.email).exit_code == 0
    refused = run("operators", "add", ivo.email)

    assert (ana.is_operator, ivo.is_operator) == (True, False)
    assert "has not confirmed that address" in refused.stderr


def test_a_round_is_printed_with_its_sentences_and_bound(run, space):
    two_who_could_meet(space)
    make_member("Zoe", space=space, interests=["falconry"])

    result = run("rounds", "run", "--space", "mill", "--week", "2030-W19")

    assert result.exit_code == 0, result.stderr
    assert "Ana · Ben (peers)" in result.output
    assert "Ben can help Ana with" in result.output
    assert "Ana can help Ben with" in result.output
    assert "bound" in result.output
    assert "gap 0.00%" in result.output
    assert "Zoe: " in result.output
    assert (count(Introduction), count(Letter)) == (1, 2)


def test_a_dry_run_of_a_round_changes_nothing_and_says_so(run, space):
    two_who_could_meet(space)

    result = run("rounds", "run", "--space", "mill", "--dry-run")

    assert result.exit_code == 0
    assert "Ana · Ben" in result.output
    assert "dry run" in result.output
    assert (count(Round), count(Letter), jobs()) == (0, 0, 0)


def test_the_second_round_of_a_week_is_refused(run, space):
    two_who_could_meet(space)
    command = ["rounds", "run", "--space", "mill", "--week", "2030-W19"]
    run(*command)

    again = run(*command)

    assert again.exit_code == 2
    assert "has already been run" in again.stderr
    assert (count(Round), count(Letter)) == (1, 2)


@pytest.mark.parametrize("week", ["2026-W54", "next", "2026-48"])
def test_an_unknown_week_is_refused(run, space, week):
    result = run("rounds", "run", "--space", "mill", "--week", week)

    assert result.exit_code == 2
    assert f"{week} is not a week" in result.stderr


def test_made_up_members_are_kept_out_of_a_real_deployment(run):
    result = run("demonstration", "load")

    assert result.exit_code == 2
    assert "MATCHMAKER_DEMONSTRATION=1" in result.stderr
    assert count(Member) == 0


def test_what_the_history_can_say_is_said(run, space):
    result = run("matching", "evaluate", "--space", "mill")

    assert result.exit_code == 0
    assert "0 closed introductions" in result.output
    assert result.output.count("Nothing can be said yet") == 4
    assert "goes by the words alone" in result.output


def test_what_rules_cost_is_printed(run, space):
    for name in ("Ana", "Ben"):
        make_member(
            name,
            space=space,
            offers=["tax advice"],
            wants=["tax advice"],
            profile={"company": "Acme"},
        )

    result = run("rounds", "rule-costs", "--space", "mill")

    assert "colleagues apart" in result.output
    assert "+2" in result.output


def test_a_pair_may_be_pinned_or_vetoed(run, space):
    wishes = {"space": space, "offers": ["tax advice"], "wants": ["tax advice"]}
    ana, ben = make_member("Ana", **wishes), make_member("Ben", **wishes)

    vetoed = run(
        *("rounds", "run", "--space", "mill", "--dry-run"),
        *("--veto", ana.email, ben.email),
    )
    pinned = run(
        *("rounds", "run", "--space", "mill", "--dry-run"),
        *("--pin", ana.email, ben.email),
    )

    assert "0 introductions" in vetoed.output
    assert "1 introductions" in pinned.output
