"""Broken schemes, and what is said about each: the line and column, the cause, the remedy."""

import datetime as dt
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taizhang.core.scheme.errors import SchemeError, SchemeErrors, Unreadable
from taizhang.core.scheme.load import load_file, load_text
from taizhang.core.scheme.tests.conftest import FIXTURES


def edited(text: str, old: str, new: str) -> str:
    """Replace the only occurrence of ``old``."""
    assert text.count(old) == 1, f"{text.count(old)} times {old!r}"
    return text.replace(old, new)


def faults_of(text: str) -> tuple[SchemeError, ...]:
    try:
        load_text(text, path="x.yaml")
    except SchemeErrors as refused:
        return refused.errors
    return ()


def place(text: str, words: str) -> tuple[int, int]:
    """Return the line and column where ``words`` stand for the only time."""
    assert text.count(words) == 1, f"{text.count(words)} times {words!r}"
    before = text[: text.index(words)]
    return before.count("\n") + 1, len(before) - before.rfind("\n")


# What is wrong with the rules. Each case: what is edited, where the fault is (the words it stands at), and what is said.
WRONG_RULES = {
    "unknown key": ("every: month", "evry: month", "evry", "Unknown key “evry”.", "Did you mean “every”?"),
    "unknown key, nothing near": (
        "warn_days: 5",
        "colour: 5",
        "colour",
        "Unknown key “colour”.",
        "Possible here: name, help, clause, every,",
    ),
    "missing key": (
        "    every: month\n",
        "",
        "monthly_evening:",
        "“monthly_evening” lacks the key “every”.",
        "Add “every:” with one of month, quarter, half_year, year.",
    ),
    "key twice": (
        "quick: true",
        "unit_kinds: circle",
        "unit_kinds: circle",
        "“unit_kinds” is here twice; the first one is on line 67.",
        "Delete one of the two, or give it another name.",
    ),
    "no value": (
        "warn_days: 5",
        "warn_days:",
        "warn_days:\n",
        "“warn_days” has no value.",
        "Give it a value, or delete the line.",
    ),
    "text for a number": (
        "warn_days: 5",
        'warn_days: "5"',
        '"5"',
        "“warn_days” is 5 in quotes, which makes it text.",
        "Take the quotes away.",
    ),
    "words for a number": (
        "warn_days: 5",
        "warn_days: five",
        "five",
        "“five” is not possible for “warn_days”.",
        "Write a whole number.",
    ),
    "octal": (
        "warn_days: 5",
        "warn_days: 010",
        "010",
        "“010” begins with 0, which some programs read as octal.",
        "Write the number without the leading 0.",
    ),
    "too many days": (
        "warn_days: 5",
        "warn_days: 999",
        "999",
        "“warn_days” is 999; it must be at most 366.",
        "Correct the number.",
    ),
    "yes": ("quick: true", "quick: yes", "yes\n", "“yes” is not possible for “quick”.", "Write true."),
    "off": ("quick: true", "quick: off", "off", "“off” is not possible for “quick”.", "Write false."),
    "date in quotes": (
        "effective: 2023-01-01",
        "effective: '2023-01-01'",
        "'2023-01-01'",
        "“effective” is 2023-01-01 in quotes, which makes it text.",
        "Take the quotes away.",
    ),
    "no such day": (
        "issued: 2022-11-05",
        "issued: 2022-11-31",
        "2022-11-31",
        "“2022-11-31” is not possible for “issued”.",
        "Write a date such as 2023-01-31, without quotes.",
    ),
    "number where text is wanted": (
        'number: "3"',
        "number: 3",
        "3\n\nworking",
        "“3” is read as a number, and “number” is text.",
        'Put it in quotes: "3".',
    ),
    "no space after the colon": (
        "club: {en: Club, zh: 读书会}",
        "club：读书会",
        "club：读书会",
        "“club：读书会” has no colon with a space behind it.",
        "Write a half-width colon and a space: “key: value”.",
    ),
    "bad word": (
        "type: choice",
        "type: choise",
        "choise",
        "“choise” is not possible for “type”.",
        "Did you mean “choice”? Possible: text, long_text,",
    ),
    "bad word in a list": (
        "may: [read, journal]",
        "may: [read, jurnal]",
        "jurnal",
        "“jurnal” is not possible for “may”.",
        "Did you mean “journal”?",
    ),
    "bad id": (
        "  seats: ",
        "  2seats: ",
        "2seats",
        "“2seats” cannot be an id.",
        "An id has letters, Chinese characters, digits and “_”, begins with no digit,",
    ),
    "empty label": (
        "club: {en: Club, zh: 读书会}",
        'club: ""',
        '""',
        "“club” is empty.",
        "Write the words that people will read.",
    ),
    "language of a label": (
        "club: {en: Club, zh: 读书会}",
        "club: {fr: Club, zh: 读书会}",
        "fr: Club",
        "“fr” is not a language of labels.",
        "Possible: zh, en.",
    ),
    "choice without choices": (
        "topic: {name: {en: Topic, zh: 主题}}",
        "topic: {name: Topic, type: choice}",
        "topic: {",
        "“topic” is a choice and has no choices.",
        "Add “choices:”",
    ),
    "limit of text": (
        "notes: {name: {en: Notes, zh: 记录}, type: long_text, max_length: 2000}",
        "notes: {name: Notes, type: long_text, min: 3}",
        "min: 3",
        "“notes” has a limit that its type does not use.",
        "min and max belong to integer and number,",
    ),
    "min above max": (
        "min: 1, max: 5000",
        "max: 1, min: 5000",
        "min: 5000",
        "In “pages” min is above max: no value fits.",
        "Swap the two, or correct one.",
    ),
    "roster without group": (
        "{roster: group, group: board}",
        "{roster: group}",
        "roster: group",
        "“roster: group” and “group” belong together.",
        "Write both, or neither",
    ),
    "no measure": (
        "count: {kind: evening}}",
        "}",
        "evenings: {name: {en: Evenings,",
        "“evenings” needs exactly one measure; it has 0.",
        "Keep one of: count, sum,",
    ),
    "two measures": (
        "count: {kind: evening}}",
        "count: {kind: evening}, coverage: {kind: evening}}",
        "coverage: {kind: evening}},"[:-1],
        "“evenings” needs exactly one measure; it has 2.",
        "Keep one of: count, sum,",
    ),
    "nobody bound": (
        "for: {units: [C1]}",
        "for: {}",
        "for: {}",
        "“for” binds nobody.",
        "Name units by code",
    ),
    "two bounds": (
        "at_most: 3, for",
        "at_least: 1, at_most: 3, for",
        "at_most: 3",
        "“few_open” needs exactly one of at_least and at_most.",
        "Keep one; for a range write two targets.",
    ),
    "two things in a block": (
        "        level: 2",
        "        text: What we did.",
        "heading: Evenings",
        "A block has exactly one of heading, text, list, rows and table.",
        "Make a block of its own of each",
    ),
    "unknown kind": (
        "participations: {kind: evening,",
        "participations: {kind: evning,",
        "evning",
        "There is no kind “evning”.",
        "Did you mean “evening”?",
    ),
    "unknown kind of a role": (
        "kinds: [evening, question, answer]",
        "kinds: [evening, parade]",
        "parade",
        "There is no kind “parade”.",
        "Declare it under “kinds:”, or name one that is there: evening, question, answer.",
    ),
    "unknown indicator of a duty": (
        "of: answered\n",
        "of: answers_given\n",
        "answers_given",
        "There is no indicator “answers_given”.",
        "Did you mean “answered”?",
    ),
    "unknown kind of unit": (
        "unit_kinds: [club, circle]",
        "unit_kinds: [club, cirkle]",
        "cirkle",
        "There is no kind of unit “cirkle”.",
        "Did you mean “circle”?",
    ),
    "unknown group": (
        "group: board}",
        "group: bored}",
        "bored",
        "There is no group “bored”.",
        "Did you mean “board”?",
    ),
    "unknown role": ("leader: chair", "leader: chief", "chief", "There is no role “chief”.", ""),
    "unknown basis": (
        "clause: {basis: statute, at: § 2}",
        "clause: {basis: statut, at: § 2}",
        "statut,",
        "There is no basis “statut”.",
        "Did you mean “statute”?",
    ),
    "role apart from itself": (
        "apart_from: auditor",
        "apart_from: chair",
        "chair\n  auditor",
        "“chair” is kept apart from itself: nobody could hold it.",
        "Name the other role.",
    ),
    "unknown column": (
        "columns: [occurred_on, title, form, quantity]",
        "columns: [occurred_on, titel, form]",
        "titel",
        "The kind “evening” has no field “titel”.",
        "Did you mean “title”?",
    ),
    "column of nothing": (
        "columns: [occurred_on, title, form, quantity]",
        "columns: [person]",
        "person]",
        "Entries of “evening” have no “person”.",
        "Add “person:” to the kind, or take it out of “columns”.",
    ),
    "unknown field in where": (
        "{form: debate, open_to_all",
        "{from: debate, open_to_all",
        "from: debate",
        "The kind “evening” has no field “from”.",
        "Did you mean “form”?",
    ),
    "unknown choice in where": (
        "form: debate",
        "form: quarrel",
        "quarrel",
        "“quarrel” is not a value of “form”.",
        "Possible here: reading, debate.",
    ),
    "text for yes or no": (
        "open_to_all: [true, false]",
        "open_to_all: [true, maybe]",
        "maybe",
        "“maybe” is not a value of “open_to_all”.",
        "Write true or false.",
    ),
    "sum of words": (
        "sum: {kind: evening, of: pages}",
        "sum: {kind: evening, of: notes}",
        "notes}",
        "“notes” of “evening” is no number.",
        "Add up one of: quantity, pages.",
    ),
    "sum without unit": (
        "sum: {kind: evening, unit: guests}",
        "sum: {kind: evening}",
        "sum: {kind: evening}",
        "“evening” is told in several units; they cannot be added blindly.",
        "Add “unit:” with one of: guests, children.",
    ),
    "sum in a unit it is not told in": (
        "unit: guests}}",
        "unit: adults}}",
        "adults",
        "“evening” is not told in “adults”.",
        "Write one of: guests, children.",
    ),
    "persons of a kind without": (
        "distinct: {kind: question}",
        "distinct: {kind: answer}",
        "distinct: {kind: answer}",
        "Entries of “answer” have no “person”.",
        "Add “person:” to the kind,",
    ),
    "coverage of a kind without attendance": (
        "coverage: {kind: evening}",
        "coverage: {kind: question}",
        "question}, percent",
        "No attendance is taken of “question”.",
        "Add “attendance:” to the kind,",
    ),
    "open until something else": (
        "until: answer",
        "until: evening",
        "evening, since",
        "Entries of “evening” are never about “question”.",
        "Add “question” to “about: kinds:” of “evening”.",
    ),
    "never the first": (
        "about: {kinds: question,",
        "about: {kinds: answer,",
        "about: {kinds: answer",
        "“answer” must be about an entry that can never be there first.",
        "Write “required: false”,",
    ),
    "per cent of a count": (
        "distinct: {kind: question}",
        "distinct: {kind: question}, percent: true",
        "percent: true}\n  topics",
        "“askers” is no share, so it has no per cent.",
        "Delete “percent:”;",
    ),
    "reserved indicator": (
        "  seats: ",
        "  year: ",
        "year: {name: {en: Attendances",
        "“year” is a reserved name.",
        "Choose another; reserved are: as_of, period, rows, unit, year.",
    ),
    "reserved field": (
        "topic: {name",
        "title: {name",
        "title: {name: {en: Topic",
        "“title” is a reserved name.",
        "Choose another; reserved are:",
    ),
    "same but for width": (
        "  later: {",
        "  ｔｈｅｒｅ: {",
        "ｔｈｅｒｅ",
        "“ｔｈｅｒｅ” differs from “there” only by width or case.",
        "Give one of them a name that cannot be mistaken.",
    ),
    "quota of nothing": (
        "at_least: 1\n    for",
        "at_least: 0\n    for",
        "0\n    for",
        "“at_least” is 0; it must be more than 0.",
        "Correct the number.",
    ),
    "half an evening": (
        "at_least: 1\n    for",
        "at_least: 1.5\n    for",
        "1.5",
        "“evenings” counts whole things; 1.5 cannot be meant.",
        "Write a whole number.",
    ),
    "target of nothing": (
        "at_least: 4",
        "at_least: -4",
        "-4",
        "“at_least” is -4; it must be more than 0.",
        "Correct the number.",
    ),
    "day of another month": (
        "{day: last_working, of: next, month: 1}",
        "{day: 30, of: next, month: 2}",
        "30, of",
        "There is no day 30 there; the last is 29.",
        "Write a day up to 29, or “last”.",
    ),
    "day beyond the period": (
        "due: {day: 31,",
        "due: {day: 32,",
        "32,",
        "There is no day 32 there; the last is 31.",
        "Write a day up to 31, or “last”.",
    ),
    "month beyond the period": (
        "due: {day: 31,",
        "due: {month: 2, day: 31,",
        "2, day",
        "“month” has no month 2.",
        "Write the month of the period, 1 to 1.",
    ),
    "alone brace": (
        "Guests: {guests}",
        "Guests: {guests",
        '"Guests: {guests"',
        "A brace “{” stands alone.",
        "Write {name} for a figure, and {{ or }} for a brace itself.",
    ),
    "unknown placeholder": (
        "{debates:number}",
        "{debats:number}",
        '"We met',
        "There is no indicator “debats”.",
        "Did you mean “debates”?",
    ),
    "unknown format": (
        "{coverage:change}",
        "{coverage:chance}",
        '"Coverage',
        "“{coverage:chance}” is not a placeholder.",
        "Possible: {indicator}, {indicator:number},",
    ),
    "figure in a title": (
        'title: "{unit}: the year {year}"',
        'title: "{unit}: {evenings}"',
        '"{unit}: {evenings}"',
        "“{evenings}” cannot stand in “title”.",
        "Only {unit}, {period}, {year} and {as_of} can stand there.",
    ),
    "rows of a ratio": (
        "{rows:open_questions}",
        "{rows:debate_share}",
        '"Still open',
        "“debate_share” is worked out from other figures and has no rows.",
        "Name an indicator that counts entries, such as debates, evenings.",
    ),
    "unknown part of a row": (
        "{title} ({form})",
        "{title} ({shape})",
        '"{occurred_on}',
        "Entries of “evening” have no “shape”.",
        "Possible here: title, occurred_on, unit, quantity, form, pages,",
    ),
    "unknown indicator of a condition": (
        "when: {of: evenings,",
        "when: {of: eveningz,",
        "eveningz",
        "There is no indicator “eveningz”.",
        "Did you mean “evenings”?",
    ),
    "unknown indicator of a table": (
        "rows: [evenings, debate_share]",
        "rows: [evenings, debate_shar]",
        "debate_shar]",
        "There is no indicator “debate_shar”.",
        "Did you mean “debate_share”?",
    ),
}


