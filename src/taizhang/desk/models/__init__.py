"""What the desk keeps. Everything but a draft is only ever added to, and signed by the journal."""

from taizhang.desk.models.manuscript import Draft, DraftCopy, Manuscript
from taizhang.desk.models.place import Place
from taizhang.desk.models.releasing import Release, Withdrawal
from taizhang.desk.models.review import Act, Comment, FindingDecision, Resolution
from taizhang.desk.models.rounds import Purpose, Round, Seat, Station
from taizhang.desk.models.versions import Finding, Hand, Version

__all__ = [
    "Act",
    "Comment",
    "Draft",
    "DraftCopy",
    "Finding",
    "FindingDecision",
    "Hand",
    "Manuscript",
    "Place",
    "Purpose",
    "Release",
    "Resolution",
    "Round",
    "Seat",
    "Station",
    "Version",
    "Withdrawal",
]
