import pytest

from matchmaker.models import Role
from tests.factories import make_member, make_space


@pytest.fixture
def space(app):
    return make_space("mill", timezone="Europe/Brussels")


@pytest.fixture
def olga(space):
    return make_member("Olga", space=space, role=Role.ORGANISER)
