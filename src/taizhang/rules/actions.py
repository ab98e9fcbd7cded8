import datetime as dt

from django.utils.translation import gettext as _

from taizhang.core.scheme.history import History
from taizhang.core.scheme.load import LoadedScheme
from taizhang.journal.actions import Book
from taizhang.rules import queries
from taizhang.rules.models import AdoptedScheme


class SchemeNotAdoptable(Exception):  # noqa: N818
    """The scheme reads well but cannot come into force as it is dated."""


def adopt(text: str, *, path: str, book: Book, today: dt.date, founding: bool = False) -> AdoptedScheme:
    """Put a scheme into force from its effective date on.

    A new version starts after every version there is, and not before ``today``: what has begun stays judged by the
    rules it began under. ``founding`` is for an organisation's first versions, while it has no records.
    Raises SchemeErrors (the text is no scheme, or another than ours) and SchemeNotAdoptable.
    """
    loaded = queries.read(text, path=path)
    refuse_unless_adoptable(loaded, today=today, founding=founding)
    adopted = AdoptedScheme(
        effective=loaded.scheme.effective,
        path=path,
        text=text,
        digest=loaded.digest,
        adopted_at=book.at,
        adopted_by=book.actor,
    )
    adopted.save(force_insert=True)
    book.sign("rules.adopt", adopted)
    return adopted


def refuse_unless_adoptable(loaded: LoadedScheme, *, today: dt.date, founding: bool = False) -> None:
    """Raise what ``adopt`` would: SchemeErrors when it is no version of our scheme, SchemeNotAdoptable."""
    _check_date(loaded, today=today, founding=founding)
    History([*queries.history().versions, loaded])


def _check_date(loaded: LoadedScheme, *, today: dt.date, founding: bool) -> None:
    effective = loaded.scheme.effective
    newest = AdoptedScheme.objects.order_by("-effective").first()
    if newest is not None and effective <= newest.effective:
        raise SchemeNotAdoptable(
            _(
                "The scheme takes effect on {effective}, but a version of {newest} is already in force after it. "
                "A version is never rewritten: give the new one a later date."
            ).format(effective=effective, newest=newest.effective)
        )
    if not founding and effective < today:
        raise SchemeNotAdoptable(
            _(
                "The scheme would take effect on {effective}, which is past. What has begun stays judged by the "
                "rules it began under: date the scheme today or later."
            ).format(effective=effective)
        )
