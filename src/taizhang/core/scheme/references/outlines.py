"""Outlines: the figures, rows and words that reports are filled with."""

from taizhang.core.messages import Message, gettext_noop
from taizhang.core.scheme import placeholders
from taizhang.core.scheme.complaints import Complaint, did_you_mean
from taizhang.core.scheme.references.declared import Complaints, Draft, refer, refer_all
from taizhang.core.scheme.references.fields import carries
from taizhang.core.scheme.references.indicators import parts_of
from taizhang.core.scheme.references.numbers import check_audience
from taizhang.core.scheme.schema import Outline, OutlineBlock
from taizhang.core.scheme.source import KeyPath


def check(draft: Draft) -> Complaints:
    """Yield what is wrong with outlines of reports."""
    for outline_id, outline in draft.scheme.outlines.items():
        path: KeyPath = ("outlines", outline_id)
        yield from check_audience(draft, path, outline.units)
        yield from _words_only(path, outline)
        for index, block in enumerate(outline.body):
            yield from _block(draft, (*path, "body", index), block)


def _words_only(path: KeyPath, outline: Outline) -> Complaints:
    for key in ("title", "addressee", "issuer"):
        try:
            found = placeholders.in_text(getattr(outline, key))
        except placeholders.BadPlaceholder as error:
            yield Complaint((*path, key), error.cause, error.remedy)
            continue
        for each in found:
            if not each.is_word or each.format:
                yield Complaint(
                    (*path, key),
                    Message(
                        gettext_noop("“{placeholder}” cannot stand in “{key}”."),
                        placeholder=str(each),
                        key=key,
                    ),
                    Message(
                        gettext_noop("Only {{unit}}, {{period}}, {{year}} and {{as_of}} can stand there.")
                    ),
                )


def _block(draft: Draft, path: KeyPath, block: OutlineBlock) -> Complaints:
    if block.when:
        yield from refer(draft, (*path, "when", "of"), "indicators", block.when.of)
    if block.heading is not None:
        yield from _prose(draft, (*path, "heading"), block.heading)
    if block.text is not None:
        yield from _prose(draft, (*path, "text"), block.text)
    for index, item in enumerate(block.list or ()):
        yield from _prose(draft, (*path, "list", index), item)
    if block.table:
        yield from refer_all(draft, (*path, "table", "rows"), "indicators", block.table.rows)
    if block.rows:
        yield from refer(draft, (*path, "rows", "of"), "indicators", block.rows.of)
        yield from _has_rows(draft, (*path, "rows", "of"), block.rows.of)
        yield from _item(draft, (*path, "rows", "item"), block.rows.of, block.rows.item)


def _prose(draft: Draft, path: KeyPath, text: str) -> Complaints:
    try:
        found = placeholders.in_text(text)
    except placeholders.BadPlaceholder as error:
        yield Complaint(path, error.cause, error.remedy)
        return
    for each in dict.fromkeys(found):
        if each.is_word and not each.format:
            continue
        yield from refer(draft, path, "indicators", each.name)
        if each.format == "rows":
            yield from _has_rows(draft, path, each.name)


def _has_rows(draft: Draft, path: KeyPath, indicator_id: str) -> Complaints:
    indicator = draft.scheme.indicators.get(indicator_id)
    if indicator is not None and parts_of(indicator):
        yield Complaint(
            path,
            Message(gettext_noop("“{indicator}” is worked out from other figures and has no rows."), indicator=indicator_id),
            Message(gettext_noop("Name an indicator that counts entries, such as {parts}."),
                    parts=", ".join(parts_of(indicator))),
        )  # fmt: skip


def _item(draft: Draft, path: KeyPath, indicator_id: str, text: str) -> Complaints:
    try:
        found = placeholders.in_text(text)
    except placeholders.BadPlaceholder as error:
        yield Complaint(path, error.cause, error.remedy)
        return
    indicator = draft.scheme.indicators.get(indicator_id)
    kind_id = getattr(indicator.measure, "kind", None) if indicator else None
    kind = draft.scheme.kinds.get(kind_id) if kind_id else None
    if kind is None:
        return
    known = [*(word for word in placeholders.ITEM_WORDS if carries(kind, word)), *kind.fields]
    for each in found:
        if each.format or each.name not in known:
            yield Complaint(
                path,
                Message(gettext_noop("Entries of “{kind}” have no “{name}”."), kind=kind_id, name=each.name),
                did_you_mean(
                    each.name, known, Message(gettext_noop("Possible here: {keys}."), keys=", ".join(known))
                ),
            )
