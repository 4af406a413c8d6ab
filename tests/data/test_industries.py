import time

import pytest

from matchmaker.data import industries


def test_every_class_is_found_by_its_code():
    for industry in industries.everything():
        assert industries.get(industry.code) == industry


def test_there_are_as_many_classes_as_in_the_standard():
    assert len(industries.everything()) == 419


def test_the_path_leads_from_the_section_to_the_class():
    programming = industries.get("6201")

    assert programming is not None
    assert programming.path == ("J", "62", "620", "6201")


def test_an_unknown_code_is_nothing():
    assert industries.get("0000") is None


def test_the_label_is_short_where_we_have_one_and_the_title_elsewhere():
    programming, rice = industries.get("6201"), industries.get("0112")

    assert programming is not None
    assert programming.label == "Software development"
    assert rice is not None
    assert rice.label == rice.title == "Growing of rice"


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("software", "6201"),
        ("web design", "7410"),
        ("graphic designer", "7410"),
        ("accountant", "6920"),
        ("podcast", "5920"),
        ("yoga", "8541"),
        ("copywriting", "7310"),
        ("startup coach", "7020"),
        ("architect", "7110"),
        ("lawyer", "6910"),
        ("café", "5610"),
        ("CAFE", "5610"),
        ("freelance photographers", "7420"),
        ("translat", "7490"),
        ("physiotherapist", "8690"),
        ("furniture maker", "3100"),
        ("game studio", "5820"),
        ("user research", "7320"),
        ("charity", "8890"),
        ("solar energy", "3510"),
        ("recruiter", "7810"),
        ("events", "8230"),
    ],
)
def test_the_words_people_use_find_their_industry(query, code):
    first_two = [industry.code for industry in industries.search(query)[:2]]

    assert code in first_two


@pytest.mark.parametrize("query", ["", "   ", "?!", "qqqzzz"])
def test_nothing_is_found_for_nothing(query):
    assert industries.search(query) == []


def test_a_search_gives_no_more_than_was_asked_for():
    assert len(industries.search("design", limit=3)) == 3


def test_all_our_plain_words_lead_to_a_class_of_the_standard():
    codes = {industry.code for industry in industries.everything()}

    assert {row["code"] for row in industries._plain_words()} <= codes


def test_a_search_is_quick():
    industries.search("warm up")

    started = time.process_time()
    for _ in range(10):
        industries.search("freelance web developer")

    assert (time.process_time() - started) / 10 < 0.02  # a busy machine is slower
