"""The only writer of the desk. The caller opened the book and owns the transaction; ``by`` is who acts.

Every act that concerns a text names the digest of the text that was seen: if another stands there by now it is
refused. Rights, seats and the rule are asked here, inside the transaction, whatever the page showed before.
All raise DeskRefused.
"""

from taizhang.desk.actions.acting import NOT_ALLOWED
from taizhang.desk.actions.commenting import comment, resolve
from taizhang.desk.actions.releasing import release, reopen, withdraw
from taizhang.desk.actions.review import approve, correct, decide, send_back
from taizhang.desk.actions.versions import digest_of
from taizhang.desk.actions.writing import recall, start, submit

__all__ = [
    "NOT_ALLOWED",
    "approve",
    "comment",
    "correct",
    "decide",
    "digest_of",
    "recall",
    "release",
    "reopen",
    "resolve",
    "send_back",
    "start",
    "submit",
    "withdraw",
]