@pytest.mark.parametrize("case", WRONG_RULES.values(), ids=WRONG_RULES)
def test_a_wrong_rule_is_told_once_with_its_place_cause_and_remedy(
    case: tuple[str, str, str, str, str], reading_club: str
) -> None:
    old, new, at, cause, remedy = case
    text = edited(reading_club, old, new)

    told = [fault for fault in faults_of(text) if str(fault.cause) == cause]

    assert len(told) == 1, "\n".join(map(str, faults_of(text)))
    line, column = place(text, at)
    assert (told[0].line, told[0].column) == (line, column), str(told[0])
    assert str(told[0].remedy).startswith(remedy)
    assert told[0].path == "x.yaml"


# What cannot be read as YAML at all.
WRONG_YAML = {
    "tab": ("scheme: a\nname:\n\ten: b\n", 3, 1, "A tab is used for indentation.", "Indent with spaces,"),
    "full-width colon": (
        "scheme：a\nname: b\n",
        1,
        1,
        "“scheme：a” has no colon with a space behind it.",
        "Write a half-width colon and a space: “key: value”.",
    ),
    "open quote": ("scheme: 'a\nname: b\n", 1, 9, "A quote is opened here and never closed.", "Close it"),
    "open bracket": ("a: 1\nb: [1, 2\n", 2, 4, "A bracket is opened and not closed.", "Close it,"),
    "colon in text": ("a: b: c\n", 1, 5, "A colon stands where no key can be.", "Align the key"),
    "indentation": (
        "a:\n  b: 1\n c: 2\n",
        3,
        2,
        "This line does not line up with the ones above it.",
        "Give it",
    ),
    "text that begins with a brace": (
        "title: {unit}报告\n",
        1,
        14,
        "A text that begins with “{” or “[” is read as a group or a list.",
        "Put the whole text in quotes.",
    ),
    "text that begins with an at": (
        "a: @b\n",
        1,
        4,
        "A text cannot begin with this character.",
        "Put the whole",
    ),
    "backslash": (
        'a: "C:\\q"\n',
        1,
        8,
        "In double quotes a backslash begins a special character, and this is none.",
        "Use single quotes,",
    ),
    "control character": ("a: \x07b\n", 1, 4, "There is an invisible control character here.", "Delete it"),
    "empty": ("", 1, 1, "The file is empty.", "Start with the lines “scheme:”,"),
    "only a list": ("- a\n", 1, 1, "This is no scheme: the file is not a group of keys.", "Start with"),
    "alias": (
        "a: &x {b: 1}\nc: *x\n",
        2,
        4,
        "“*x” repeats another part; a scheme has no aliases.",
        "Write the part",
    ),
    "anchor": ("a: &x {b: 1}\n", 1, 4, "“&x” is an anchor; a scheme has none.", "Delete “&x”"),
    "merge key": (
        "a: {b: 1}\n<<: {c: 1}\n",
        2,
        1,
        "“<<” merges another part; a scheme has no merge keys.",
        "Write",
    ),
    "tag": (
        "a: !!python/name:os.system x\n",
        1,
        4,
        "“!!python/name:os.system” is a tag; a scheme has none.",
        "Delete",
    ),
    "directive": (
        "%YAML 1.1\n---\na: b\n",
        2,
        1,
        "A scheme has no directives (lines that begin with “%”).",
        "Delete",
    ),
    "second document": (
        "a: b\n---\nc: d\n",
        2,
        1,
        "A second document starts here (“---”).",
        "Keep one scheme",
    ),
    "key that is a list": (
        "? [a]\n: b\n",
        1,
        3,
        "A key is one word; here it is a list, a group or nothing.",
        "Write",
    ),
    "depth": (
        "a: " + "[" * 60 + "]" * 60,
        1,
        28,
        "Parts are nested more than 24 deep here.",
        "Check the brackets",
    ),
    "comma in braces": (
        "a: {b: one, two}",
        1,
        13,
        "“two” has no value.",
        "Give it a value; or, if a comma of a text",
    ),
}


