"""Tests of one database only are left out of a run on the other (``make test`` runs both), not skipped in it."""

import os

import pytest

OTHER = "sqlite" if os.environ.get("DATABASE_URL", "").startswith("postgres") else "postgresql"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    left_out = [item for item in items if item.get_closest_marker(f"only_{OTHER}")]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]
