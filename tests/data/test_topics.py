import pytest

from matchmaker.data import topics
from matchmaker.data.topics import LANGUAGES, TopicKind


def test_there_are_some_hundreds_of_topics_of_every_kind():
    every = topics.everything()

    assert 400 <= len(every) <= 800
    assert {topic.kind for topic in every} == set(TopicKind)


def test_each_topic_stands_once():
    slugs = [topic.slug for topic in topics.everything()]

    assert len(slugs) == len(set(slugs))


def test_near_is_symmetric_and_names_other_topics():
    near = {topic.slug: topic.near for topic in topics.everything()}

    for slug, others in near.items():
        assert slug not in others
        assert all(slug in near[other] for other in others)


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_topic_has_a_name_in_each_language(language):
    for topic in topics.everything():
        assert all(name == name.strip() != "" for name in topic.names[language]), (
            topic.slug
        )


def test_an_english_name_is_the_name_of_one_topic():
    names = [topic.names["en"][0].casefold() for topic in topics.everything()]

    assert len(names) == len(set(names))