@pytest.mark.parametrize("case", WRONG_YAML.values(), ids=WRONG_YAML)
def test_wrong_yaml_is_explained(case: tuple[str, int, int, str, str]) -> None:
    text, line, column, cause, remedy = case

    told = [fault for fault in faults_of(text) if str(fault.cause) == cause]

    assert [(fault.line, fault.column) for fault in told] == [(line, column)], "\n".join(
        map(str, faults_of(text))
    )
    assert str(told[0].remedy).startswith(remedy)


def test_an_alias_bomb_is_refused_without_being_lit() -> None:
    bomb = "a0: &a0 [x, x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]\n" for n in range(1, 60))

    told = faults_of(bomb)

    assert sum("repeats another part" in str(fault.cause) for fault in told) == 118


def test_all_faults_are_told_at_once_in_the_order_of_the_file(duty_room: str) -> None:
    text = edited(duty_room, "reach: all", "reach: everywhere")
    text = edited(text, "issued: 2023-06-30", "issued: soon")
    text = edited(text, "kinds: 问题, once", "kinds: 问提, once")
    text = edited(text, "{rows:未销号}", "{rows:夜班比}")
    text = edited(text, "    at_least: 2\n", "    atleast: 2\n")

    told = [(fault.line, fault.key_path) for fault in faults_of(text)]

    assert told == [
        (6, "basis.办法.issued"),
        (10, "roles.负责人.reach"),
        (26, "kinds.销号.about.kinds"),
        (31, "indicators.未销号.open.until"),
        (39, "duties.每月值班.atleast"),
        (49, "outlines.年报.body[1].text"),
    ]


