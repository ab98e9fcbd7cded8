"""Every number of a list opens a panel with the same number, and with the rows that were counted."""

import html
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from taizhang.appraisals import keeping
from taizhang.appraisals.counted import HALVES, Asked, told
from taizhang.appraisals.models import Sheet, Talk
from taizhang.appraisals.queries import EVERYTHING
from taizhang.appraisals.tests.conftest import with_appraisals
from taizhang.conftest import SCHEME
from taizhang.org.queries import unit_tree
from taizhang.rules.queries import history

MOST = 12
FIGURE = re.compile(
    r'<a class="figure" href="([^"]*)"[^>]*data-why[^>]*>(?:<span[^>]*>.*?</span>)?([^<]*)</a>'
)
SHARED = """\
    shares: {fields: [person, second_author], split: ratio, numbers: [3, 2]}
    closes:"""
QUARTERLY = """\
quotas:
  studies_of_quarter:
    name: {zh: 季度任务, en: Quarterly task}
    every: quarter
    for: {roles: [officer]}
    submit: {kind: information, at_least: 3}
"""


@pytest.fixture
def scheme_text():
    """The office's scheme with two authors to an item and a quota of the quarter."""
    author = "      second_author: {name: {zh: 第二作者, en: Second author}, type: person}\n"
    text = with_appraisals(SCHEME).replace("      outlet: {", author + "      outlet: {", 1)
    return text.replace("    closes:", SHARED, 1).replace("quotas:\n", QUARTERLY, 1)


@pytest.fixture
def months(bureau, submit, at, through):
    """Three locked months, of which two were missed, and a fourth that is running with a late proof in it."""
    through("2023-08")
    through("2023-09")
    at("2023-10-30")
    submit("2023-09-28", title="Late of September")
    submit("2023-10-09", adopted="city", title="October news")
    through("2023-10")
    at("2023-11-20")
    submit("2023-10-11", adopted="province", title="Late of October")
    submit("2023-11-08", adopted="city", title="November news")
    second = {"second_author": bureau.people["section_head"].pk}
    submit("2023-11-09", values=second, title="With a second author")


def of_the_officer(argument):
    """Return the id of the officer's sheet or talk where one is asked for."""
    if argument == "sheet":
        return Sheet.objects.get(run__period="2023-10", person__code="S001").pk
    return (
        Talk.objects.get(person__code="S001", escalation="two_months").pk if argument == "talk" else argument
    )


def figures(client, name, *args, query=""):
    """Return the numbers of a page that can be asked about: addresses and what stands there."""
    shown = client.get(reverse(f"appraisals:{name}", args=args) + query).content.decode()
    return [(html.unescape(address), text.strip()) for address, text in FIGURE.findall(shown)]


def panel(client, address):
    response = client.get(address, headers={"HX-Request": "true"})
    assert response.status_code == 200, address
    return re.sub(r"\s+", " ", response.content.decode())


def number(text):
    found = re.search(r'<div class="why-value">\s*([^<\s]+)', text)
    assert found, text
    return found.group(1)


PAGES = [
    ("clerk", "list", [], ""),
    ("officer", "mine", [], ""),
    ("section_head", "mine", [], ""),
    ("clerk", "run", ["monthly", "2023-10"], ""),
    ("clerk", "run", ["monthly", "2023-11"], ""),
    ("clerk", "sheets", ["monthly", "2023-10"], ""),
    ("clerk", "new_circular", ["monthly", "2023-09"], ""),
    ("deputy", "talks", [], ""),
    ("deputy", "talk", ["talk"], ""),
    ("clerk", "sheet", ["sheet"], ""),
]


@pytest.mark.parametrize(("role", "name", "args", "query"), PAGES)
def test_every_number_of_a_page_is_the_number_of_its_panel(months, client_for, role, name, args, query):
    client = client_for(role, language="en")
    found = figures(client, name, *map(of_the_officer, args), query=query)
    assert found
    for address, text in found:
        assert number(panel(client, address)) == text.lstrip("+"), address


@pytest.mark.parametrize("figure", ["submitted", "published"])
@pytest.mark.parametrize("period", ["2023-08", "2023-10", "2023-11", "2023-Q4", "2023"])
def test_a_panel_names_as_many_rows_as_it_counts(months, client_for, figure, period):
    address = (
        reverse("appraisals:why")
        + f"?appraisal=monthly&person=S001&figure={figure}&period={period}&quota=monthly_items"
    )
    shown = panel(client_for("clerk", language="en"), address)
    assert shown.count("/ledger/entries/") == int(number(shown))


