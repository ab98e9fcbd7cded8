"""Two schemes that nobody here wrote for the samples, through the command line and HTTP alone.

Made so that every type of field, measure, kind of period, due rule and block of an outline occurs. The program must
not know a word of either: form, list, matrix, figures, report and exports follow from the scheme.
"""

import csv
import datetime as dt
import io
import itertools
import json
import re
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from docx import Document
from docx.oxml.ns import qn
from lxml import html
from ruamel.yaml import YAML

from tests.journeys.conftest import drop_database, make_database
from tests.journeys.served import PASSWORD, Server, Visitor, taizhang

FIELDS = (
    "text", "long_text", "integer", "number", "date", "choice", "choices", "yes_no", "unit", "person", "link",
)  # fmt: skip
PERIODS = ("month", "quarter", "half_year", "year")
DUES: tuple[dict[str, object], ...] = (
    {},
    {"day": "last_working"},
    {"day": 5, "of": "next"},
    {"day": 31, "of": "next", "month": 1, "if_holiday": "after"},
    {"day": 31, "if_holiday": "before"},
)
YEAR = dt.datetime.now(dt.UTC).year - 1  # all of it is past


@dataclass(frozen=True)
class World:
    """The words of a trade: everything else of its scheme is made from them."""

    name: str
    root: str
    part: str
    kind: str
    closing: str
    quantity: tuple[str, str]
    choices: tuple[str, str]
    states: tuple[str, str, str]
    calendar: str
    field: Callable[[str], str] = field(repr=False)


CHINESE = World(
    "青禾果园",
    "果园",
    "片区",
    "采摘",
    "复核",
    ("公斤", "筐"),
    ("晴天", "雨天"),
    ("到", "假", "缺"),
    "china",
    lambda t: f"栏_{t}",
)
ENGLISH = World(
    "Harbour pilots",
    "harbour",
    "station",
    "passage",
    "signing_off",
    ("tonnes", "boxes"),
    ("inbound", "outbound"),
    ("aboard", "on_leave", "missing"),
    "weekdays",
    lambda t: f"fld_{t}",
)
WORLDS = [CHINESE, ENGLISH]


def scheme_of(w: World) -> dict[str, Any]:
    """Return a scheme with one of everything."""
    yes, on_leave, missing = w.states
    fields = {w.field(type_): {"name": f"{w.kind} {type_}", "type": type_} for type_ in FIELDS}
    for type_ in ("choice", "choices"):
        fields[w.field(type_)]["choices"] = {choice: choice for choice in w.choices}
    fields[w.field("choice")]["required"] = True
    fields[w.field("integer")] |= {"min": 0, "max": 500}
    where = {w.field("choice"): w.choices[0]}
    indicators: dict[str, dict[str, Any]] = {
        "count": {"count": {"kind": w.kind}},
        "some": {"count": {"kind": w.kind, "where": where}},
        "sum": {"sum": {"kind": w.kind, "unit": w.quantity[0]}},
        "sum_field": {"sum": {"kind": w.kind, "of": w.field("number")}},
        "people": {"distinct": {"kind": w.kind}},
        "units": {"distinct": {"kind": w.kind, "of": "unit"}},
        "values": {"distinct": {"kind": w.kind, "of": w.field("text")}},
        "there": {"participations": {"kind": w.kind, "counted": ["present", "made_up"]}},
        "covered": {"coverage": {"kind": w.kind}, "percent": True, "digits": 1},
        "open": {"open": {"kind": w.kind, "until": w.closing}},
        "followed": {"followed": {"kind": w.kind, "by": w.closing}},
        "share": {"ratio": {"of": "some", "to": "count"}, "percent": True},
        "rest": {"difference": {"of": "count", "minus": "some"}},
    }
    duties = {
        f"duty_{number}": {
            "name": f"{w.kind} {every} {number}", "every": every, "of": "count", "for": {"unit_kinds": w.part},
            "due": due, "at_least": number + 1,
        }
        for number, (every, due) in enumerate(zip(itertools.cycle(PERIODS), DUES, strict=False))
    }  # fmt: skip
    return {
        "scheme": "elsewhere", "name": w.name, "effective": dt.date(2020, 1, 1),
        "working_days": {"calendar": w.calendar},
        "unit_kinds": {w.root: w.root, w.part: w.part},
        "roles": {"all_of_it": {"name": "*", "may": [
            "read", "record", "correct", "verify", "exempt", "report", "export", "journal", "organise", "accounts"],
            "reach": "all"}},
        "attendance": {
            yes: {"name": yes, "counts_as": "present"},
            on_leave: {"name": on_leave, "counts_as": "excused"},
            missing: {"name": missing, "counts_as": "absent"},
            w.field("later"): {"name": "later", "counts_as": "made_up"},
        },
        "kinds": {
            w.kind: {
                "name": w.kind, "title": {"name": "?"}, "fields": fields, "person": {"name": "!"},
                "quantity": {"units": list(w.quantity), "approximate": True, "whole": False},
                "attendance": {"roster": "unit"}, "counts_for": "month", "quick": True,
            },
            w.closing: {"name": w.closing, "title": {"name": "?", "required": False},
                        "about": {"kinds": w.kind, "once": True}},
        },
        "indicators": {name: {"name": f"{w.kind} {name}", **declared} for name, declared in indicators.items()},
        "duties": duties,
        "targets": {"goal": {"name": "goal", "of": "count", "at_least": 3, "for": {"unit_kinds": w.root}}},
        "outlines": {"yearly": {"name": "yearly", "every": "year", "title": "{unit} {year}", "body": [
            {"heading": w.name},
            {"text": "{count} / {count:number} / {count:last_year} / {count:change} / {sum} / {covered}"},
            {"text": "NEVER", "when": {"of": "count", "more_than": 1000}},
            {"list": ["{some}", "{rest}", "{rows:open}"]},
            {"rows": {"of": "count", "item": "{title} {occurred_on} {unit} {quantity}", "each_line": True}},
            {"table": {"caption": "T", "rows": ["count", "sum"], "compare": "last_year"}},
            {"table": {"caption": "U", "rows": ["count"], "across": "quarter"}},
            {"table": {"caption": "V", "rows": ["count"], "across": "unit"}},
        ]}},
    }  # fmt: skip


