"""A day at the sample bureau in a real browser: what each of its people comes for."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.journeys.browsing import NARROW, WIDE, press_key, settled

MAIN_PAGES = (
    "/", "/ledger/", "/ledger/quick/", "/ledger/kinds/information/", "/ledger/kinds/policy_outreach/new/",
    "/ledger/kinds/group_study/new/", "/duties/", "/duties/?by=unit", "/duties/gaps/", "/duties/todo/",
    "/duties/responsibilities/", "/why/?indicator=policy_outreach_attendance&period=2023", "/organisation/",
    "/organisation/people/", "/scheme/", "/reports/", "/reports/new/", "/accounts/password/",
)  # fmt: skip


def test_the_head_asks_a_red_lamp_and_follows_it_to_the_rows(visit: Callable[..., Page]) -> None:
    page = visit("head")
    page.locator(".matrix .lamp-overdue, .matrix [data-state=overdue], .matrix .is-overdue").first.click()
    panel = page.locator("#why-body")
    expect(panel).to_contain_text("Overdue")
    expect(panel).to_contain_text("of at least")
    panel.locator("dd a").first.click()
    expect(panel).to_contain_text("What is counted")
    expect(panel).to_contain_text("Rule")
    page.goto("/why/?indicator=policy_outreach_attendance&period=2023")
    expect(page.locator(".why-value")).to_contain_text("4,500")
    page.get_by_role("link", name="All rows in the ledger").click()
    expect(page.locator("table.rows tbody tr")).to_have_count(24)
    page.locator("table.rows tbody a").first.click()
    expect(page.locator("main")).to_contain_text("What was recorded")


def test_the_clerk_records_an_event_and_sees_the_figure_rise(visit: Callable[..., Page]) -> None:
    page = visit("clerk")
    why = "/why/?indicator=policy_outreach_attendance&period=2023-12"
    page.goto(why)
    before = number(page.locator(".why-value").inner_text())
    page.goto("/")
    page.locator("#quick a[href*=policy_outreach]").click()
    form = page.locator("#quick-form form")
    form.locator("[name=title]").fill("进社区宣讲 <b>科普</b>")
    form.locator("[name=quantity]").fill("lots")
    form.get_by_role("button", name="Record", exact=True).click()
    expect(form).to_contain_text("is not a number")
    expect(form.locator("[name=title]")).to_have_value("进社区宣讲 <b>科普</b>")
    expect(form.locator("[name=quantity]")).to_have_value("lots")
    form.locator("[name=quantity]").fill("１２０")
    choose(form)
    form.get_by_role("button", name="Record", exact=True).click()
    expect(page.locator("#quick-form .note-ok")).to_contain_text("进社区宣讲 <b>科普</b>")
    page.goto(why)
    assert number(page.locator(".why-value").inner_text()) == before + 120
    expect(page.locator("table.rows")).to_contain_text("进社区宣讲 <b>科普</b>")


def choose(form: Locator) -> None:
    """Choose something wherever the form offers a choice and nothing is chosen."""
    for name in form.locator("[name^='f.'][type=radio]").evaluate_all(
        "all => [...new Set(all.map(e => e.name))]"
    ):
        form.locator(f"[name='{name}']").last.check()
    for select in form.locator("select[name='unit'], select[name^='f.']").all():
        if not select.input_value():
            select.select_option(index=1)


def number(text: str) -> int:
    found = re.search(r"\d[\d,]*", text)
    assert found, text
    return int(found[0].replace(",", ""))


def test_the_secretary_keeps_the_sheet_with_the_keyboard_and_a_make_up_later(
    visit: Callable[..., Page],
) -> None:
    page = visit("secretary", "/ledger/kinds/group_study/new/")
    page.fill("[name=title]", "年终专题学习")
    choose(page.locator("form.entry-form"))
    seats = page.locator(".attendance-grid tbody tr")
    expect(seats.first).to_be_visible()
    absent = 1 + page.locator(".attendance-grid thead th.state").evaluate_all(
        "all => all.findIndex(one => one.innerText.startsWith('Absent'))"
    )
    assert absent > 0
    seats.first.locator("input").first.focus()
    press_key(page, str(absent), "1")
    expect(seats.nth(0).locator("input").nth(absent - 1)).to_be_checked()
    expect(seats.nth(1).locator("input").nth(0)).to_be_checked()
    page.locator("[data-all-present]").click()
    expect(page.locator(".attendance-grid input:checked")).to_have_count(seats.count())
    page.get_by_role("button", name="Record", exact=True).first.click()
    expect(page.locator(".seats")).to_contain_text("Absent")
    page.locator(".make-up summary").first.click()
    page.locator(".make-up [name=reason]").first.fill("次日补学")
    page.locator(".make-up button").first.click()
    expect(page.locator("main")).to_contain_text("次日补学")
    expect(page.locator(".seats")).not_to_contain_text("Absent")


def test_the_deputy_verifies_and_exempts_with_a_reason(visit: Callable[..., Page]) -> None:
    page = visit("deputy", "/duties/todo/")
    page.locator("a[href*='/duties/of/']").first.click()
    expect(page.locator("body")).to_contain_text("Due")
    page = visit("deputy", "/duties/?by=unit")
    page.locator(".matrix .lamp-overdue, .matrix [data-state=overdue], .matrix .is-overdue").first.click()
    page.locator("#why-body").get_by_role("link", name="Open as a page").click()
    page.get_by_role("link", name="Exempt…").click()
    dialog = page.locator("#exempt")
    dialog.locator("[name=reason]").fill("抗洪抢险")
    dialog.get_by_role("button", name="Exempt").click()
    expect(page.locator("main")).to_contain_text("抗洪抢险")
    expect(page.locator(".why-value")).to_contain_text("Exempt")


def test_the_auditor_reads_the_journal_and_proves_it(visit: Callable[..., Page]) -> None:
    page = visit("auditor", "/journal/")
    expect(page.locator("table tbody tr").first).to_be_visible()
    page.locator("table tbody a").first.click()
    expect(page.locator("h1")).to_be_visible()
    page.goto("/journal/verify/")
    page.get_by_role("button", name="Verify now").click()
    expect(page.get_by_role("button", name="Verify again")).to_be_visible(timeout=180_000)
    expect(page.locator("main")).to_contain_text("Whole: nothing was quietly changed.")


def test_the_assessor_reads_the_rules_and_what_changes_next_year(visit: Callable[..., Page]) -> None:
    page = visit("assessor", "/scheme/")
    expect(page.locator("main")).to_contain_text("2023")
    page.goto("/scheme/2024-01-01/")
    page.locator("a[href*='/changes/']").first.click()
    expect(page.locator("main")).to_contain_text("2024-01-01")
    expect(page.locator("main")).to_contain_text("12")


def test_the_language_is_switched_where_one_stands(visit: Callable[..., Page]) -> None:
    page = visit("clerk", "/ledger/kinds/information/?period=2023-05")
    page.get_by_role("button", name="中文").click()
    expect(page).to_have_url(re.compile(r"/ledger/kinds/information/\?period=2023-05$"))
    expect(page.locator("html")).to_have_attribute("lang", "zh-Hans")
    page.get_by_role("button", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")


@pytest.mark.parametrize(
    ("locale", "size"),
    [("zh-CN", WIDE), ("zh-CN", NARROW), ("en", NARROW)],
    ids=["zh", "zh-narrow", "en-narrow"],
)
def test_every_main_page_fits_its_window(
    visit: Callable[..., Page], locale: str, size: dict[str, int]
) -> None:
    page = visit("clerk", locale=locale, viewport=size)
    too_wide = []
    for path in MAIN_PAGES:
        answer = page.goto(path)
        assert answer is not None
        if answer.status in (403, 404):
            continue
        over = settled(page).evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        if over > 0:
            too_wide.append((path, over))
    assert too_wide == []


def test_without_script_one_can_record_and_read_the_matrix(visit: Callable[..., Page]) -> None:
    page = visit("clerk", "/ledger/kinds/policy_outreach/new/", java_script_enabled=False)
    page.fill("[name=title]", "无脚本登记")
    page.fill("[name=quantity]", "80")
    choose(page.locator("form.entry-form"))
    page.get_by_role("button", name="Record", exact=True).first.click()
    expect(page.locator("h1")).to_contain_text("无脚本登记")
    page.goto("/duties/")
    page.locator(".matrix tbody a").first.click()
    expect(page.locator("main")).to_contain_text("Rows that count")


def test_two_tabs_that_correct_the_same_entry_do_not_overwrite_each_other(
    visit: Callable[..., Page],
) -> None:
    page = visit("clerk", "/ledger/kinds/policy_outreach/")
    page.locator("table tbody a[href*='/ledger/entries/']").first.click()
    expect(page).to_have_url(re.compile(r"/ledger/entries/[^/]+/$"))
    address = page.url + "correct/"
    tabs = [visit("clerk", address), visit("clerk", address)]
    for number_, tab in enumerate(tabs, start=1):
        tab.fill("[name=title]", f"第{number_}个窗口")
        tab.fill("[name=reason]", f"理由{number_}")
        tab.locator("form.entry-form button.btn-primary").first.click()
    expect(tabs[0].locator("h1")).to_contain_text("第1个窗口")
    expect(tabs[1].locator("[name=title]")).to_have_value("第2个窗口")
    expect(tabs[1].locator("main")).to_contain_text("第1个窗口")


def test_the_back_button_and_a_second_click_record_nothing_twice(visit: Callable[..., Page]) -> None:
    page = visit("clerk", "/ledger/kinds/policy_outreach/new/")
    page.fill("[name=title]", "只记一次")
    page.fill("[name=quantity]", "60")
    choose(page.locator("form.entry-form"))
    record = page.get_by_role("button", name="Record", exact=True).first
    record.click()
    expect(page.locator("h1")).to_contain_text("只记一次")
    page.go_back()
    page.get_by_role("button", name="Record", exact=True).first.click()
    expect(page.locator("main")).to_contain_text("只记一次")
    page.goto("/ledger/kinds/policy_outreach/?q=只记一次&period=all")
    expect(page.locator("table.rows tbody tr")).to_have_count(1)
