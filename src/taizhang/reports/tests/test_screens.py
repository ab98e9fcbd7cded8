"""Journeys over HTTP: write, freeze, prove, compare; and who may not."""

import json
import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from taizhang.ledger.models import Entry, new_id
from taizhang.reports import exporting
from taizhang.reports.commands import as_text
from taizhang.reports.models import FrozenReport, Report

ONE = "<p>集体学习<span data-figure='studies' data-form='full' data-unit='bureau' data-period='2023'>9999次</span></p>"


def url(name: str, *args: Any) -> str:
    return reverse(f"reports:{name}", args=args)


def saved(client: Client, report: Report, html: str, *, version: int | None = None) -> Any:
    report.refresh_from_db()
    return client.post(
        url("save", report.pk), {"version": version or report.version, "html": html, "title": "总结"}
    )


def text_of(page: Any) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", "", page.content.decode())).split())


def test_a_deputy_fills_writes_freezes_and_proves_a_report(deputy: Client, year: list[Entry]) -> None:
    foreseen = deputy.get(url("new"), {"outline": "annual", "period": "2023"})
    assert "科学技术局2023年集体学习2，研讨1，受众100人次" in text_of(foreseen)

    order = {"outline": "annual", "unit": "bureau", "period": "2023", "language": "zh-hans"}
    page = deputy.post(url("new"), order, follow=True)
    report = Report.objects.get()
    assert page.redirect_chain == [(url("edit", report.pk), 302)]

    assert saved(deputy, report, ONE).status_code == 200
    page = deputy.get(url("report", report.pk))
    hidden = dict(re.findall(r'name="(version|seen)" value="([^"]+)"', page.content.decode()))
    page = deputy.post(url("freeze", report.pk), hidden, follow=True)
    assert FrozenReport.objects.get().content["figures"][0]["text"] == "2"

    frozen = FrozenReport.objects.get()
    assert frozen.head_hash in page.content.decode()
    assert "Everything fits" in text_of(deputy.get(url("verify", frozen.pk)))
    assert "No figure reads otherwise now" in text_of(deputy.get(url("now", frozen.pk)))


def test_the_server_writes_every_figure_whatever_the_browser_says(deputy: Client, draft: Report) -> None:
    answer = saved(deputy, draft, ONE).json()

    assert answer["figures"] == [
        {"figure": "studies", "form": "full", "unit": "bureau", "person": "", "period": "2023", "text": "2"}
    ]
    assert "9999" not in json.dumps(Report.objects.get(pk=draft.pk).body)


def test_lists_of_rows_follow_the_ledger_too(deputy: Client, draft: Report, post_entry: Any) -> None:
    post_entry("finding", title="标识缺失", unit="office", occurred_on="2023-07-01")
    html = deputy.get(url("edit", draft.pk)).context["html"]

    answer = saved(deputy, draft, html).json()

    assert [one["lines"] for one in answer["listings"]] == [["台账不全（宣传科）", "标识缺失（办公室）"]]


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_an_unknown_figure_is_refused_by_name(client_for: Any, draft: Report, language: str) -> None:
    answer = saved(client_for("deputy", language=language), draft, ONE.replace("studies", "wealth"))

    assert answer.status_code == 422
    assert "wealth" in answer.json()["reason"]


def test_a_figure_outside_the_writers_rights_is_refused(
    client_for: Any, ledger: Any, year: list[Entry], bureau: Any
) -> None:
    head = client_for("section_head", language="en")
    head.post(
        url("new"), {"outline": "sheet", "unit": "publicity", "period": "2023-11", "language": "zh-hans"}
    )
    report = Report.objects.get()

    refused = saved(head, report, ONE)

    assert refused.status_code == 422
    assert "roles" in refused.json()["reason"]
    assert saved(head, report, ONE.replace("'bureau'", "'publicity'")).status_code == 200


def test_a_number_typed_by_hand_is_listed_with_the_figure_that_reads_so(
    deputy: Client, draft: Report
) -> None:
    answer = saved(deputy, draft, "<h2>情况</h2><p>受众100人次，另有77人次</p>").json()

    assert [(one["run"], one["start"], one["text"]) for one in answer["typed"]] == [
        (1, 2, "100"),
        (1, 10, "77"),
    ]
    assert re.findall(r'data-replace="(\d)"\s+data-figure="(\w+)"', answer["aside"]) == [("0", "audience")]
    assert "2 numbers were typed by hand" in answer["aside"]