def test_a_broken_part_is_told_once_and_not_by_everything_that_names_it(duty_room: str) -> None:
    told = faults_of(edited(duty_room, "    title: {name: 事项}\n", ""))

    assert [str(fault.cause) for fault in told] == ["“值班” lacks the key “title”."]


def test_indicators_in_a_ring_are_told_once_with_the_way_round(duty_room: str) -> None:
    text = edited(
        duty_room,
        "{of: 夜班次数, to: 值班次数}, percent: true}",
        "{of: 差, to: 值班次数}}\n  差: {name: 差, difference: {of: 夜班比, minus: 未销号}}",
    )

    told = faults_of(text)

    assert [str(fault.cause) for fault in told] == [
        "“夜班比” is worked out from itself: 夜班比 → 差 → 夜班比."
    ]


def test_targets_that_contradict_each_other_are_refused(duty_room: str) -> None:
    text = edited(
        duty_room,
        "outlines:\n",
        "  多一点: {name: 多一点, of: 值班次数, at_least: 9, for: {unit_kinds: 科室}}\n"
        "  少一点: {name: 少一点, of: 值班次数, at_most: 8, for: {unit_kinds: [科室]}}\noutlines:\n",
    )

    assert [str(fault.cause) for fault in faults_of(text)] == [
        "At least 9, but “少一点” says at most 8 of the same."
    ]


