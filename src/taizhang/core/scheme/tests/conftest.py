from pathlib import Path

import pytest

FIXTURES = Path(__file__).parent / "fixtures"


@pytest.fixture
def reading_club() -> str:
    return (FIXTURES / "reading-club.yaml").read_text("utf-8")


@pytest.fixture
def duty_room() -> str:
    return (FIXTURES / "值班室.yaml").read_text("utf-8")
