"""A scheme read aloud: chapters and articles, every key of it in words.

What people wrote (labels, clauses) is taken in the language asked for; the words around it are Messages, put into a
language where they are shown.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from taizhang.core.messages import Message, gettext_noop
from taizhang.core.messages import gettext_noop as _
from taizhang.core.scheme import explain_desk, placeholders, regulation
from taizhang.core.scheme.load import LoadedScheme
from taizhang.core.scheme.phrases import (
    ACROSS,
    CALENDAR,
    COMPARE,
    COMPARISON,
    COUNTS_AS,
    ENTRY_WORD,
    EVERY,
    EVIDENCE,
    FIELD_TYPE,
    FIGURE_FORMAT,
    HOME,
    MAY,
    PERIOD,
    REACH,
    REPORT_WORD,
    WEEKDAY,
    Words,
    alternatives,
    clauses,
    listing,
    number,
    sentences,
)
from taizhang.core.scheme.schema import (
    AboutRule,
    AttendanceState,
    Audience,
    Basis,
    Count,
    Coverage,
    Difference,
    Distinct,
    Duty,
    FactField,
    Followed,
    Indicator,
    Kind,
    Label,
    Measure,
    Open,
    Outline,
    OutlineBlock,
    OutlineTable,
    Participations,
    QuantityRule,
    Ratio,
    Role,
    RowList,
    Sum,
    Target,
    When,
    Where,
)
from taizhang.core.scheme.speaking import Speaker, Told

Translate = Callable[[str], str]


@dataclass(frozen=True)
class Article:
    """One rule in words. ``section`` and ``id`` name the part (``id`` is empty for a whole section)."""

    section: str
    id: str
    line: int
    label: Message
    title: Words
    said: tuple[Words, ...]

    @property
    def text(self) -> Words:
        """Return all that is said, one sentence after the other."""
        return sentences(self.said)


@dataclass(frozen=True)
class Chapter:
    label: Message
    title: Message
    articles: tuple[Article, ...]


def explain(loaded: LoadedScheme, *, language: str) -> tuple[Chapter, ...]:
    """Return the whole scheme as chapters of articles, numbered through; labels are taken in ``language``."""
    chapters: list[Chapter] = []
    count = 0
    for title, told in _Speaker(loaded.scheme, language).chapters():
        articles = []
        for each in told:
            count += 1
            line = loaded.line_of(f"{each.section}.{each.id}" if each.id else each.section)
            label = Message(_("Article {number}"), number=_ordinal(count, language))
            articles.append(Article(each.section, each.id, line, label, each.title, each.said))
        if articles:
            label = Message(_("Chapter {number}"), number=_ordinal(len(chapters) + 1, language))
            chapters.append(Chapter(label, Message(title), tuple(articles)))
    return tuple(chapters)


def render(chapters: Iterable[Chapter], *, path: str, translate: Translate = gettext_noop) -> str:
    """Return the chapters as plain text; behind every article its place in the file."""
    lines: list[str] = []
    for chapter in chapters:
        lines += ["", f"{chapter.label.render(translate)}  {chapter.title.render(translate)}", ""]
        for article in chapter.articles:
            lines.append(f"{article.label.render(translate)}  {rendered(article.title, translate)}")
            lines += [f"    {line.rstrip()}" for line in rendered(article.text, translate).splitlines()]
            lines.append(f"    [{path}:{article.line}]")
    return "\n".join(lines).strip() + "\n"


def rendered(words: Words, translate: Translate = gettext_noop) -> str:
    """Return words in the language of ``translate``."""
    return words.render(translate) if isinstance(words, Message) else words


def _ordinal(value: int, language: str) -> str:
    return chinese_numeral(value) if language.startswith("zh") else str(value)


def chinese_numeral(value: int) -> str:
    """Return 1 to 999 as 一 … 九百九十九."""
    digits = "零一二三四五六七八九"
    hundreds, rest = divmod(value, 100)
    tens, ones = divmod(rest, 10)
    text = f"{digits[hundreds]}百" if hundreds else ""
    if tens:
        text += "十" if tens == 1 and not hundreds else f"{digits[tens]}十"
    elif hundreds and ones:
        text += "零"
    return text + (digits[ones] if ones else "")


@dataclass(frozen=True)
class _Speaker(Speaker):
    """Says every part of a scheme but what regulation says of quotas and points."""

    def chapters(self) -> Iterator[tuple[str, Iterator[Told]]]:
        yield _("General"), self._general()
        yield _("Organisation"), self._organisation()
        yield _("Ledger"), self._ledger()
        yield _("Indicators"), self._indicators()
        yield _("Duties"), self._duties()
        yield _("Targets"), self._targets()
        yield _("Quotas"), regulation.quotas(self)
        yield _("Points"), regulation.appraisals(self)
        yield _("Reports"), self._outlines()
        yield _("Desk"), explain_desk.desk(self)

    def _indicator(self, id: str) -> str:  # noqa: A002
        return self.name_of(self.scheme.indicators, id)

    # General

    def _general(self) -> Iterator[Told]:
        scheme = self.scheme
        said: list[Words] = [
            Message(_("This is “{name}” (id: {id})."), name=self.said(scheme.name), id=scheme.scheme),
            Message(_("This version takes effect on {day}."), day=scheme.effective),
            Message(_("A period is judged by the version in force on its first day.")),
        ]
        if scheme.about:
            said.append(self.said(scheme.about))
        yield Told("effective", "", Message(_("Name and effect")), tuple(said))
        for basis_id, basis in scheme.basis.items():
            yield Told("basis", basis_id, Message(_("Basis")), tuple(self._basis(basis)))
        if "working_days" in scheme.model_fields_set:
            yield Told("working_days", "", Message(_("Working days")), tuple(self._working_days()))

    def _basis(self, basis: Basis) -> Iterable[Words]:
        said: list[Words] = [Message(_("Basis is “{title}”."), title=self.said(basis.title))]
        if basis.number:
            said.append(Message(_("Its number is {number}."), number=basis.number))
        if basis.issued:
            said.append(Message(_("It was issued on {day}."), day=basis.issued))
        return said

    def _working_days(self) -> Iterable[Words]:
        days = self.scheme.working_days
        said: list[Words] = [Message(CALENDAR[days.calendar])]
        if days.weekend:
            free = listing(Message(WEEKDAY[day]) for day in days.weekend)
            said.append(Message(_("Days of rest of the week: {days}."), days=free))
        if days.holidays:
            said.append(Message(_("Also days of rest: {days}."), days=listing(map(str, days.holidays))))
        if days.workdays:
            said.append(
                Message(_("Working days in any case: {days}."), days=listing(map(str, days.workdays)))
            )
        return said

    # Organisation

    def _organisation(self) -> Iterator[Told]:
        scheme = self.scheme
        if scheme.unit_kinds:
            kinds = self.names("unit_kinds", scheme.unit_kinds)
            said = Message(_("Units are of these kinds: {kinds}."), kinds=kinds)
            yield Told("unit_kinds", "", Message(_("Kinds of units")), (said,))
        if scheme.groups:
            groups = self.names("groups", scheme.groups)
            said = Message(_("Groups of people across units: {groups}."), groups=groups)
            yield Told("groups", "", Message(_("Groups")), (said,))
        for role_id, role in scheme.roles.items():
            yield Told("roles", role_id, self.said(role.name), tuple(self._role(role)))

    def _role(self, role: Role) -> Iterable[Words]:
        said: list[Words] = []
        if role.may:
            may = listing(Message(MAY[each]) for each in role.may)
            said.append(Message(_("May, {reach}: {may}."), reach=Message(REACH[role.reach]), may=may))
        else:
            said.append(
                Message(_("May do nothing by this role alone, {reach}."), reach=Message(REACH[role.reach]))
            )
        if role.kinds:
            said.append(
                Message(_("Records and corrects only {kinds}."), kinds=self.names("kinds", role.kinds))
            )
        said.append(Message(_("Begins at {home}."), home=Message(HOME[role.home])))
        if role.apart_from:
            roles = self.names("roles", role.apart_from)
            said.append(Message(_("Nobody holds it together with {roles}."), roles=roles))
        return [*said, *self.about(role)]

    # Ledger

    def _ledger(self) -> Iterator[Told]:
        if self.scheme.attendance:
            states = tuple(map(self._state, self.scheme.attendance.values()))
            yield Told("attendance", "", Message(_("Attendance")), states)
        for kind_id, kind in self.scheme.kinds.items():
            yield Told("kinds", kind_id, self.said(kind.name), tuple(self._kind(kind)))

    def _state(self, state: AttendanceState) -> Words:
        words = (
            _("“{name}” (mark {mark}) counts as {counts_as}.")
            if state.mark
            else _("“{name}” counts as {counts_as}.")
        )
        counts_as = Message(COUNTS_AS[state.counts_as])
        return Message(words, name=self.said(state.name), mark=state.mark, counts_as=counts_as)

    def _kind(self, kind: Kind) -> Iterable[Words]:
        return [
            *self._kept_by(kind),
            *self._filled_in(kind),
            *self._field_list(kind),
            *self._conduct(kind),
            *self.about(kind),
        ]

    def _kept_by(self, kind: Kind) -> Iterator[Words]:
        if kind.unit_kinds:
            yield Message(_("Kept by {units}."), units=self.names("unit_kinds", kind.unit_kinds))
        else:
            yield Message(_("Kept by every unit."))

    def _filled_in(self, kind: Kind) -> Iterator[Words]:
        yield self._asked(kind.title.name, required=kind.title.required)
        if kind.quantity:
            yield from self._quantity(kind.quantity)
        if kind.person:
            yield self._asked(kind.person.name, required=kind.person.required)
        if kind.attendance:
            group = self.names("groups", [kind.attendance.group]) if kind.attendance.group else ""
            yield (
                Message(_("Attendance is taken of {group} as it is on the day."), group=group)
                if kind.attendance.roster == "group"
                else Message(_("Attendance is taken of the people of the unit on the day."))
            )
        if kind.about:
            yield from self._about_rule(kind.about)

    def _asked(self, name: Label, *, required: bool) -> Words:
        words = _("“{name}” must be filled in.") if required else _("“{name}” can be filled in.")
        return Message(words, name=self.said(name))

    def _quantity(self, rule: QuantityRule) -> Iterator[Words]:
        name: Words = self.said(rule.name) or Message(ENTRY_WORD["quantity"])
        words = (
            _("“{name}” is told in {units} and must be.")
            if rule.required
            else _("“{name}” can be told, in {units}.")
        )
        yield Message(words, name=name, units=alternatives(rule.units))
        yield (
            Message(_("Round figures are allowed."))
            if rule.approximate
            else Message(_("Only exact figures."))
        )
        least = (
            _("At least {number}, whole numbers only.")
            if rule.whole
            else _("At least {number}, decimals allowed.")
        )
        yield Message(least, number=number(rule.min))

    def _about_rule(self, rule: AboutRule) -> Iterator[Words]:
        words = (
            _("It is about an entry of {kinds}.")
            if rule.required
            else _("It can be about an entry of {kinds}.")
        )
        yield Message(words, kinds=self.names("kinds", rule.kinds))
        if rule.name:
            yield Message(_("That entry is called “{name}” here."), name=self.said(rule.name))
        if rule.once:
            yield Message(_("There is only one for each."))
        if rule.by_another:
            yield Message(_("Somebody else records it than recorded that entry."))

    def _field_list(self, kind: Kind) -> Iterator[Words]:
        for rule in kind.fields.values():
            yield from self._field(rule)

    def _field(self, rule: FactField) -> Iterator[Words]:
        said: list[Words] = [Message(FIELD_TYPE[rule.type])]
        if rule.choices:
            choices = listing(self.said(label) for label in rule.choices.values())
            said.append(Message(_("namely {choices}"), choices=choices))
        if rule.min is not None:
            said.append(Message(_("at least {number}"), number=number(rule.min)))
        if rule.max is not None:
            said.append(Message(_("at most {number}"), number=number(rule.max)))
        if rule.max_length is not None:
            said.append(Message(_("at most {number} characters"), number=rule.max_length))
        said.append(Message(_("required")) if rule.required else Message(_("optional")))
        yield Message(_("Field “{name}”: {what}."), name=self.said(rule.name), what=clauses(said))
        yield from self.about(rule)

    def _conduct(self, kind: Kind) -> Iterator[Words]:
        if kind.counts_for:
            yield Message(
                _("It can be said to count for another {period} than that of its day."),
                period=Message(PERIOD[kind.counts_for]),
            )
        yield Message(EVIDENCE[kind.evidence])
        if kind.columns:
            yield Message(_("The list shows: {columns}."), columns=self._columns(kind, kind.columns))
        if kind.duplicate:
            same = self._columns(kind, kind.duplicate)
            yield Message(_("Two entries alike in {columns} are probably the same."), columns=same)
        if kind.planned:
            yield Message(_("It can be recorded before its day."))
        if kind.quick:
            yield Message(_("It is offered for quick entry on the home page."))

    def _columns(self, kind: Kind, names: Iterable[str]) -> Words:
        return listing(
            self.said(kind.fields[name].name) if name in kind.fields else Message(ENTRY_WORD[name])
            for name in names
        )

    # Indicators

    def _indicators(self) -> Iterator[Told]:
        for indicator_id, indicator in self.scheme.indicators.items():
            said = [
                self._measure(indicator.measure),
                *self._printed(indicator),
                *self.about(indicator),
            ]
            yield Told("indicators", indicator_id, self.said(indicator.name), tuple(said))

    def _printed(self, indicator: Indicator) -> Iterator[Words]:
        if indicator.unit:
            yield Message(_("Told in {unit}."), unit=self.said(indicator.unit))
        if indicator.percent:
            yield Message(_("Told per cent."))
        if indicator.digits is not None:
            yield Message(_("Printed with {number} decimals."), number=indicator.digits)

    def _measure(self, measure: Measure) -> Words:  # noqa: PLR0911 - one exit a measure
        match measure:
            case Ratio():
                return Message(
                    _("“{of}” divided by “{to}”."),
                    of=self._indicator(measure.of),
                    to=self._indicator(measure.to),
                )
            case Difference():
                less = self.names("indicators", measure.minus)
                return Message(_("“{of}” less {minus}."), of=self._indicator(measure.of), minus=less)
            case Count():
                return Message(
                    _("The number of {entries}."), entries=self.entries(measure.kind, measure.where)
                )
            case Sum():
                return self._sum(measure)
            case Distinct():
                return Message(
                    _("The number of different values of “{of}” among {entries}."),
                    of=self.field_name(measure.kind, measure.of),
                    entries=self.entries(measure.kind, measure.where),
                )
            case Participations():
                return Message(
                    _("The number of attendances ({states}) at {entries}."),
                    states=listing(Message(COUNTS_AS[each]) for each in measure.counted),
                    entries=self.entries(measure.kind, measure.where),
                )
            case Coverage():
                return Message(
                    _("Attendances ({states}) over all that were due, at {entries}."),
                    states=listing(Message(COUNTS_AS[each]) for each in measure.counted),
                    entries=self.entries(measure.kind, measure.where),
                )
            case Open():
                return self._closed(_OPEN[measure.since], measure.kind, measure.where, measure.until)
            case Followed():
                return self._closed(_FOLLOWED[measure.since], measure.kind, measure.where, measure.by)

    def _sum(self, measure: Sum) -> Words:
        entries = self.entries(measure.kind, measure.where)
        of = self.field_name(measure.kind, measure.of)
        if measure.unit:
            return Message(
                _("The sum of “{of}” in {unit} over {entries}."), of=of, unit=measure.unit, entries=entries
            )
        return Message(_("The sum of “{of}” over {entries}."), of=of, entries=entries)

    def _closed(self, msgid: str, kind: str, where: Where, by: Iterable[str]) -> Words:
        return Message(msgid, entries=self.entries(kind, where), kinds=self.names("kinds", by))

    # Duties and targets

    def _amount(self, indicator_id: str, value: Decimal) -> Words:
        indicator = self.scheme.indicators[indicator_id]
        if indicator.percent:
            return f"{number(value)}%"
        unit = self.said(indicator.unit)
        return Message(_("{number} {unit}"), number=number(value), unit=unit) if unit else number(value)

    def _audience(self, audience: Audience) -> Words:
        parts: list[Words] = []
        if audience.unit_kinds:
            kinds = self.names("unit_kinds", audience.unit_kinds)
            parts.append(Message(_("every unit of kind {kinds}"), kinds=kinds))
        if audience.units:
            parts.append(Message(_("the units {units}"), units=listing(audience.units)))
        return listing(parts)

    def _duties(self) -> Iterator[Told]:
        for duty_id, duty in self.scheme.duties.items():
            yield Told("duties", duty_id, self.said(duty.name), tuple(self._duty(duty)))

    def _duty(self, duty: Duty) -> Iterable[Words]:
        said: list[Words] = [
            Message(
                _("For {units}, {every}: “{indicator}” at least {amount}."),
                units=self._audience(duty.units),
                every=Message(EVERY[duty.every]),
                indicator=self._indicator(duty.of),
                amount=self._amount(duty.of, duty.at_least),
            )
        ]
        if duty.months:
            months = listing(map(str, duty.months))
            said.append(Message(_("Only in periods that begin in month {months}."), months=months))
        said.append(self.due(duty.due, duty.every))
        said.append(Message(_("A warning is shown {days} days before."), days=duty.warn_days))
        said.extend(self._answerable(duty))
        return [*said, *self.about(duty)]

    def _answerable(self, duty: Duty) -> Iterator[Words]:
        if duty.leader:
            yield Message(_("{roles} answers for it."), roles=self.names("roles", [duty.leader]))
        if duty.section:
            yield Message(_("Unit {unit} does it."), unit=duty.section)
        if duty.holder:
            yield Message(_("In person: {holder}."), holder=duty.holder)
        if duty.evidence:
            yield Message(_("Evidence: {evidence}."), evidence=self.said(duty.evidence))
        yield (
            Message(_("Another person verifies it."))
            if duty.verify
            else Message(_("It needs no verification."))
        )

    def _targets(self) -> Iterator[Told]:
        for target_id, target in self.scheme.targets.items():
            yield Told("targets", target_id, self.said(target.name), tuple(self._target(target)))

    def _target(self, target: Target) -> Iterable[Words]:
        words = (
            _("For {units}, {every}: “{indicator}” at least {amount}.")
            if target.at_least is not None
            else _("For {units}, {every}: “{indicator}” at most {amount}.")
        )
        bound = target.at_least if target.at_least is not None else target.at_most
        goal = Message(
            words,
            units=self._audience(target.units),
            every=Message(EVERY[target.every]),
            indicator=self._indicator(target.of),
            amount=self._amount(target.of, bound or Decimal(0)),
        )
        return [goal, *self.about(target)]

    # Reports

    def _outlines(self) -> Iterator[Told]:
        for outline_id, outline in self.scheme.outlines.items():
            yield Told("outlines", outline_id, self.said(outline.name), tuple(self._outline(outline)))

    def _outline(self, outline: Outline) -> Iterable[Words]:
        every = Message(EVERY[outline.every])
        said: list[Words] = [
            Message(_("Made by {units}, {every}."), units=self._audience(outline.units), every=every)
            if outline.units
            else Message(_("Made by any unit, {every}."), every=every),
            Message(_("Title: {title}."), title=self._prose(outline.title)),
        ]
        if outline.addressee:
            said.append(Message(_("Sent to: {addressee}."), addressee=self._prose(outline.addressee)))
        said.append(Message(_("Signed: {issuer}."), issuer=self._prose(outline.issuer)))
        said.extend(self.about(outline))
        return [*said, *(Message(_("\n- {block}"), block=self._block(block)) for block in outline.body)]

    def _block(self, block: OutlineBlock) -> Words:
        said = self._block_itself(block)
        if block.when is None:
            return said
        return Message(_("If {condition}: {block}"), condition=self._when(block.when), block=said)

    def _block_itself(self, block: OutlineBlock) -> Words:
        if block.heading is not None:
            heading = self._prose(block.heading)
            return Message(_("Heading of level {level}: {heading}"), level=block.level, heading=heading)
        if block.text is not None:
            return Message(_("Text: {text}"), text=self._prose(block.text))
        if block.list is not None:
            return Message(
                _("List: {items}"),
                items=listing(Message(_("“{name}”"), name=self._prose(item)) for item in block.list),
            )
        if block.rows is not None:
            return self._rows(block.rows)
        return self._table(block.table) if block.table else ""

    def _when(self, when: When) -> Words:
        key = next(key for key in COMPARISON if getattr(when, key) is not None)
        limit = self._amount(when.of, getattr(when, key))
        return Message(COMPARISON[key], indicator=self._indicator(when.of), number=limit)

    def _rows(self, rows: RowList) -> Words:
        said: list[Words] = [
            Message(
                _("The entries of “{indicator}”, each written as “{item}”."),
                indicator=self._indicator(rows.of),
                item=rows.item,
            ),
            Message(_("Each on a line of its own."))
            if rows.each_line
            else Message(_("With “{separator}” between them."), separator=rows.separator),
            Message(_("At most {number}, then how many more there are."), number=rows.at_most),
        ]
        if rows.empty:
            said.append(Message(_("Without any: “{empty}”."), empty=rows.empty))
        return sentences(said)

    def _table(self, table: OutlineTable) -> Words:
        said: list[Words] = [
            Message(_("A table of {indicators}."), indicators=self.names("indicators", table.rows))
        ]
        if table.caption:
            said.append(Message(_("Above it: {caption}."), caption=table.caption))
        said.extend(Message(each) for each in (COMPARE[table.compare], ACROSS[table.across]) if each)
        return sentences(said)

    def _prose(self, text: str) -> Words:
        return _joined(
            piece if isinstance(piece, str) else self._placeholder(piece)
            for piece in placeholders.parse(text)
        )

    def _placeholder(self, place: placeholders.Placeholder) -> Words:
        if place.is_word and not place.format:
            return Message(REPORT_WORD[place.name])
        return Message(FIGURE_FORMAT[place.format], name=self._indicator(place.name))


_OPEN = {
    "period": _("In the period: {entries} that no entry of {kinds} is about by its end."),
    "ever": _("All {entries} up to the end of the period that no entry of {kinds} is about by then."),
}
_FOLLOWED = {
    "period": _("In the period: {entries} that an entry of {kinds} is about by its end."),
    "ever": _("All {entries} up to the end of the period that an entry of {kinds} is about by then."),
}


def _joined(items: Iterable[Words]) -> Words:
    """Return words one after the other with nothing between."""
    said: Words = ""
    for item in items:
        said = Message("{first}{second}", first=said, second=item) if said else item
    return said
