"""A kept sheet as lines that a page or a document shows: each with its words, its clause, its rows and their addresses."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from taizhang.appraisals import keeping, queries
from taizhang.appraisals.models import Sheet
from taizhang.core.appraisal import words
from taizhang.core.appraisal.sheet import Call, Judged, Outcome, Step
from taizhang.core.duties import DutyState
from taizhang.core.indicators import wording
from taizhang.core.scheme.appraisal import Appraisal, ScaleLine
from taizhang.core.scheme.history import History
from taizhang.core.scheme.load import LoadedScheme
from taizhang.core.scheme.schema import Clause, FactField, Label, Scheme
from taizhang.core.values import Period
from taizhang.ledger.models import Entry

ROWS = ("row", "item")


@dataclass(frozen=True)
class Clausal:
    """The clause that a line puts into effect, and where it stands in the scheme."""

    basis: str
    at: str
    quote: str
    path: str
    line: int


@dataclass(frozen=True)
class Row:
    """An entry behind a line, with the published page where there is one."""

    fact: str
    entry: Entry | None
    item: Entry | None = None
    page: str = ""

    @property
    def title(self) -> str:
        shown = self.entry or self.item
        return str(shown) if shown else self.fact

    @property
    def about(self) -> Entry | None:
        return self.entry.about if self.entry and self.entry.about_id else None


@dataclass(frozen=True)
class Line:
    """One step of a sheet: what it is about, how its points come about, and what it is made of."""

    part: str
    name: str
    points: Decimal
    arithmetic: str
    clause: Clausal | None
    rows: tuple[Row, ...]
    lines: tuple["Line", ...]
    own: str = ""
    depth: int = 0


@dataclass(frozen=True)
class Shown:
    """A sheet, ready to be shown."""

    sheet: Sheet
    content: keeping.Content
    loaded: LoadedScheme
    appraisal: Appraisal
    total: Line
    grade: str
    waiting: tuple[Row, ...]
    unrated: tuple[Row, ...]
    entries: Mapping[str, Entry]

    @property
    def lines(self) -> tuple[Line, ...]:
        return self.total.lines


def shown(sheet: Sheet, schemes: History) -> Shown:
    """Return a sheet with its rows read. One query."""
    loaded = schemes.for_period(sheet.run.span)
    content = keeping.content_of(sheet)
    entries = queries.entries_in(keeping.rows_named(content), sheet)
    teller = _Teller(loaded, entries)
    return Shown(
        sheet=sheet,
        content=content,
        loaded=loaded,
        appraisal=loaded.scheme.appraisals[sheet.run.appraisal],
        total=teller.line(content.tree, 0),
        grade=grade_name(sheet.grade, loaded.scheme),
        waiting=tuple(teller.row(str(key)) for key in content.waiting),
        unrated=tuple(teller.row(str(key)) for key in content.unrated),
        entries=entries,
    )


@dataclass(frozen=True)
class Whose:
    """Whose numbers a list shows, and in which appraisal: enough to ask why."""

    appraisal: str
    code: str
    by_unit: bool = False

    @classmethod
    def of(cls, sheet: Sheet) -> "Whose":
        """Return whose sheet it is. The run, the person and the unit are read with it."""
        person = sheet.person
        return cls(sheet.run.appraisal, person.code if person else sheet.unit.code, person is None)

    def why(
        self, figure: str, period: Period, quota: str = "", *, missing: bool = False, row: str = ""
    ) -> str:
        """Return the address that explains a number of a period; ``counted.Asked`` says what each part asks."""
        asked = {
            "appraisal": self.appraisal, "figure": figure, "period": str(period), "quota": quota,
            "unit" if self.by_unit else "person": self.code, "missing": "1" if missing else "", "row": row,
        }  # fmt: skip
        given = {name: value for name, value in asked.items() if value}
        return f"{reverse('appraisals:why')}?{urlencode(given)}"


def why_link(text: object, address: str, *, name: str = "") -> SafeString:
    """Return a number that opens the panel behind it; a page of its own where there is no script."""
    said_ = format_html('<span class="visually-hidden">{}{}</span>', name, _(": ")) if name else ""
    return format_html(
        '<a class="figure" href="{0}" hx-get="{0}" hx-target="#why-body" hx-swap="innerHTML" data-why title="{1}">{2}{3}</a>',
        address, _("Why this figure?"), said_, text,
    )  # fmt: skip


def points_text(value: Decimal) -> str:
    """Print points exactly: 12, 0.5, −3."""
    return f"{value.normalize():f}".replace("-", "−")


def line_of(tree: Step, loaded: LoadedScheme, as_of: dt.datetime, facts: Iterable[str]) -> Line:
    """Return the arithmetic of a sheet that may not be kept, with its rows as they were at a moment."""
    return _Teller(loaded, queries.entries_in(facts, Sheet(as_of=as_of))).line(tree, 0)


def said(label: Label | None) -> str:
    """Return a label in the reader's language."""
    return label.said_in(get_language() or "zh") if label else ""