@pytest.mark.parametrize(
    ("number", "cause"),
    [
        ("90", None),
        ("101", "“coverage” is per cent and never above 100; 101 cannot be reached."),
        ("0.9", "“coverage” is per cent, and 0.9 would be 0.9 %."),
    ],
)
def test_quotas_per_cent_are_written_per_cent(number: str, cause: str | None, reading_club: str) -> None:
    text = edited(
        reading_club, "of: debates\n    every: year\n    at_least: 4", f"of: coverage\n    at_least: {number}"
    )

    assert [str(fault.cause) for fault in faults_of(text)] == ([cause] if cause else [])


def test_a_choice_cannot_have_more_values_than_choices(reading_club: str) -> None:
    text = edited(
        reading_club, "of: topic}", "of: topic}}\n  forms: {name: Forms, distinct: {kind: evening, of: form}"
    )
    text = edited(text, "of: debates\n    every: year\n    at_least: 4", "of: forms\n    at_least: 3")

    assert [str(fault.cause) for fault in faults_of(text)] == [
        "“forms” has only 2 possible values; 3 cannot be reached."
    ]


def test_a_rule_cannot_pick_out_a_person(duty_room: str) -> None:
    text = edited(duty_room, "    fields:\n", "    fields:\n      带班: {name: 带班, type: person}\n")
    text = edited(text, "where: {班次: 夜班}", "where: {带班: 张三}")

    (fault,) = faults_of(text)

    assert (fault.line, fault.column) == place(text, "张三")
    assert str(fault.cause) == "“带班” names a person, and a rule cannot pick one out."


