"""Walking the chain and everything it signs. What does not fit is named by line or by object, in the order found."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice

from django.apps import apps
from django.db.models import Model

from taizhang.core.messages import Message, gettext_noop
from taizhang.journal import anchor, chain, guard, sealing
from taizhang.journal.models import Line

BATCH = 2000


@dataclass(frozen=True)
class Break:
    """Something that does not fit: ``line`` is the journal line it shows at (None: the object has no line)."""

    message: Message
    line: int | None = None
    object: str = ""


Progress = Callable[[int], None]


def verify(*, progress: Progress = lambda _done: None) -> Iterator[Break]:
    """Yield every break. ``progress`` is called with the number looked at since the last call."""
    for step in walk():
        if isinstance(step, Break):
            yield step
        else:
            progress(step)


def walk() -> Iterator[Break | int]:
    """Yield every break: triggers, chain, anchors, then each signed object against its newest line.

    In between, yield the number of lines and objects looked at since the last such number.
    """
    yield from _triggers()
    yield from _chain()
    yield from _not_meant()
    for model in journaled_models():
        yield from _objects(model)
    yield from _orphans()
    for config in apps.get_app_configs():
        for check in getattr(config, "integrity_checks", ()):
            looked: list[int] = []
            for found in check(looked.append):
                yield sum(looked)
                looked.clear()
                yield found
            yield sum(looked)


def journaled_models() -> list[type[Model]]:
    return [
        config.get_model(name)
        for config in apps.get_app_configs()
        for name in getattr(config, "journaled", ())
    ]


def _triggers() -> Iterator[Break]:
    for name in [*guard.missing(), *sealing.missing()]:
        yield Break(
            Message(
                gettext_noop(
                    "The trigger {name} is missing or altered. Find out who had access to the database, "
                    "then run “taizhang init” to put it back."
                ),
                name=name,
            )
        )
    for name in sealing.too_much():
        yield Break(
            Message(
                gettext_noop(
                    "The program's role of the database may write {name}, which only its owner should. Find out "
                    "who allowed it, then run “taizhang init” as the owner."
                ),
                name=name,
            )
        )
    for name in guard.strange():
        yield Break(
            Message(
                gettext_noop(
                    "The trigger {name} is not of this program. Find out who had access to the database, "
                    "then drop it."
                ),
                name=name,
            )
        )


def chain_breaks(*, until: int) -> Iterator[Break]:
    """Yield what does not fit in the chain from its first line to line ``until``."""
    yield from (step for step in _chain(until) if isinstance(step, Break))


def _chain(until: int | None = None) -> Iterator[Break | int]:
    notes = {seq: hash_ for seq, hash_ in anchor.read() if until is None or seq <= until}
    lines = (
        Line.objects.order_by("seq") if until is None else Line.objects.filter(seq__lte=until).order_by("seq")
    )
    expected_seq, previous, at = 1, chain.GENESIS, None
    for line in lines.iterator(BATCH):
        if line.seq != expected_seq:
            yield Break(
                Message(
                    gettext_noop("Journal line {expected} is missing: line {seq} follows line {before}."),
                    expected=expected_seq,
                    seq=line.seq,
                    before=expected_seq - 1,
                ),
                line=expected_seq,
            )
        if line.previous != previous:
            yield Break(
                Message(
                    gettext_noop("Journal line {seq} does not continue the line before it."), seq=line.seq
                ),
                line=line.seq,
            )
        if line.hash != chain.hash_of(line):
            yield Break(Message(gettext_noop("Journal line {seq} was altered."), seq=line.seq), line=line.seq)
        if at is not None and line.at < at:
            yield Break(
                Message(
                    gettext_noop("Journal line {seq} bears an earlier time than the line before it."),
                    seq=line.seq,
                ),
                line=line.seq,
            )
        if notes.pop(line.seq, line.hash) != line.hash:
            yield Break(
                Message(
                    gettext_noop("Journal line {seq} is not the line that was noted outside the database."),
                    seq=line.seq,
                ),
                line=line.seq,
            )
        expected_seq, previous, at = line.seq + 1, line.hash, line.at
        yield 1
    for seq in sorted(notes):
        yield Break(
            Message(
                gettext_noop(
                    "Journal line {seq} was noted outside the database but is gone: the journal was cut off."
                ),
                seq=seq,
            ),
            line=seq,
        )


def _not_meant() -> Iterator[Break]:
    """Yield the heads of the chain, then and now, that the program did not note before it wrote them."""
    head = Line.objects.order_by("-seq").values_list("hash", flat=True).first()
    intents = anchor.intents()  # after the head: what is recorded meanwhile is no news
    noted = {chain.GENESIS, *(hash_ for _seq, hash_ in anchor.read()), *(intent.hash for intent in intents)}
    heads = {intent.after for intent in intents} | ({head} if head else set())
    for seq in (
        Line.objects.filter(hash__in=list(heads - noted)).order_by("seq").values_list("seq", flat=True)
    ):
        yield Break(
            Message(
                gettext_noop(
                    "Journal line {seq} was not noted outside the database before it was written: it was put in "
                    "behind the program's back, or the notes beside the database are gone."
                ),
                seq=seq,
            ),
            line=seq,
        )


def _objects(model: type[Model]) -> Iterator[Break | int]:
    label = model._meta.label_lower
    rows = getattr(model, "rows_to_verify", model._default_manager.order_by)("pk").iterator(BATCH)
    while batch := list(islice(rows, BATCH)):
        signed = {
            object_id: (seq, digest)
            for object_id, seq, digest in Line.objects.filter(
                object_type=label, object_id__in=[str(row.pk) for row in batch]
            )
            .order_by("seq")
            .values_list("object_id", "seq", "digest")
        }
        for row in batch:
            line = signed.get(str(row.pk))
            if line is None:
                yield Break(
                    Message(
                        gettext_noop(
                            "{object} has no journal line: it was put in behind the program's back."
                        ),
                        object=f"{label} {row.pk}",
                    ),
                    object=str(row.pk),
                )
            elif not _is_as_signed(row, line[1]):
                yield Break(
                    Message(
                        gettext_noop("{object} is not as journal line {seq} signed it: it was altered."),
                        object=f"{label} {row.pk}",
                        seq=line[0],
                    ),
                    line=line[0],
                    object=str(row.pk),
                )
        yield len(batch)


def _is_as_signed(row: Model, digest: str) -> bool:
    column = getattr(row, "signed_column", None)
    return chain.digest(row.payload()) == digest and (  # type: ignore[attr-defined]
        column is None or getattr(row, column) == digest
    )


def _orphans() -> Iterator[Break]:
    last_seq = Line.objects.order_by("-seq").values_list("seq", flat=True).first() or 0
    for model in journaled_models():
        label = model._meta.label_lower
        present = {str(pk) for pk in model._default_manager.values_list("pk", flat=True).iterator(BATCH)}
        # Lines up to the one that was last before the objects were read: what is recorded meanwhile is not gone.
        lines = Line.objects.filter(object_type=label, seq__lte=last_seq).order_by("seq")
        last: dict[str, tuple[int, str]] = {}
        for object_id, seq, action in lines.values_list("object_id", "seq", "action").iterator(BATCH):
            if object_id not in present:
                last[object_id] = (seq, action)
        for object_id, (seq, action) in last.items():
            if not action.endswith(".remove"):
                yield Break(
                    Message(
                        gettext_noop(
                            "{object}, signed by journal line {seq}, is gone: it was deleted behind the "
                            "program's back."
                        ),
                        object=f"{label} {object_id}",
                        seq=seq,
                    ),
                    line=seq,
                    object=object_id,
                )
