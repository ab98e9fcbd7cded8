"""What the desk refuses, in words for whoever asked."""

from collections.abc import Iterable

from taizhang.core.messages import Message, gettext_noop
from taizhang.desk.models import Draft, DraftCopy
from taizhang.ledger.wording import moment


class DeskRefused(Exception):  # noqa: N818
    """It may not be done as things stand; ``reasons`` says why and what to do, all at once."""

    def __init__(self, reasons: Iterable[Message]) -> None:
        self.reasons = tuple(reasons)
        super().__init__(" ".join(str(reason) for reason in self.reasons))


class DraftConflict(Exception):  # noqa: N818
    """Somebody saved the draft first. ``newest`` is how it stands, ``kept`` where the refused text was put."""

    def __init__(self, newest: Draft, kept: DraftCopy) -> None:
        self.newest = newest
        self.kept = kept
        self.message = Message(
            gettext_noop("{who} saved this text at {when}. What you typed is kept; compare the two."),
            who=newest.saved_by,
            when=moment(newest.saved_at),
        )
        super().__init__(str(self.message))


def refuse_if(found: Iterable[Message]) -> None:
    """Raise DeskRefused unless there is nothing to say."""
    if reasons := tuple(found):
        raise DeskRefused(reasons)


def refuse(text: str, **values: object) -> DeskRefused:
    """Return a refusal with one reason."""
    return DeskRefused([Message(text, **values)])