def test_attendance_needs_states(reading_club: str) -> None:
    first, last = reading_club.index("attendance:\n"), reading_club.index("kinds:\n  evening")
    told = faults_of(reading_club[:first] + reading_club[last:])

    assert "Attendance is taken here, but the scheme has no attendance states." in [
        str(f.cause) for f in told
    ]


def test_states_that_are_counted_must_exist(reading_club: str) -> None:
    told = faults_of(
        edited(reading_club, "counts_as: made_up}", "counts_as: excused}").replace(
            "counted: present", "counted: made_up"
        )
    )

    assert [str(fault.cause) for fault in told] == ["No attendance state counts as “made_up”."]


# The file itself


def test_a_file_that_is_not_there_is_unreadable(tmp_path: Path) -> None:
    with pytest.raises(
        Unreadable, match=r"none.yaml:1:1: The file cannot be read: No such file or directory\. Check"
    ):
        load_file(tmp_path / "none.yaml")


def test_a_file_in_gb18030_is_told_so(tmp_path: Path) -> None:
    file = tmp_path / "方案.yaml"
    file.write_bytes("# x\nname: 方案\n".encode("gb18030"))

    with pytest.raises(Unreadable) as refused:
        load_file(file)

    (fault,) = refused.value.errors
    assert (fault.line, fault.column) == (2, 7)
    assert str(fault.cause) == "The file is not UTF-8 text; it looks like GB18030 (ANSI)."
    assert str(fault.remedy).startswith("Save it as UTF-8")