def test_whoever_saves_second_is_told_and_loses_nothing(deputy: Client, draft: Report) -> None:
    assert saved(deputy, draft, ONE).status_code == 200

    late = saved(deputy, draft, "<p>晚到的文字</p>", version=1)

    assert late.status_code == 409
    assert "晚到的文字" in text_of(deputy.get(late.json()["mine"]))
    assert "晚到的文字" not in text_of(deputy.get(late.json()["theirs"]))


def test_an_earlier_version_can_be_made_the_newest(deputy: Client, draft: Report) -> None:
    saved(deputy, draft, "<p>改坏了</p>")
    first = draft.revisions.get(version=1)

    deputy.post(url("restore", draft.pk, first.pk))

    assert "受众100人次" in text_of(deputy.get(url("report", draft.pk)))


def test_readers_read_and_do_not_write(auditor: Client, clerk: Client, draft: Report) -> None:
    assert "受众100人次" in text_of(auditor.get(url("report", draft.pk)))
    assert auditor.get(url("edit", draft.pk)).status_code == 403
    assert saved(clerk, draft, ONE).status_code == 403
    assert clerk.post(url("freeze", draft.pk), {"version": 1}).status_code == 403


def test_reports_of_other_units_are_not_there(client_for: Any, draft: Report) -> None:
    head = client_for("section_head")

    for name in ("report", "edit"):
        assert head.get(url(name, draft.pk)).status_code == 404
    assert str(draft.pk) not in head.get(url("index")).content.decode()


def test_whoever_reads_only_their_own_rows_sees_no_report(
    client_for: Any, freeze: Callable[[Report], FrozenReport], draft: Report
) -> None:
    frozen = freeze(draft)

    assert client_for("officer").get(url("frozen", frozen.pk)).status_code == 404
    assert client_for("auditor").get(url("frozen", frozen.pk)).status_code == 200


def test_what_a_reader_may_not_ask_for_is_left_out_of_the_file(draft: Report, ledger: Any) -> None:
    shown = as_text(exporting.of_draft(draft, ledger=ledger(), may=lambda ask: ask.indicator == "studies"))

    assert "集体学习2，研讨〔无权查看〕，受众〔无权查看〕" in shown
    assert "台账不全" not in shown


@pytest.mark.parametrize("form", ["docx", "pdf", "html"])
def test_files_are_handed_out_named_after_the_report(auditor: Client, draft: Report, form: str) -> None:
    answer = auditor.get(url("download", draft.pk, form))

    assert answer.status_code == 200
    assert "%E5%B7%A5%E4%BD%9C%E6%80%BB%E7%BB%93" in answer["Content-Disposition"]


def test_a_word_file_is_compared_and_forgotten(
    auditor: Client, draft: Report, freeze: Callable[[Report], FrozenReport]
) -> None:
    frozen = freeze(draft)
    docx = auditor.get(url("download_frozen", frozen.pk, "docx")).content

    page = auditor.post(url("diff"), {"file": SimpleUploadedFile("报告.docx", docx)})

    assert "Every figure stands as printed" in text_of(page)
    assert "held against the frozen report" in text_of(page)


def test_what_is_no_word_file_is_refused_with_the_reason(auditor: Client) -> None:
    page = auditor.post(url("diff"), {"file": SimpleUploadedFile("x.docx", b"not a zip")})

    assert page.status_code == 200
    assert 'role="alert"' in page.content.decode()


def test_pages_ask_the_database_a_dozen_times_at_most(
    deputy: Client, draft: Report, freeze: Callable[[Report], FrozenReport]
) -> None:
    frozen = freeze(draft)
    past = Report.objects.get(pk=draft.pk)
    past.pk, past.as_of = new_id(), draft.created_at
    past.save(force_insert=True)
    pages = [
        url("report", past.pk),
        url("edit", past.pk),
        url("index"),
        url("new"),
        url("report", draft.pk),
        url("edit", draft.pk),
        url("figures", draft.pk),
        url("frozen", frozen.pk),
        url("now", frozen.pk),
        url("diff"),
    ]
    for page in pages:
        deputy.get(page)
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert deputy.get(page).status_code == 200
        assert len(asked) <= 12, (page, [query["sql"][:90] for query in asked])
