"""What holds for every test.

Tests of one database only are left out of a run on the other (``make test`` runs both), not skipped in it. An example
of a property test may take as long as it does: a machine with much to do proves nothing about the program.
"""

import os

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")

OTHER = "sqlite" if os.environ.get("DATABASE_URL", "").startswith("postgres") else "postgresql"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    left_out = [item for item in items if item.get_closest_marker(f"only_{OTHER}")]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]