def grade_name(path: str, scheme: Scheme) -> str:
    """Return the name that a total earned."""
    if not path:
        return ""
    _appraisals, appraisal, _grades, band = path.split(".")
    grades = scheme.appraisals[appraisal].grades
    return said(grades.bands[int(band[6:-1])].name) if grades else ""


def quota_name(quota: str, scheme: Scheme) -> str:
    return "、".join(
        said(scheme.quotas[each].name) if each in scheme.quotas else each for each in quota.split()
    )


def escalation_name(call: Call | Any, appraisal: Appraisal) -> str:
    rule = appraisal.escalation.get(call.escalation)
    return said(rule.name) if rule else call.escalation


def judged_line(judged: Judged, scheme: Scheme) -> str:
    """Say in a few words how a quota came out: submitted 1 of 2, adopted 0 of 1."""
    parts = []
    if judged.submit is not None:
        parts.append(_("submitted {n} of {asked}").format(n=judged.submitted, asked=judged.submit))
    if judged.publish is not None:
        parts.append(_("adopted {n} of {asked}").format(n=judged.published, asked=judged.publish))
    return _("{quota}: {parts}").format(quota=quota_name(judged.quota, scheme), parts=_(", ").join(parts))


def only_row(tree: Step, row: str) -> Step:
    """Return a sheet's arithmetic cut down to what one entry earns under each rule."""
    rules = []
    for rule in tree.steps:
        rows = tuple(step for step in steps_below(rule) if step.part == "row" and str(step.name) == row)
        if rows:
            points = sum((step.points for step in rows), Decimal(0))
            rules.append(rule._replace(points=points, how="", numbers=(), rows=(), steps=rows))
    points = sum((rule.points for rule in rules), Decimal(0))
    return tree._replace(points=points, rows=(), steps=tuple(rules))


def steps_below(step: Step) -> Iterator[Step]:
    """Yield a step and all below it."""
    yield step
    for each in step.steps:
        yield from steps_below(each)


def judged_html(judged: Judged, scheme: Scheme, whose: Whose, period: Period) -> SafeString:
    """Say the same with numbers that open the panel behind them; ``period`` is that of the sheet."""
    parts = []
    for figure, asked, text in (
        ("submitted", judged.submit, _("submitted {n} of {asked}")),
        ("published", judged.publish, _("adopted {n} of {asked}")),
    ):
        if asked is not None:
            link = why_link(getattr(judged, figure), whose.why(figure, period, judged.quota))
            parts.append(format_html(text, n=link, asked=asked))
    joined = format_html_join(_(", "), "{}", ((part,) for part in parts))
    return format_html(_("{quota}: {parts}"), quota=quota_name(judged.quota, scheme), parts=joined)


