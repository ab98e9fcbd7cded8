"""The versions of a scheme, and which one a day or a period is judged by."""

import datetime as dt
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from taizhang.core.messages import Message, gettext_noop
from taizhang.core.scheme.errors import SchemeError, SchemeErrors
from taizhang.core.scheme.load import LoadedScheme, load_file
from taizhang.core.scheme.schema import Kind
from taizhang.core.values import Period


class NoSchemeInForce(LookupError):  # noqa: N818
    """A day before the first version."""

    def __init__(self, message: Message) -> None:
        super().__init__(str(message))
        self.message = message


_NONE = Message(gettext_noop("There is no scheme yet. Adopt one first."))


@dataclass(frozen=True, init=False)
class History:
    """All versions of one scheme, the earliest first."""

    versions: tuple[LoadedScheme, ...]

    def __init__(self, versions: Iterable[LoadedScheme]) -> None:
        """Put the versions in order. Raises SchemeErrors for two of one date, or of two schemes."""
        ordered = tuple(sorted(versions, key=lambda version: (version.effective, version.path)))
        errors = [*_same_date(ordered), *_other_scheme(ordered)]
        if errors:
            raise SchemeErrors(errors)
        object.__setattr__(self, "versions", ordered)

    def __bool__(self) -> bool:
        return bool(self.versions)

    @property
    def newest(self) -> LoadedScheme:
        """Return the last version. Raises NoSchemeInForce when there is none at all."""
        if not self.versions:
            raise NoSchemeInForce(_NONE)
        return self.versions[-1]

    def in_force(self, day: dt.date) -> LoadedScheme:
        """Return the version of that day. Raises NoSchemeInForce for a day before the first."""
        after = bisect_right([version.effective for version in self.versions], day)
        if not after and not self.versions:
            raise NoSchemeInForce(_NONE)
        if not after:
            raise NoSchemeInForce(
                Message(
                    gettext_noop(
                        "No scheme was in force on {day}; the first takes effect on {first}. "
                        "Adopt a version that takes effect on or before that day."
                    ),
                    day=day,
                    first=self.versions[0].effective,
                )
            )
        return self.versions[after - 1]

    def find(self, day: dt.date) -> LoadedScheme | None:
        """Return the version of that day; None for a day before the first."""
        after = bisect_right([version.effective for version in self.versions], day)
        return self.versions[after - 1] if after else None

    def for_period(self, period: Period) -> LoadedScheme:
        """Return the version that a period is judged by: the one in force at its start. Raises NoSchemeInForce."""
        return self.in_force(period.start)

    def kinds_on(self, day: dt.date) -> dict[str, Kind]:
        """Return the kinds that entries of ``day`` may have. Raises NoSchemeInForce."""
        return dict(self.in_force(day).scheme.kinds)

    def kinds_ever(self, kind_id: str) -> Kind | None:
        """Return the newest definition of a kind, for showing entries of any date; None if there never was one."""
        version = self.last_with("kinds", kind_id)
        return version.scheme.kinds[kind_id] if version else None

    def all_kind_ids(self) -> tuple[str, ...]:
        """Return every kind there ever was, in the order of the newest version that has it, newest version first."""
        return tuple(
            dict.fromkeys(kind_id for version in reversed(self.versions) for kind_id in version.scheme.kinds)
        )

    def last_with(self, section: str, id: str) -> LoadedScheme | None:  # noqa: A002 - the schema's own word
        """Return the newest version that has a part, or None."""
        return next(
            (version for version in reversed(self.versions) if id in getattr(version.scheme, section)), None
        )


def load_folder(folder: str | Path) -> History:
    """Read every ``*.yaml`` of a folder as versions of one scheme. Raises SchemeErrors with the faults of all."""
    versions: list[LoadedScheme] = []
    errors: list[SchemeError] = []
    for path in sorted(Path(folder).glob("*.yaml")):
        try:
            versions.append(load_file(path))
        except SchemeErrors as error:
            errors.extend(error.errors)
    if errors:
        raise SchemeErrors(errors)
    return History(versions)


def _same_date(versions: tuple[LoadedScheme, ...]) -> Iterator[SchemeError]:
    for earlier, later in pairwise(versions):
        if earlier.effective == later.effective:
            yield _error(
                later,
                "effective",
                Message(
                    gettext_noop("{other} takes effect on the same day, {day}."),
                    other=earlier.path,
                    day=later.effective,
                ),
                Message(gettext_noop("A change is a new version with a later date; keep one of the two.")),
            )


def _other_scheme(versions: tuple[LoadedScheme, ...]) -> Iterator[SchemeError]:
    for version in versions[1:]:
        if version.scheme.scheme != versions[0].scheme.scheme:
            yield _error(
                version,
                "scheme",
                Message(
                    gettext_noop("This is a version of “{scheme}”, and {other} is one of “{first}”."),
                    scheme=version.scheme.scheme,
                    other=versions[0].path,
                    first=versions[0].scheme.scheme,
                ),
                Message(gettext_noop("Versions of one scheme share its id; keep others in another folder.")),
            )


def _error(version: LoadedScheme, key: str, cause: Message, remedy: Message) -> SchemeError:
    place = version.places[key]
    return SchemeError(version.path, place.line, place.column, key, cause, remedy)
