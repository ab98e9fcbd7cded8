"""The folder of an installation, found without loading Django's settings, which read what is in it."""

import os
from pathlib import Path


def path() -> Path:
    """Return TAIZHANG_HOME, or where it is by default."""
    import platformdirs

    named = os.environ.get("TAIZHANG_HOME")
    return Path(named or platformdirs.user_data_path("taizhang", appauthor=False)).resolve()