@dataclass
class Office:
    world: World
    home: Path
    url: str
    visitor: Visitor

    def run(self, *arguments: str) -> str:
        return taizhang(self.home, *arguments, DATABASE_URL=self.url).stdout

    def page(self, path: str, **query: str) -> Any:
        return html.fromstring(self.visitor.get(f"{path}?{urllib.parse.urlencode(query)}"))

    def kind_path(self, kind: str) -> str:
        return f"/ledger/kinds/{urllib.parse.quote(kind)}/"

    def send(self, path: str, values: Mapping[str, str | list[str]]) -> str:
        """Fill in the form of a page as a browser would: what it holds already, then what is typed."""
        page = html.fromstring(self.visitor.get(path))
        form = next(form for form in page.xpath("//main//form") if form.method == "POST")
        assert values.keys() <= {name for name in list(form.inputs.keys()) if name}
        sent = dict(form.form_values()) | dict(values)
        request = urllib.request.Request(
            self.visitor.url + path,
            urllib.parse.urlencode(sent, doseq=True).encode(),
            headers={"Referer": self.visitor.url + path},
        )
        answer = self.visitor.opener.open(request, timeout=60)
        told = html.fromstring(answer.read().decode())
        assert not told.xpath("//*[contains(@class, 'errorlist') or contains(@class, 'error-summary')]"), (
            html.tostring(told.find(".//main"), encoding="unicode")
        )
        return str(answer.url)

    def option(self, path: str, field: str, containing: str) -> str:
        """Return the value of the option of a select that says so."""
        page = html.fromstring(self.visitor.get(path))
        (found,) = page.xpath(f"//main//select[@name='{field}']/option[contains(., '{containing}')]/@value")
        return str(found)

    def exported(self, kind: str, form: str, **query: str) -> bytes:
        address = f"{self.kind_path(kind)}export/{form}/?{urllib.parse.urlencode(query)}"
        answer: bytes = self.visitor.opener.open(self.visitor.url + address, timeout=60).read()
        return answer

    def rows(self, kind: str, **query: str) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.exported(kind, "jsonl", **query).splitlines()]

    def figures(self, **asked: str) -> dict[str, Any]:
        named = [word for name, value in asked.items() for word in (f"--{name.replace('_', '-')}", value)]
        told = json.loads(self.run("figures", "--format", "json", *named))
        return {each["indicator"]: each["value"] for each in told}


