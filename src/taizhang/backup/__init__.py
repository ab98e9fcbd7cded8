"""One file with everything of a ledger, and the way back. docs/algorithms/backup.md says in which order and why.

``backup.writing.back_up(file)`` makes the archive, ``backup.restoring.restore(file, replace=…)`` puts it in place.
"""
