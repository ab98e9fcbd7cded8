import pytest

from taizhang.ledger.models import Entry, new_id


@pytest.fixture
def outreach(bureau):
    """What a clerk types into the form of an outreach event."""

    def typed(**more):
        return {
            "id": str(new_id()),
            "occurred_on": "2023-11-10",
            "unit": str(bureau.units["office"].pk),
            "title": "Science day",
            "quantity": "120",
            "quantity_unit": "人次",
            "f.topic": "policy",
            **more,
        }

    return typed


@pytest.fixture
def study(bureau):
    """What a clerk types into the form of a group study."""

    def typed(**more):
        return {
            "id": str(new_id()),
            "occurred_on": "2023-11-10",
            "unit": str(bureau.units["bureau"].pk),
            "title": "Reading",
            "f.form": "session",
            **more,
        }

    return typed


@pytest.fixture
def only_entry(db):
    return Entry.objects.get
