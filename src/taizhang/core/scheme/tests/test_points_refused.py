"""Quotas and appraisals that mean nothing are refused, each fault with its place, cause and remedy."""

import pytest

from taizhang.core.scheme.errors import SchemeErrors
from taizhang.core.scheme.load import load_text
from taizhang.core.scheme.tests.conftest import FIXTURES

TEXT = (FIXTURES / "every-key.yaml").read_text("utf-8")

FAULTS = [
    ("for: {roles: [secretary], units: [C1]}", "for: {}", "“for” means nobody."),
    ("for: {roles: [secretary], units: [C1]}", "for: {roles: [secretery]}", "There is no role “secretery”. Did you mean “secretary”?"),
    ("words: {at_least: 500, below: 5000}", "words: {}", "“words” has no bound."),
    ("words: {at_least: 500, below: 5000}", "words: {at_least: 500, below: 500}", "In “words” at_least is not under below"),
    ("words: {at_least: 500, below: 5000}", "wrds: {at_least: 500}", "“wrds” of “text” is no number. Did you mean “words”?"),
    ("where: {genre: essay}, number", "where: {genre: novel}, number", "“novel” is not a value of “genre”."),
    ("item: {genre: essay}, where: {level: town}, at_least", "item: {gnre: essay}, where: {level: town}, at_least", "The kind “text” has no field “gnre”. Did you mean “genre”?"),
    ("submit: {kind: text, where: {genre: essay}", "submit: {kind: text, item: {form: debate}", "The kind “request” has no field “form”."),
    ("submit: {kind: text, where: {genre: essay}", "submit: {kind: evening, where: {form: debate}", "Entries of “evening” name no person, so they are nobody's work."),
    ("followed_by: {kind: praise, where: {rank: mayor}}\n", "followed_by: {kind: answer}\n", "Entries of “answer” are never about “text”."),
    ("due: {day: 25}\n    months: [1, 2, 3, 4, 5, 6]", "due: {day: 32}\n    months: [1]", "There is no day 32 there; the last is 31."),
    ("quotas: [texts, quarterly]\n    shares", "quotas: [texts, quartely]\n    shares", "There is no quota “quartely”. Did you mean “quarterly”?"),
    ("met: {quotas: [texts, quarterly]", "met: {quotas: [texts, other]", "There is no quota “other”."),
    ("fields: [person, second_author]", "fields: [person, third_author]", "No kind of entries has a field “third_author” that names a person. Did you mean “second_author”?"),
    ("split: ratio, numbers: [3, 2], at_most", "split: ratio, at_most", "“numbers” belongs to “split: ratio” and “split: parts”, which need it."),
    ("several: {best: 2, one_per: level, order: [land, town], further: 0.5, at_most: 30}", "several: {}", "“several” says nothing."),
    ("several: {best: 2, one_per: level, order: [land, town], further: 0.5, at_most: 30}", "several: {best: 2, order: [land]}", "“order” puts the values of “one_per” in order, and that is not there."),
    ("order: [land, town]", "order: [land, sea]", "“sea” is not a value of “level”."),
    ("one_per: level, order: [land, town]", "one_per: levels", "The kind “printing” has no field “levels”. Did you mean “level”?"),
    ("each: {kind: text, points: 1}", "each: {kind: text}", "“each” needs exactly one of points and scale."),
    ("fixed: {points: 6, exempt: false}", "fixed: {points: 6}\n        met: {points: 6}", "“base” needs exactly one kind of rule; it has 2."),
    ("short: {quotas: [texts, quarterly], submit: -1, publish: -2}", "short: {}", "“short” takes nothing away."),
    ("short: {quotas: [texts, quarterly], submit: -1, publish: -2}", "short: {submit: 1}", "“submit” is 1; it must be at most 0."),
    ("late: {of: {kind: request}, deadline: last_day,", "late: {of: {kind: request},", "“late” needs exactly one of deadline and due."),
    ("deadline: last_day, done", "deadline: lastday, done", "“lastday” of “request” is no date. Did you mean “last_day”?"),
    ("answer: {of: {kind: request}, by: [text]", "answer: {of: {kind: request}, by: [praise]", "Entries of “praise” are never about “request”."),
    ("limits: {every: year, at_most: 60, at_least: 1}", "limits: {every: year}", "A limit limits nothing."),
    ("limits: {every: year, at_most: 60, at_least: 1}", "limits: {at_most: 60, at_least: 61}", "At least more than at most: no number keeps to it."),
    ("- {rules: [met, printings], every: month", "- {rules: [met, printing], every: month", "There is no rule “printing”. Did you mean “printings”?"),
    ("- {rules: [met, printings], every: month", "- {rules: [met, hidden], every: month", "“hidden” decides the whole and has no points of its own."),
    ("points: -1}\n    exemptions", "points: 0}\n      fourth: {name: Nothing, after: 4}\n    exemptions", "Nothing follows from “fourth”."),
    ("talk: auditor, multiply: 2, rules", "talk: auditor, rules", "“rules” says what is multiplied, and nothing is."),
    ("talk: chair\n", "talk: boss\n", "There is no role “boss”."),
    ("- {where: {level: town}, points: 10}", "- {points: 10}\n            - {where: {level: town}, points: 10}", "This line is never reached: the one before it fits everything."),
    ("points: 0.1, per: words", "points: 0.1, per: pages", "“pages” of “text” is no number."),
    ("verification: {kinds: [printing, text]", "verification: {kinds: [printin]", "There is no kind “printin”. Did you mean “printing”?"),
    ("verification: {kinds: [printing, text]", "verification: {kinds: [printing, evening]", "No quota and no rule of this appraisal looks at “evening”. Leave it out, or name a kind that is looked at: praise, printing, request, text."),
    ("verification: {kinds: [printing, text]", "verification: {kinds: []", "“kinds” is an empty list."),
    ("by: [chair, auditor], clause", "by: [chairman], clause", "There is no role “chairman”. Did you mean “chair”?"),
    ("clause: {basis: statute, at: § 18}", "clause: {basis: statut, at: § 18}", "There is no basis “statut”. Did you mean “statute”?"),
    ("approved_by: [chair, auditor]", "approved_by: [nobody]", "There is no role “nobody”."),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "said"), FAULTS)
