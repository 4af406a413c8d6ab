"""The lists were written before the rule that they test."""

import csv
from pathlib import Path

import pytest

from matchmaker.data import companies

HERE = Path(__file__).parent
with (HERE / "company_names.csv").open(encoding="utf-8", newline="") as file:
    PAIRS = list(csv.DictReader(file))
NO_COMPANIES = (HERE / "no_companies.txt").read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize(
    "pair", PAIRS, ids=lambda pair: f"{pair['one']}={pair['other']}"
)
def test_two_spellings_of_one_company_have_one_key(pair):
    one, other = companies.key(pair["one"]), companies.key(pair["other"])

    assert one
    assert other
    assert (one == other) is (pair["same"] == "yes")


@pytest.mark.parametrize("name", NO_COMPANIES)
def test_what_people_write_who_have_no_company_is_none(name):
    assert not companies.is_company(name)
    assert not companies.is_company(f"  {name.upper()} ")
    assert companies.key(name) == ""


@pytest.mark.parametrize(
    "name",
    [
        *(
            "Nothing Ltd",
            "Solo Studio",
            "Freelance Union",
            "The Independent",
            "Me & Co",
        ),
        *("Home & Garden", "None of Your Business", "Student Hotel", "H&M", "3M", "O2"),
        *(
            "青空",
            "Retired Racehorses",
            "X Corp",
            "Private Kitchen",
            "Self Storage Utrecht",
        ),
    ],
)
def test_a_company_is_one_even_if_its_name_sounds_like_none(name):
    assert companies.is_company(name)