CODES = {"果园": ("QH", "山脚-1"), "harbour": ("Harbour.1", "St_Mary")}


@pytest.fixture(scope="module", params=WORLDS, ids=lambda world: world.root)
def office(request: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """Found the office, open a unit below it, take two people in with their posts and an account."""
    world: World = request.param
    home, url = tmp_path_factory.mktemp("elsewhere"), make_database()
    with (home / "rules.yaml").open("w", encoding="utf-8") as file:
        YAML(typ="safe").dump(scheme_of(world), file)
    root, part = CODES[world.root]
    taizhang(
        home, "init", "--scheme", str(home / "rules.yaml"), "--unit", f"{root}={world.name}", "--admin", "kim",
        "--role", "all_of_it", TAIZHANG_PASSWORD=PASSWORD, DATABASE_URL=url,
    )  # fmt: skip
    server = Server(home, DATABASE_URL=url)
    visitor = Visitor(server.url)
    visitor.log_in("kim", PASSWORD)
    office = Office(world, home, url, visitor)
    new_unit = "/organisation/units/new/"
    office.send(new_unit, {"code": part, "name": world.part, "kind": world.part, "since": "2020-01-01",
                           "parent": office.option(new_unit, "parent", world.name)})  # fmt: skip
    for code, name in (("P1", "甲 O'Neil"), ("P2", "乙")):
        office.send("/organisation/people/new/", {"code": code, "name": name})
        appoint = "/organisation/posts/new/"
        office.send(appoint, {"person": code, "unit": office.option(appoint, "unit", world.part),
                              "title": "x", "since": "2020-01-01"})  # fmt: skip
    office.send("/organisation/accounts/new/", {"person": "P2", "username": "second"})
    yield office
    server.kill()
    drop_database(url)


def entries_of(w: World) -> list[dict[str, Any]]:
    """Return what is recorded: months, choices, quantities and people of every sort."""
    yes, on_leave, missing = w.states
    return [
        {"title": f"第{n} <{w.kind}> & “{n}”", "month": 1 + n * 2 % 12, "choice": w.choices[n % 3 % 2],
         "quantity": str(Decimal(n) / 2 + 1), "rough": n % 3 == 0, "person": ("P1", "P2", "")[n % 3],
         "states": (yes, (on_leave, missing, yes)[n % 3]), "number": f"{n}.25", "text": f"t{n % 4}"}
        for n in range(7)
    ]  # fmt: skip


@pytest.fixture(scope="module")
def recorded(office: Office) -> list[dict[str, Any]]:
    """Record the entries through the form, as a newcomer's browser would; close two of them."""
    w, addresses = office.world, []
    _root, part = CODES[w.root]
    for told in entries_of(w):
        day = dt.date(YEAR, told["month"], 11)
        new = office.kind_path(w.kind) + "new/?" + urllib.parse.urlencode({"on": str(day), "unit": part})
        page = html.fromstring(office.visitor.get(new))
        seats = sorted(set(page.xpath("//input[starts-with(@name, 'state-')]/@name")))
        assert len(seats) == 2
        f = {type_: f"f.{w.field(type_)}" for type_ in FIELDS}
        sent: dict[str, str | list[str]] = {
            "title": told["title"], "quantity": told["quantity"] + ("余" if told["rough"] else ""),
            "quantity_unit": w.quantity[0], "person": told["person"],
            f["text"]: told["text"], f["long_text"]: "一\n二", f["integer"]: "42", f["number"]: told["number"],
            f["date"]: "2021-02-28", f["choice"]: told["choice"], f["choices"]: list(w.choices),
            f["yes_no"]: "yes", f["unit"]: office.option(new, f["unit"], w.part), f["person"]: "P1",
            f["link"]: "https://example.org/?a=1&b=2",
        }  # fmt: skip
        sent |= dict(zip(seats, told["states"], strict=True))
        addresses.append(office.send(new, sent))
    for address in addresses[:2]:
        id_ = address.rstrip("/").rpartition("/")[2]
        office.send(
            office.kind_path(w.closing) + f"new/?about={id_}&unit={urllib.parse.quote(part)}",
            {"title": "done"},
        )
    return office.rows(w.kind, period=str(YEAR))


def test_what_was_typed_is_what_is_exported(office: Office, recorded: list[dict[str, Any]]) -> None:
    w = office.world
    told = {each["title"]: each for each in entries_of(w)}
    assert {row["title"] for row in recorded} == set(told)
    for row in recorded:
        typed = told[row["title"]]
        assert Decimal(row["quantity"]) == Decimal(typed["quantity"])
        assert row["approximate"] is typed["rough"]
        assert row["values"][w.field("choice")] == typed["choice"]
        assert sorted(row["values"][w.field("choices")]) == sorted(w.choices)
        assert (row["values"][w.field("integer")], row["values"][w.field("yes_no")]) == (42, True)
        assert sorted(state for _person, state in row["participations"]) == sorted(typed["states"])
    head, *lines = csv.reader(
        io.StringIO(office.exported(w.kind, "csv", period=str(YEAR)).decode("utf-8-sig"))
    )
    sheet = openpyxl.load_workbook(io.BytesIO(office.exported(w.kind, "xlsx", period=str(YEAR)))).worksheets[
        0
    ]
    assert len(lines) == len(recorded)
    titles = {line[head.index("?")] for line in lines}
    assert titles == set(told)
    assert titles <= {str(cell.value) for row in sheet.iter_rows() for cell in row}


@pytest.mark.parametrize("sort", ["occurred_on", "-quantity", "title", "unit", "person", *FIELDS])
def test_the_list_is_sorted_and_narrowed_by_any_of_it(
    office: Office, recorded: list[dict[str, Any]], sort: str
) -> None:
    w = office.world
    path = office.kind_path(w.kind)
    by = w.field(sort) if sort in FIELDS else sort
    assert len(shown(office.page(path, period=str(YEAR), sort=by))) == len(recorded)
    half = [row for row in recorded if row["values"][w.field("choice")] == w.choices[0]]
    narrowed = office.page(path, period=str(YEAR), sort=by, **{f"f.{w.field('choice')}": w.choices[0]})
    assert len(shown(narrowed)) == len(half)
    assert len(shown(office.page(path, period=f"{YEAR}-Q1"))) == sum(
        row["counts_for"] < f"{YEAR}-04" for row in recorded
    )


def shown(page: Any) -> list[Any]:
    return list(page.xpath("//main//table//tbody//a[contains(@href, '/ledger/entries/')]/@href"))


def naive(rows: list[dict[str, Any]], closings: list[dict[str, Any]], w: World) -> dict[str, Decimal]:
    """Count the figures again, in plain loops over exported rows."""
    some = [row for row in rows if row["values"][w.field("choice")] == w.choices[0]]
    states = [state for row in rows for _person, state in row["participations"]]
    followed = {row["about"] for row in closings}
    there = Decimal(states.count(w.states[0]))
    counted = {
        "count": len(rows),
        "some": len(some),
        "sum": sum(Decimal(row["quantity"]) for row in rows),
        "sum_field": sum(Decimal(row["values"][w.field("number")]) for row in rows),
        "people": len({row["person"] for row in rows} - {None}),
        "units": len({row["unit"] for row in rows}),
        "values": len({row["values"][w.field("text")] for row in rows}),
        "there": there,
        "open": sum(row["fact"] not in followed for row in rows),
        "followed": sum(row["fact"] in followed for row in rows),
        "rest": len(rows) - len(some),
    }
    return {name: Decimal(value) for name, value in counted.items()}


@pytest.mark.parametrize(
    "period", [str(YEAR), f"{YEAR}-H1", f"{YEAR}-Q2", f"{YEAR}-03", f"{YEAR}-02-01..{YEAR}-08-11"]
)
def test_figures_are_what_plain_loops_count(
    office: Office, recorded: list[dict[str, Any]], period: str
) -> None:
    w = office.world
    rows = office.rows(w.kind, period=period)
    closings = [row for row in office.rows(w.closing, period="all") if row["counts_for"] <= last_day(period)]
    found = office.figures(period=period)
    expected = naive(rows, closings, w)
    assert {name: Decimal(found[name]) for name in expected} == expected
    if rows:
        per_cent = {
            "share": expected["some"] / expected["count"],
            "covered": expected["there"] / (2 * len(rows)),
        }
        for name, share in per_cent.items():
            assert round(Decimal(found[name]), 6) == round(100 * share, 6)


def last_day(period: str) -> str:
    ends = {str(YEAR): "12-31", f"{YEAR}-H1": "06-30", f"{YEAR}-Q2": "06-30", f"{YEAR}-03": "03-31"}
    return f"{YEAR}-{ends[period]}" if period in ends else period.partition("..")[2]


def test_nothing_was_known_before_it_was_recorded(office: Office, recorded: list[dict[str, Any]]) -> None:
    found = office.figures(period=str(YEAR), as_of=f"{YEAR}-12-31")
    assert (found["count"], found["open"]) == ("0", "0")
    assert not shown(
        office.page(office.kind_path(office.world.kind), period=str(YEAR), as_of=f"{YEAR}-12-31")
    )


def test_every_duty_has_its_lamps_and_every_lamp_explains_itself(
    office: Office, recorded: list[dict[str, Any]]
) -> None:
    page = office.page("/duties/", period=str(YEAR))
    lamps = page.xpath("//table[contains(@class, 'matrix')]//a[contains(@class, 'lamp')]/@href")
    per_year = {"month": 12, "quarter": 4, "half_year": 2, "year": 1}
    assert len(lamps) == sum(per_year[duty["every"]] for duty in scheme_of(office.world)["duties"].values())
    for href in {re.sub(r"[^/]+/$", "", href): href for href in lamps}.values():
        assert office.visitor.get(href)


def test_the_why_panel_leads_from_every_figure_to_its_rows(
    office: Office, recorded: list[dict[str, Any]]
) -> None:
    for indicator in scheme_of(office.world)["indicators"]:
        panel = office.page("/why/", indicator=indicator, period=str(YEAR))
        assert panel.xpath("//*[contains(@class, 'why-value')]")
    rows = office.page("/why/rows/", indicator="count", period=str(YEAR))
    assert len(shown(rows)) == len(recorded)


def test_the_report_says_what_the_ledger_says(
    office: Office, recorded: list[dict[str, Any]], tmp_path: Path
) -> None:
    office.run(
        "report", "fill", "yearly", "--period", str(YEAR), "--format", "docx", "-o", str(tmp_path / "r.docx")
    )
    document = Document(str(tmp_path / "r.docx"))
    body = document.element.body
    text = "".join(body.itertext())
    assert "NEVER" not in text
    for row in recorded:
        assert row["title"] in text
    figures = office.figures(period=str(YEAR))
    assert figures["count"] in text
    assert len(document.tables) == 3
    diff = taizhang(
        office.home, "report", "diff", str(tmp_path / "r.docx"), "--format", "json", DATABASE_URL=office.url
    )
    assert [change for change in json.loads(diff.stdout)["changes"] if "missing" not in change["kind"]] == []


def test_a_frozen_report_is_proved_and_a_figure_changed_in_word_is_told(
    office: Office, recorded: list[dict[str, Any]], tmp_path: Path
) -> None:
    kept = taizhang(
        office.home, "report", "fill", "yearly", "--period", str(YEAR), "--keep", DATABASE_URL=office.url
    )
    frozen = office.run("report", "freeze", kept.stderr.split()[-1]).split()[-1]
    assert json.loads(office.run("report", "verify", frozen, "--format", "json"))["whole"] is True
    file = tmp_path / "frozen.docx"
    office.run("report", "export", frozen, "-o", str(file))
    same = taizhang(office.home, "report", "diff", str(file), check=False, DATABASE_URL=office.url)
    assert same.returncode == 0, same.stdout
    document = Document(str(file))
    figure = next(
        text
        for control in document.element.body.iter(qn("w:sdt"))
        for text in control.iter(qn("w:t"))
        if text.text and text.text.strip().isdigit()
    )
    figure.text = "987"
    document.save(str(file))
    changed = taizhang(office.home, "report", "diff", str(file), check=False, DATABASE_URL=office.url)
    assert (changed.returncode, "987" in changed.stdout) == (1, True)


def test_after_all_that_the_journal_is_whole(office: Office, recorded: list[dict[str, Any]]) -> None:
    assert json.loads(office.run("verify", "--format", "json"))["whole"] is True


def test_no_line_of_the_program_knows_these_worlds() -> None:
    program = Path(__file__).parents[2] / "src" / "taizhang"
    words = [word for w in WORLDS for word in (w.name, w.field("x")[:3], w.closing) if len(word) > 3]
    for file in program.rglob("*.py"):
        source = file.read_text("utf-8")
        assert not [word for word in words if re.search(rf"['\"]{re.escape(word)}['\"]", source)], file
