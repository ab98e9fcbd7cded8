"""Run every test: all of them on SQLite, then everything that touches a database again on PostgreSQL.

What is done in a browser is done once: a browser sees no database, and the same pages are asked for on both over HTTP.
So is the corpus of attacks on the site, whose pages are read as text.
"""

import os
import subprocess
import sys

from postgres import cluster

WITH_DATABASE = [
    "tests/journeys",
    "src/taizhang/journal",
    "src/taizhang/rules",
    "src/taizhang/org",
    "src/taizhang/ledger",
    "src/taizhang/desk",
    "src/taizhang/publication",
    "src/taizhang/duties",
    "src/taizhang/appraisals",
    "src/taizhang/reports",
    "src/taizhang/sample",
    "src/taizhang/backup",
    "src/taizhang/web",
]
ONCE = [
    "tests/journeys/test_browser.py",
    "tests/journeys/test_*_browser.py",
    "tests/journeys/test_public_site.py",
    "src/taizhang/publication/tests/test_attacks.py",
]
WORKERS = ["-n", "2", "--dist", "loadfile", "--no-loadscope-reorder"]  # else files of one long test come last


def pytest(arguments: list[str], **environment: str) -> int:
    command = [sys.executable, "-m", "pytest", "-q", "--durations=20", *WORKERS, *arguments]
    return subprocess.run(command, env={**os.environ, **environment}, check=False).returncode


def main() -> None:
    arguments = sys.argv[1:]
    print("== SQLite", flush=True)
    failed = pytest(arguments, DATABASE_URL="")
    with cluster() as url:
        print("== PostgreSQL", flush=True)
        again = [path for path in WITH_DATABASE if os.path.isdir(path)]
        once = [f"--ignore-glob={path}" for path in ONCE]
        failed = pytest([*again, *once, *arguments], DATABASE_URL=url) or failed
    sys.exit(failed)


if __name__ == "__main__":
    main()
