"""Exports: every row of the filtered list, with what an auditor needs to count again."""

import csv
import io
import json
from decimal import Decimal

import openpyxl
import pytest
from django.urls import reverse

from taizhang.journal import chain


def export(client, format_, kind="outreach", **query):
    return client.get(reverse("ledger:export", args=[kind, format_]), query)


def csv_rows(response):
    return list(csv.DictReader(io.StringIO(response.getvalue().decode("utf-8-sig"))))


@pytest.fixture
def events(post_entry):
    return [
        post_entry("outreach", title=f"{number:02}", quantity=Decimal(number + 1), occurred_on="2023-03-01")
        for number in range(60)
    ]


def test_all_rows_are_exported_and_not_only_the_page(auditor, events):
    rows = csv_rows(export(auditor, "csv"))
    assert len(rows) == 60
    assert sum(Decimal(row["Audience"]) for row in rows) == sum(range(1, 61))
    assert {row["id"] for row in rows} == {str(entry.pk) for entry in events}
    assert {row["Digest"] for row in rows} == {entry.digest for entry in events}


def test_the_filters_of_the_list_hold(auditor, events):
    assert [row["Name"] for row in csv_rows(export(auditor, "csv", q="07"))] == ["07"]
    assert csv_rows(export(auditor, "csv", period="2022")) == []


def test_every_version_can_be_exported(auditor, clerk, events, outreach):
    clerk.post(reverse("ledger:correct", args=[events[0].pk]), outreach(title="00", reason="Date was wrong"))
    rows = [row for row in csv_rows(export(auditor, "csv", state="all")) if row["Name"] == "00"]
    assert {row["fact"] for row in rows} == {str(events[0].pk)}
    assert [row["Reason"] for row in rows if row["Replaces version"]] == ["Date was wrong"]


def test_the_workbook_opens_and_has_numbers_as_numbers(auditor, events):
    book = openpyxl.load_workbook(io.BytesIO(export(auditor, "xlsx").content))
    header, first = [[cell.value for cell in row] for row in book.worksheets[0].iter_rows(max_row=2)]
    assert first[header.index("Audience")] == 1
    assert book.worksheets[0].max_row == 61


def test_lines_of_json_hold_what_the_journal_signed(auditor, post_entry):
    entry = post_entry(attendance={"clerk": "attended"})
    told = json.loads(export(auditor, "jsonl", kind="study").getvalue())
    assert told["codes"]["participations"] == {str(entry.participations.get().person_id): "S000"}
    beside = ("id", "superseded_at", "digest", "codes")
    assert chain.digest({key: value for key, value in told.items() if key not in beside}) == told["digest"]


def test_a_formula_in_a_title_is_not_run(auditor, post_entry):
    post_entry("outreach", title="=HYPERLINK(1)")
    assert csv_rows(export(auditor, "csv"))[0]["Name"] == "'=HYPERLINK(1)"


def test_exports_need_the_right_and_hold_only_what_it_covers(client_for, events):
    assert export(client_for("section_head"), "csv").status_code == 403
    assert export(client_for("administrator"), "csv").status_code == 404


def test_unknown_formats_and_unreadable_filters_are_refused(auditor, events):
    assert export(auditor, "exe").status_code == 404
    assert export(auditor, "csv", period="May").status_code == 400