def test_a_late_row_says_so_and_whose_share_a_row_is(months, client_for):
    address = (
        reverse("appraisals:why")
        + "?appraisal=monthly&person=S001&figure=submitted&period=2023&quota=monthly_items"
    )
    shown = panel(client_for("clerk", language="en"), address)
    assert "late, of September 2023" in shown
    assert "author 1 of 2" in shown
    assert "counts towards the quota of its first author only" in shown
    assert "counts in the period it arrived in" in shown


def test_a_shared_row_does_not_count_for_the_second_author(months, client_for):
    address = reverse("appraisals:why") + "?appraisal=monthly&person=S002&figure=submitted&period=2023-11"
    shown = panel(client_for("clerk", language="en"), address)
    assert number(shown) == "0"
    assert "With a second author" not in shown


def test_a_quarter_that_goes_on_names_the_rows_of_the_months_behind_it(months, client_for):
    address = reverse("appraisals:why") + (
        "?appraisal=monthly&person=S001&figure=submitted&period=2023-Q4&quota=studies_of_quarter"
    )
    shown = panel(client_for("clerk", language="en"), address)
    assert number(shown) == "5"
    assert "October news" in shown
    assert "November news" in shown
    assert "from the sheet of October 2023" in shown


def test_the_rows_of_a_panel_are_those_that_scoring_wrote_into_the_sheet(months):
    tree, seen = unit_tree(), 0
    for sheet in Sheet.objects.filter(superseded_at=None).select_related("run", "shape", "person"):
        for judged in keeping.content_of(sheet).judged:
            rows = [row for figure in HALVES for row in rows_of(sheet, judged, figure, tree)]
            assert sorted(rows) == sorted(map(str, judged.rows))
            seen += len(rows)
    assert seen > 2


def rows_of(sheet, judged, figure, tree):
    asked = Asked("monthly", sheet.run.span, figure, sheet.person, tree.root, judged.quota)
    found = told(asked, schemes=history(), tree=tree, now=sheet.as_of, seen=EVERYTHING)
    rows = [row for part in found.parts for row in part.rows]
    return [row.entry.fact.hex for row in rows if row.period == sheet.run.span]


def test_a_number_of_somebody_else_is_not_for_everybody(months, client_for):
    address = reverse("appraisals:why") + "?appraisal=monthly&person=S002&figure=submitted&period=2023-10"
    assert client_for("officer").get(address).status_code == 403
    assert client_for("section_head").get(address).status_code == 200
    assert client_for("auditor").get(address).status_code == 200
    assert client_for("officer").get(address.replace("S002", "nobody")).status_code == 404


@pytest.mark.parametrize("query", ["figure=other&period=2023", "figure=submitted&period=x"])
def test_what_is_no_figure_or_period_is_refused(months, client_for, query):
    assert (
        client_for("officer").get(f"{reverse('appraisals:why')}?appraisal=monthly&{query}").status_code == 400
    )


ASKED = [
    "?appraisal=monthly&person=S001&figure=submitted&period=2023",
    "?appraisal=monthly&person=S001&figure=published&period=2023-Q4&quota=monthly_items",
    "?appraisal=monthly&person=S001&figure=points&period=2023-11",
    "?appraisal=monthly&person=S001&figure=chain&period=2023-09",
]


@pytest.mark.parametrize("query", ASKED)
def test_a_panel_asks_little(months, client_for, query):
    _within_budget(client_for("clerk"), reverse("appraisals:why") + query)


@pytest.mark.parametrize(
    ("period", "figure"), [("2023-10", "missed"), ("2023-10", "submitted"), ("2023-11", "late")]
)
def test_a_panel_of_a_run_asks_little(months, client_for, period, figure):
    _within_budget(
        client_for("clerk"), reverse("appraisals:why_run", args=["monthly", period]) + f"?figure={figure}"
    )


def _within_budget(client, url):
    assert client.get(url).status_code == 200
    with CaptureQueriesContext(connection) as asked:
        client.get(url)
    assert len(asked) <= MOST, "\n".join(query["sql"] for query in asked)