def test_what_means_nothing_is_refused(old: str, new: str, said: str) -> None:
    assert old in TEXT
    with pytest.raises(SchemeErrors) as refused:
        load_text(TEXT.replace(old, new, 1), path="rules.yaml")

    assert [fault for fault in map(str, refused.value.errors) if said in fault], str(refused.value)
    assert all(error.line > 1 and str(error.remedy) for error in refused.value.errors)


def test_who_reaches_his_own_entries_only_verifies_none() -> None:
    text = TEXT.replace("by: [chair, auditor], clause", "by: [chair, secretary], clause").replace(
        "may: [read, record, correct, export]\n    reach: unit",
        "may: [read, record, correct, export]\n    reach: own",
    )
    with pytest.raises(SchemeErrors) as refused:
        load_text(text, path="rules.yaml")

    assert "“secretary” reaches its own entries only, and nobody verifies his own." in str(refused.value)


def test_a_yearly_sheet_has_no_monthly_limit() -> None:
    text = TEXT.replace(
        "    every: month\n    by: person\n    for: {roles: [secretary], units",
        "    every: year\n    by: person\n    for: {roles: [secretary], units",
    )
    with pytest.raises(SchemeErrors) as refused:
        load_text(text, path="rules.yaml")

    assert "A sheet is made every year; a month is too short." in str(refused.value)


def test_a_scheme_without_quotas_cannot_escalate() -> None:
    start, end = TEXT.index("quotas:\n  texts:"), TEXT.index("appraisals:\n")
    text = (TEXT[:start] + TEXT[end:]).replace("quotas: [texts, quarterly]", "").replace("{, ", "{")
    with pytest.raises(SchemeErrors) as refused:
        load_text(text, path="rules.yaml")

    assert "This is about quotas, and no quota belongs to the appraisal." in str(refused.value)


def test_units_are_not_bound_by_role() -> None:
    text = TEXT.replace(
        "    every: month\n    by: person\n    for: {persons",
        "    every: month\n    by: unit\n    for: {persons",
    )
    with pytest.raises(SchemeErrors) as refused:
        load_text(text, path="rules.yaml")

    assert "Units are bound here, and “persons” names people." in str(refused.value)
    assert "“texts” binds by unit, and scores are by person." in str(refused.value)