def test_a_file_in_utf_16_is_told_so(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_bytes("name: 方案\n".encode("utf-16"))

    with pytest.raises(Unreadable, match="it looks like UTF-16"):
        load_file(file)


def test_a_file_that_is_too_large_is_unreadable(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_text("#" * 1_000_001)

    with pytest.raises(Unreadable, match="larger than 1000000 bytes"):
        load_file(file)


def test_a_byte_order_mark_and_windows_line_ends_change_nothing(tmp_path: Path, duty_room: str) -> None:
    file = tmp_path / "a.yaml"
    file.write_bytes(b"\xef\xbb\xbf" + duty_room.replace("\n", "\r\n").encode())

    loaded, plain = load_file(file), load_text(duty_room, path="a.yaml")

    assert loaded.digest == plain.digest
    assert loaded.scheme == plain.scheme
    assert loaded.places == plain.places


def test_a_file_named_by_another_date_is_refused(tmp_path: Path, duty_room: str) -> None:
    file = tmp_path / "2025-01-01.yaml"
    file.write_text(duty_room, "utf-8")

    with pytest.raises(SchemeErrors) as refused:
        load_file(file)

    (fault,) = refused.value.errors
    assert (fault.line, fault.column) == (4, 12)
    assert str(fault.cause) == "The file is named 2025-01-01 and takes effect on 2024-01-01."


# What comes out of a sound scheme


def test_values_are_typed_and_single_items_become_lists(reading_club: str) -> None:
    scheme = load_text(reading_club, path="club.yaml").scheme

    assert scheme.effective == dt.date(2023, 1, 1)
    assert scheme.basis["statute"].number == "3"
    assert scheme.duties["monthly_evening"].at_least == Decimal(1)
    assert scheme.roles["chair"].apart_from == ("auditor",)
    assert scheme.indicators["debates"].measure.where == {"form": ("debate",), "open_to_all": (True, False)}  # type: ignore[union-attr]
    assert scheme.outlines["annual"].body[2].when is not None


def test_every_part_knows_its_line_and_its_clause(reading_club: str) -> None:
    loaded = load_text(reading_club, path="club.yaml")

    citation = loaded.citation("duties", "monthly_evening")

    assert loaded.text.splitlines()[citation.line - 1] == "  monthly_evening:"
    assert (citation.scheme, citation.path) == ("reading_club", "club.yaml")
    assert (citation.basis, citation.clause, citation.digest) == ("Statute of the club", "§ 2", loaded.digest)
    assert loaded.citation("duties.monthly_evening") == citation
    assert loaded.citation("kinds", "evening").quote == "The club reads every month."
    with pytest.raises(KeyError):
        loaded.line_of("duties.none")


def test_the_text_of_a_part_can_be_shown(duty_room: str) -> None:
    loaded = load_text(duty_room, path="a.yaml")

    assert loaded.lines_of("kinds.问题") == "  问题:\n    name: 问题\n    title: {name: 问题描述}"


# Laws


def single_key_changes(text: str) -> list[tuple[int, str]]:
    """Return the texts in which one key of one line is misspelt or one line with a key is deleted."""
    lines = text.splitlines()
    changed = []
    for number, line in enumerate(lines):
        key = line.strip().removeprefix("- ").partition(":")[0]
        if not line.strip() or line.strip().startswith("#") or not key:
            continue
        typo = line.replace(key, key[:-1] + "qx", 1)
        changed.append((number + 1, "\n".join([*lines[:number], typo, *lines[number + 1 :]])))
    return changed


CHANGES = [
    change
    for file in sorted(FIXTURES.glob("*.yaml"))
    for change in single_key_changes(file.read_text("utf-8"))
]


@given(st.sampled_from(CHANGES))
def test_a_misspelt_key_is_either_another_name_or_a_fault_on_its_line_or_where_it_is_missed(
    change: tuple[int, str],
) -> None:
    number, text = change
    typo = text.splitlines()[number - 1].strip().removeprefix("- ").partition(":")[0]
    meant = typo[:-2]
    faults = faults_of(text)
    assert not faults or any(fault.line == number or meant in str(fault.cause) for fault in faults), faults


def line_deletions(text: str) -> list[str]:
    lines = text.splitlines()
    return ["\n".join([*lines[:number], *lines[number + 1 :]]) for number in range(len(lines))]


DELETIONS = [
    text for file in sorted(FIXTURES.glob("*.yaml")) for text in line_deletions(file.read_text("utf-8"))
]


@given(st.sampled_from(DELETIONS))
def test_a_deleted_line_leaves_a_sound_scheme_or_faults_within_the_file(text: str) -> None:
    for fault in faults_of(text):
        assert 1 <= fault.line <= text.count("\n") + 1
        assert str(fault.cause)
        assert str(fault.remedy)


@given(st.text(alphabet="ab:：-{}[]'\"&*!|>%@`#, \n\t\\0值", max_size=60))
def test_any_text_at_all_is_answered_with_faults(text: str) -> None:
    assert faults_of(text)
