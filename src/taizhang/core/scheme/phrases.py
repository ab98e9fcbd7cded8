"""The words in which rules are told: lists, numbers, periods, permissions. English ids, any language at the edge."""

from collections.abc import Iterable, Mapping
from decimal import Decimal

from taizhang.core.messages import Message
from taizhang.core.messages import gettext_noop as _
from taizhang.core.scheme.schema import CountsAs, Every, Permission

Words = Message | str


def listing(items: Iterable[Words]) -> Words:
    """Return items with commas between (、in Chinese)."""
    return _folded(_("{first}, {second}"), items)


def alternatives(items: Iterable[Words]) -> Words:
    """Return items with commas between, and “or” before the last. There is at least one."""
    *first, last = items
    return _folded(_("{first} or {second}"), [listing(first), last] if first else [last])


def sentences(items: Iterable[Words]) -> Words:
    """Return sentences one after the other (with a space between, in English)."""
    return _folded(_("{first} {second}"), items)


def clauses(items: Iterable[Words]) -> Words:
    return _folded(_("{first}; {second}"), items)


def _folded(msgid: str, items: Iterable[Words]) -> Words:
    said: Words = ""
    for item in items:
        said = Message(msgid, first=said, second=item) if said else item
    return said


def number(value: Decimal | int) -> str:
    """Return a number without needless zeros or exponents."""
    text = f"{Decimal(value):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


EVERY: Mapping[Every, str] = {
    "month": _("every month"),
    "quarter": _("every quarter"),
    "half_year": _("every half-year"),
    "year": _("every year"),
}
PERIOD: Mapping[Every, str] = {
    "month": _("month"),
    "quarter": _("quarter"),
    "half_year": _("half-year"),
    "year": _("year"),
}
THE_PERIOD: Mapping[Every, str] = {
    "month": _("the same month"),
    "quarter": _("the same quarter"),
    "half_year": _("the same half-year"),
    "year": _("the same year"),
}
THE_NEXT_PERIOD: Mapping[Every, str] = {
    "month": _("the next month"),
    "quarter": _("the next quarter"),
    "half_year": _("the next half-year"),
    "year": _("the next year"),
}
MAY: Mapping[Permission, str] = {
    "read": _("read entries and figures"),
    "record": _("record entries"),
    "correct": _("correct and withdraw entries"),
    "export": _("export lists"),
    "verify": _("verify that duties were done"),
    "exempt": _("exempt from duties"),
    "report": _("write reports"),
    "freeze": _("freeze reports"),
    "scores": _("see score sheets"),
    "appraise": _("compute score sheets and send them"),
    "confirm": _("confirm and lock score sheets"),
    "answer": _("answer objections to score sheets"),
    "talk": _("hold talks about missed quotas"),
    "organise": _("manage units, people and posts"),
    "accounts": _("manage accounts"),
    "rules": _("adopt schemes"),
    "journal": _("read the journal"),
    "write": _("write texts"),
    "release": _("release texts"),
}
REACH = {
    "all": _("in all units"),
    "unit": _("in their own unit and those below it"),
    "own": _("on their own entries only"),
}
HOME = {"matrix": _("the duty matrix"), "todo": _("their own to-do list")}
COUNTS_AS: Mapping[CountsAs, str] = {
    "present": _("present"),
    "made_up": _("made up later"),
    "excused": _("excused"),
    "absent": _("absent"),
}
FIELD_TYPE = {
    "text": _("a line of text"),
    "long_text": _("text of several lines"),
    "integer": _("a whole number"),
    "number": _("a number"),
    "date": _("a date"),
    "choice": _("one of several choices"),
    "choices": _("any of several choices"),
    "yes_no": _("yes or no"),
    "unit": _("a unit"),
    "person": _("a person"),
    "link": _("a web address"),
}
EVIDENCE = {
    "none": _("No files are attached."),
    "optional": _("Files can be attached as evidence."),
    "required": _("At least one file must be attached as evidence."),
}
WEEKDAY = {
    1: _("Monday"),
    2: _("Tuesday"),
    3: _("Wednesday"),
    4: _("Thursday"),
    5: _("Friday"),
    6: _("Saturday"),
    7: _("Sunday"),
}
CALENDAR = {
    "china": _("Working days follow the State Council's calendar of holidays and make-up working days."),
    "weekdays": _("Working days follow the week alone; no public holidays are known."),
}
IF_HOLIDAY = {
    "before": _("if that is no working day, the last working day before it"),
    "after": _("if that is no working day, the first working day after it"),
}
ENTRY_WORD = {
    "occurred_on": _("date"),
    "unit": _("unit"),
    "person": _("person"),
    "title": _("title"),
    "quantity": _("quantity"),
    "about": _("the entry it is about"),
    "counts_for": _("the period it counts for"),
    "evidence": _("evidence"),
    "recorded_at": _("time of recording"),
    "recorded_by": _("recorded by"),
}
COMPARISON = {
    "at_least": _("“{indicator}” is at least {number}"),
    "at_most": _("“{indicator}” is at most {number}"),
    "more_than": _("“{indicator}” is more than {number}"),
    "less_than": _("“{indicator}” is less than {number}"),
    "equals": _("“{indicator}” is exactly {number}"),
}
COMPARE = {"none": "", "last_year": _("Last year stands beside it.")}
ACROSS = {
    "none": "",
    "month": _("The columns are the months."),
    "quarter": _("The columns are the quarters."),
    "half_year": _("The columns are the half-years."),
    "unit": _("The columns are the units below."),
}
FIGURE_FORMAT = {
    "": _("[{name}]"),
    "number": _("[{name}, number only]"),
    "last_year": _("[{name}, a year before]"),
    "change": _("[{name}, change on the year before]"),
    "rows": _("[entries of {name}]"),
}
REPORT_WORD = {
    "unit": _("[unit]"),
    "period": _("[period]"),
    "year": _("[year]"),
    "as_of": _("[as of]"),
}
DOES = {"review": _("Review, level {level}."), "proof": _("Proof."), "sign_off": _("Sign-off.")}
HOW = {
    "site": _("On the built-in public site."),
    "package": _("As a package to paste there."),
    "outside": _("Published there by others."),
}
SEAT_REACH = {
    "unit": _("“{role}” of the text's unit or one above it"),
    "all": _("“{role}” of any unit"),
}
GATE = {"text": _("text gate"), "number": _("number gate"), "logic": _("logic gate")}
SEVERITY = {
    "error": _("{gate}: errors"),
    "warning": _("{gate}: errors and warnings"),
    "hint": _("{gate}: errors, warnings and hints"),
}
REOPENS = {
    "station": _("A correction made here re-opens this station only."),
    "last_review": _("A correction made here re-opens all from the last review on."),
    "all": _("A correction made here re-opens all stations."),
}
POSTS_EACH = {
    "manuscript": _("A text counts once, on however many channels it is released."),
    "channel": _("A text counts once on each channel."),
}
