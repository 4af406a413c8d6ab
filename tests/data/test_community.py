import csv
import re
import runpy
import tomllib
import zoneinfo
from collections import Counter
from pathlib import Path

import pytest

from matchmaker.data import industries, skills

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "matchmaker" / "data" / "demonstration"
COLUMNS = (
    "email,name,headline,company,industry,years,bio,offers,wants,interests,"
    "mentor_topics,mentor_places,mentee_topics,formats,times,languages"
)
# Words that say nothing of the matter a phrase is about.
SMALL = {"and", "for", "from", "how", "one", "that", "the", "who", "with", "your"}


@pytest.fixture(scope="module")
def members():
    with (FOLDER / "members.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _phrases(cell):
    return cell.split(";") if cell else []


def _subjects(phrase):
    words = re.findall(r"[a-z]{3,}", phrase.casefold())
    return {word[:6] for word in words if word not in SMALL}


def test_the_generator_makes_the_same_file_again():
    community = runpy.run_path(str(ROOT / "tools" / "make_community.py"))["community"]

    assert community() == (FOLDER / "members.csv").read_text(encoding="utf-8")


def test_the_columns_are_those_of_the_import():
    lines = (FOLDER / "members.csv").read_text(encoding="utf-8").splitlines()

    assert lines[0] == COLUMNS


def test_there_are_three_hundred_different_people(members):
    assert len(members) == 300
    assert len({member["email"] for member in members}) == 300
    assert len({member["name"] for member in members}) == 300


def test_every_address_belongs_to_nobody(members):
    for member in members:
        assert re.fullmatch(r"[a-z.]+@example\.(org|com)", member["email"])


def test_every_industry_is_a_class_of_the_standard(members):
    assert all(industries.get(member["industry"]) for member in members)


def test_everything_keeps_within_its_bounds(members):
    for member in members:
        assert 0 <= int(member["years"]) <= 35
        assert 0 < len(member["name"]) <= 60
        assert 0 < len(member["headline"]) <= 90
        assert len(member["bio"]) <= 400
        assert set(_phrases(member["formats"])) <= {"coffee", "walk", "lunch", "online"}
        times = {"morning", "lunch", "afternoon", "evening"}
        assert set(_phrases(member["times"])) <= times
        assert all(
            re.fullmatch("[a-z]{2}", code) for code in _phrases(member["languages"])
        )


def test_everybody_offers_and_wants_a_few_things(members):
    for member in members:
        for column in ("offers", "wants", "interests"):
            phrases = _phrases(member[column])
            assert 1 <= len(phrases) <= 6
            assert all(0 < len(phrase) <= 80 for phrase in phrases)
        assert not set(_phrases(member["offers"])) & set(_phrases(member["wants"]))


def test_mentors_have_places_and_years_behind_them(members):
    mentors = [member for member in members if member["mentor_topics"]]

    assert 0.10 <= len(mentors) / len(members) <= 0.16
    for member in members:
        assert bool(member["mentor_topics"]) == (member["mentor_places"] in "123")
    assert all(int(mentor["years"]) >= 9 for mentor in mentors)


def test_about_one_in_seven_looks_for_a_mentor(members):
    mentees = [member for member in members if member["mentee_topics"]]

    assert 0.12 <= len(mentees) / len(members) <= 0.18


def test_nobody_tells_another_persons_story(members):
    told = Counter(member["bio"] for member in members if member["bio"])
    sentences = Counter(
        sentence
        for member in members
        for sentence in re.split(r"(?<=[.?!]) ", member["bio"])
    )

    assert max(told.values()) == 1
    assert max(sentences.values()) <= 3


def test_most_wants_are_offered_by_somebody_else(members):
    offers = [
        [(skills.canonical(phrase), _subjects(phrase)) for phrase in phrases]
        for phrases in (_phrases(member["offers"]) for member in members)
    ]
    met = [
        any(
            name == skills.canonical(want) or subjects & _subjects(want)
            for number, theirs in enumerate(offers)
            if number != mine
            for name, subjects in theirs
        )
        for mine, member in enumerate(members)
        for want in _phrases(member["wants"])
    ]

    assert 0.85 < sum(met) / len(met) < 1  # a few cases are hard on purpose


def test_ana_and_ben_can_help_each_other(members):
    ana = members[0]
    ben = next(member for member in members if member["name"].startswith("Ben "))

    for giver, taker in ((ana, ben), (ben, ana)):
        assert set(_phrases(giver["offers"])) & set(_phrases(taker["wants"]))


def test_some_companies_have_several_members(members):
    sizes = Counter(member["company"] for member in members if member["company"])

    assert sum(size >= 2 for size in sizes.values()) >= 10
    assert max(sizes.values()) <= 6


def test_the_space_has_a_clock_and_a_name():
    space = tomllib.loads((FOLDER / "space.toml").read_text(encoding="utf-8"))

    assert set(space) == {"name", "slug", "city", "timezone", "blurb"}
    assert zoneinfo.ZoneInfo(space["timezone"])