@dataclass(frozen=True)
class _Teller:
    loaded: LoadedScheme
    entries: Mapping[str, Entry]

    def line(self, step: Step, depth: int, above: Clausal | None = None) -> Line:
        clause = self._clause(step.path)
        below = tuple(self.line(each, depth + 1, clause) for each in step.steps)
        told = {row.fact for line in below for row in _all_rows(line)}
        return Line(
            part=step.part,
            name=self._name(step),
            points=step.points,
            arithmetic=self._arithmetic(step),
            clause=clause if above is None or clause is None or clause.quote != above.quote else None,
            rows=tuple(self.row(str(each)) for each in step.rows if str(each) not in told),
            lines=below,
            own=wording.period(Period.parse(step.own), language=get_language() or "zh-hans")
            if step.own
            else "",
            depth=depth,
        )

    def _arithmetic(self, step: Step) -> str:
        """Say how points come about; for a row, which line of the scale it fits. That lines are added up is plain."""
        if not step.how or step.how == "sum":
            return ""
        said_ = words.arithmetic(step).render(_)
        fits = self._fits(step.path) if step.part == "row" else ""
        return _("{fits}: {arithmetic}").format(fits=fits, arithmetic=said_) if fits else said_

    def _fits(self, path: str) -> str:
        """Return in words what a line of a scale asks for: provincial level, composite."""
        line = _part_at(self.loaded.scheme, path)
        if not isinstance(line, ScaleLine):
            return ""
        rule = _part_at(self.loaded.scheme, path[: path.rindex(".scale")])
        kind = self.loaded.scheme.kinds.get(getattr(rule, "kind", ""))
        items = kind.about.kinds if kind and kind.about else ()
        fields = dict(kind.fields) if kind else {}
        of_item = {
            name: rule for item in items for name, rule in self.loaded.scheme.kinds[item].fields.items()
        }
        asked = [(fields.get(name), values) for name, values in line.where.items()]
        asked += [(of_item.get(name), values) for name, values in line.item.items()]
        return _(", ").join(_value(field, value) for field, values in asked for value in values)

    def row(self, fact: str) -> Row:
        entry = self.entries.get(fact)
        return Row(fact, entry, page=page_of_entry(entry, self.loaded.scheme) if entry else "")

    def _name(self, step: Step) -> str:
        name, scheme = str(step.name), self.loaded.scheme
        match step.part:
            case "sheet":
                return said(scheme.appraisals[name].name)
            case "quota":
                return quota_name(name, scheme)
            case "row" | "item":
                entry = self.entries.get(name)
                return str(entry) if entry else _("An item")
            case "limit":
                return _("Limit")
            case "escalation":
                appraisal = step.path.split(".")[1]
                rule = scheme.appraisals[appraisal].escalation.get(name)
                return said(rule.name) if rule else name
            case _:
                return self._rule_name(step)

    def _rule_name(self, step: Step) -> str:
        for appraisal in self.loaded.scheme.appraisals.values():
            if str(step.name) in appraisal.rules:
                return said(appraisal.rules[str(step.name)].name)
        return str(step.name)

    def _clause(self, path: str) -> Clausal | None:
        """Return the clause of a part of the scheme, or of what it is a part of."""
        scheme = self.loaded.scheme
        for place in _places(path):
            clause = _clause_at(scheme, place)
            if clause is not None and place in self.loaded.places:
                basis = scheme.basis.get(clause.basis)
                line = self.loaded.line_of(path) if path in self.loaded.places else self.loaded.line_of(place)
                return Clausal(said(basis.title) if basis else "", clause.at, clause.text, path, line)
        if path in self.loaded.places:
            return Clausal("", "", "", path, self.loaded.line_of(path))
        return None


def page_of_entry(entry: Entry, scheme: Scheme) -> str:
    """Return the address of the published page: what the entry's own field for links says, or its item's."""
    for each in (entry, entry.about if entry.about_id else None):
        kind = scheme.kinds.get(each.kind) if each else None
        for name, rule in kind.fields.items() if kind else ():
            if rule.type == "link" and each is not None and each.values.get(name):
                return str(each.values[name])
    return ""


def _places(path: str) -> Iterator[str]:
    """Yield a path and those above it, but for the sections."""
    while path.count(".") >= 1:
        yield path
        path = path[: path.rindex("[")] if path.endswith("]") else path.rpartition(".")[0]


def _part_at(scheme: Scheme, path: str) -> Any:
    """Return the part of a scheme that a path names; None where there is none."""
    part: Any = scheme
    for key in path.replace("[", ".[").split("."):
        if key.startswith("["):
            index = int(key[1:-1])
            part = part[index] if isinstance(part, tuple) and index < len(part) else None
        else:
            part = part.get(key) if isinstance(part, Mapping) else getattr(part, key, None)
    return part


def _clause_at(scheme: Scheme, path: str) -> Clause | None:
    found = getattr(_part_at(scheme, path), "clause", None)
    return found if isinstance(found, Clause) else None


def _value(field: FactField | None, value: object) -> str:
    """Return one value of a field in words."""
    if field is not None and field.choices and str(value) in field.choices:
        return said(field.choices[str(value)])
    return said(field.name) if field is not None and value is True else str(value)


def _all_rows(line: Line) -> Iterator[Row]:
    yield from line.rows
    for each in line.lines:
        yield from _all_rows(each)


def evidence(line: Line) -> list[Row]:
    """Return every row of a sheet, each once, in the order of the sheet."""
    return list({row.fact: row for row in _all_rows(line)}.values())


def outcome_names() -> dict[str, str]:
    """Return how a sheet can come out, in words."""
    return {
        Outcome.MET: _("fulfilled"),
        Outcome.MISSED: _("missed"),
        Outcome.EXEMPT: _("exempt"),
        Outcome.NOT_DUE: _("nothing due"),
    }


def state_names() -> dict[str, str]:
    """Return how a quota can stand, in words."""
    return {
        DutyState.OVERDUE: _("Overdue"),
        DutyState.WARNING: _("Due soon"),
        DutyState.DUE: _("To do"),
        DutyState.DONE: _("Fulfilled"),
        DutyState.EXEMPT: _("Exempt"),
    }
