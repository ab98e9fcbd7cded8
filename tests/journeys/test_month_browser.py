"""A whole month of scores in a real browser: five people at the sample bureau, from a submission to a talk.

The sample opens on 29 December 2023; the office's clock is moved on between the parts by starting the server anew.
"""

import datetime as dt
import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.browsing import NARROW, complaints_of, log_in, open_page, press_key, settled, type_text
from tests.journeys.conftest import Place
from tests.journeys.served import OFFICE_ZONE, Server, set_clock, taizhang

VERIFY = "/scores/runs/monthly/2023-12/verify/"
NARROW_PAGES = ("/scores/", "/scores/list/", "/scores/talks/", "/scores/objections/", "/scores/exemptions/")
DECEMBER, NOVEMBER = "/scores/runs/monthly/2023-12/", "/scores/runs/monthly/2023-11/"


class Office:
    """The sample bureau on one day: its server, and its people at their browsers."""

    def __init__(self, browser: Browser, server: Server) -> None:
        self.browser, self.server = browser, server
        self.complaints: list[list[str]] = []

    def as_(self, login: str, path: str = "/", **options: Any) -> Page:
        """Log somebody in and open a page."""
        page = open_page(self.browser, base_url=self.server.url, locale="en", **options)
        self.complaints.append(complaints_of(page))
        log_in(page, login)
        page.goto(path)
        return page


@pytest.fixture(scope="module")
def place(copies: Callable[[], Place]) -> Place:
    return copies()


@pytest.fixture
def on(browser: Browser, place: Place) -> Callable[[str], Any]:
    """Open the office on a day: ``with on("2024-01-03") as office``."""

    @contextmanager
    def opened(day: str) -> Iterator[Office]:
        set_clock(place.home, dt.datetime.fromisoformat(f"{day}T09:00:00").replace(tzinfo=OFFICE_ZONE))
        server = Server(place.home, DATABASE_URL=place.url)
        office = Office(browser, server)
        try:
            yield office
        finally:
            server.kill()
        assert [each for each in office.complaints if each] == []

    return opened


def press(page: Page, opener: str, button: str) -> None:
    """Open a dialog and press its button."""
    page.locator(f"a[href='{opener}']").first.click()
    page.locator(f"{opener} button.btn", has_text=button).click()


def record(page: Page, kind: str, **fields: str) -> str:
    """Fill in the form of a kind; return the address of the entry."""
    page.goto(f"/ledger/kinds/{kind}/new/" + fields.pop("query", ""))
    form = page.locator("form.entry-form")
    for name, value in fields.items():
        box = form.locator(f"[name='{name.replace('__', '.')}']")
        if box.first.evaluate("e => e.type === 'radio'"):
            form.locator(f"[name='{name.replace('__', '.')}'][value='{value}']").check()
        elif box.evaluate("e => e.tagName") == "SELECT":
            box.select_option(value)
        else:
            box.fill(value)
    form.get_by_role("button", name="Record", exact=True).click()
    expect(page).to_have_url(re.compile("/entries/"))
    return page.url


def test_a_month_from_the_submission_to_the_talk(on: Callable[[str], Any], place: Place) -> None:
    with on("2024-01-03") as office:
        _submit_and_adopt(office)
        _talk(office)
        _finish_november(office)
    with on("2024-01-08") as office:
        _verify(office)
        _run_december(office)
        _object_and_answer(office)
    with on("2024-01-16") as office:
        _confirm_and_lock(office)
        _ask_why(office)
        _correct_november(office)
        _everybody_on_a_phone(office)
    verified = json.loads(
        taizhang(place.home, "verify", "--format", "json", check=False, DATABASE_URL=place.url).stdout
    )
    assert verified["breaks"] == []


def _submit_and_adopt(office: Office) -> None:
    """The officer submits an item of December and records its adoption with the published page."""
    page = office.as_("officer", "/scores/mine/")
    expect(page.locator("main")).to_contain_text("January 2024")
    entry = record(
        page, "information", title="高新科年末服务企业小结", occurred_on="2023-12-29", person="KJ025",
        f__category="party_building",
    )  # fmt: skip
    id_ = entry.rstrip("/").rpartition("/")[2]
    record(
        page, "adoption", query=f"?about={id_}", occurred_on="2023-12-30", f__outlet="机关党建网", f__level="province",
        f__form="single", f__link="https://news.example/2023/1230",
    )  # fmt: skip
    page.context.close()


def _finish_november(office: Office) -> None:
    """The assessor answers what is open, the deputy decides a leave and confirms, the clerk issues the circular."""
    page = office.as_("assessor", "/scores/objections/")
    page.locator("tbody a", has_text="陶然").first.click()
    page.locator("[name=upheld][value=no]").check()
    page.locator("[name=text]").fill("台账中作者无误，请与同事核对。")
    page.get_by_role("button", name="Answer").click()
    expect(page.locator("main")).to_contain_text("not upheld")
    page.context.close()
    page = office.as_("deputy", "/scores/exemptions/")
    page.get_by_role("button", name="Approve").first.click()
    expect(page.locator("main")).to_contain_text("Decided")
    page.goto(NOVEMBER)
    press(page, "#confirm", "Confirm")
    expect(page.locator("main")).to_contain_text("Confirmed, to be locked")
    page.context.close()
    page = office.as_("clerk", NOVEMBER)
    page.get_by_role("link", name="Write the circular").click()
    _write_the_circular(page)
    with page.expect_download() as download:
        page.get_by_role("link", name="Word").click()
    assert download.value.suggested_filename == "circular-2023-11.docx"
    page.context.close()
    page = office.as_("head", NOVEMBER)
    press(page, "#lock", "Lock")
    expect(page.locator("main")).to_contain_text("Locked")
    page.goto("/scores/talks/")
    expect(page.locator("tbody tr", has_text="Three months missed")).to_contain_text("Closed")
    page.context.close()


def _write_the_circular(page: Page) -> None:
    """A figure of the outline says why; its words are changed, looked at, and issued with the figures counted."""
    expect(page.locator("#paper")).to_contain_text("本月共考核信息员10人")
    settled(page).locator("#paper .figure").first.click()
    expect(page.locator("#why-body .why-value")).to_have_text("10")
    expect(page.locator("#why-body li")).to_have_count(10)
    page.locator("#why-panel .btn-close").click()
    expect(page.locator(".offcanvas-backdrop")).to_have_count(0)
    page.locator("[name=block_0]").fill("现将十一月情况通报如下，{no_figure}人。")
    page.get_by_role("button", name="Issue").click()
    expect(page.locator(".errorlist").first).to_contain_text("no figure “no_figure”")
    page.locator("[name=block_0]").fill("现将十一月情况通报如下，共{scored}人。")
    page.get_by_role("button", name="Look at it first").click()
    expect(page.locator("#paper")).to_contain_text("现将十一月情况通报如下，共10人。")
    page.get_by_role("button", name="Issue").click()
    expect(page.locator(".official-document")).to_contain_text("现将十一月情况通报如下，共10人。")


def _ask_why(office: Office) -> None:
    """The clerk asks the responsibility list why: the panel opens beside it with the same number and its rows."""
    page = office.as_("clerk", "/scores/list/")
    figure = settled(page).locator("td .figure").first
    number = figure.inner_text()
    figure.click()
    expect(page.locator("#why-body .why-value")).to_contain_text(number)
    expect(page.locator("#why-body")).to_contain_text("counts towards the quota of its first author only")
    page.context.close()


def _correct_november(office: Office) -> None:
    """An item of a locked November turns out wrong: its sheet and December's are looked at and corrected together."""
    page = office.as_("clerk", f"{NOVEMBER}sheets/?outcome=met")
    page.locator("tbody th a").first.click()
    sheet = page.url
    page.locator(".score-row a[href*='/entries/']").first.click()
    settled(page).locator("a[href='#withdraw']").first.click()
    page.locator("#withdraw [name=reason]").fill("经核实并未刊登")
    page.locator("#withdraw button.btn-danger").click()
    page.context.close()
    page = office.as_("deputy", sheet)
    settled(page).locator("a[href='#correct']").click()
    page.locator("#correct [name=reason]").fill("经核实并未刊登")
    page.locator("#correct button.btn", has_text="Look at what changes").click()
    expect(page.locator("main")).to_contain_text("Nothing is kept yet")
    expect(page.locator("tbody tr")).to_have_count(2)
    expect(page.locator("tbody tr").first).to_contain_text("November 2023")
    page.get_by_role("button", name="Correct these 2 sheets").click()
    expect(page.locator("main")).to_contain_text("2 sheets in all were corrected with it")
    expect(page.locator("main")).to_contain_text("经核实并未刊登")
    page.context.close()


def _verify(office: Office) -> None:
    """The clerk looks at what waits: refuses one, which needs a reason, accepts the rest; the officer reads his page."""
    page = office.as_("clerk", DECEMBER)
    page.get_by_role("link", name="See what waits").click()
    expect(page.locator("h1")).to_contain_text("Verification · December 2023")
    press_key(page, "/")
    type_text(page, "高新科年末服务企业小结")
    press_key(page, "Enter")
    row = page.locator("tbody tr", has_text="高新科年末服务企业小结")
    expect(row.get_by_role("link", name="published page")).to_have_attribute(
        "href", "https://news.example/2023/1230"
    )
    row.get_by_role("button", name="Accept").click()
    expect(page.locator("main")).to_contain_text("1 entry accepted.")
    page.goto(VERIFY)
    first = page.locator("tbody tr[id]").first
    title = first.locator("th a").inner_text()
    first.locator("summary", has_text="Refuse").click()
    first.locator("[name=reason]").fill("   ")
    first.get_by_role("button", name="Refuse", exact=True).click()
    expect(page.locator("tbody tr[id] .errorlist")).to_contain_text("Say why it is refused")
    page.locator("tbody tr.faulty [name=reason]").fill("打不开，看不到刊登的内容")
    page.locator("tbody tr.faulty").get_by_role("button", name="Refuse", exact=True).click()
    expect(page.locator("main")).to_contain_text("The one who recorded it reads why.")
    page.locator("[data-check-all]").check()
    page.get_by_role("button", name="Accept those chosen").click()
    expect(page.locator("main")).to_contain_text("Nothing waits to be verified")
    page.goto(f"{VERIFY}?state=refused")
    expect(page.locator("tbody tr", has_text="打不开，看不到刊登的内容").first).to_contain_text(title)
    page.context.close()


def _run_december(office: Office) -> None:
    """The clerk looks for gaps, computes and sends."""
    page = office.as_("clerk", "/scores/")
    page.get_by_role("link", name="Go on with December 2023").click()
    expect(page.locator("main")).to_contain_text("Gaps, as the ledger stands now")
    page.get_by_role("button", name="I have looked through the gaps").click()
    page.get_by_role("button", name="Compute", exact=True).click()
    expect(page.locator("main")).to_contain_text("All sheets are computed")
    press(page, "#send", "Send")
    expect(page.locator("main")).to_contain_text("Sent, can be objected to")
    page.context.close()


def _object_and_answer(office: Office) -> None:
    """The officer goes from the points to the published page in two clicks, and objects; the assessor answers."""
    page = office.as_("officer", "/")
    page.get_by_role("link", name="score sheet of yours was sent").click()
    page.get_by_role("link", name="December 2023").first.click()
    expect(page.locator(".score").first).to_contain_text("高新科年末服务企业小结")
    published = page.get_by_role("link", name="published page").first
    expect(published).to_have_attribute("href", "https://news.example/2023/1230")
    sheet = page.url
    page.locator(".score a[href*='/entries/']", has_text="高新科年末服务企业小结").first.click()
    expect(page.locator("main")).to_contain_text("高新科年末服务企业小结")
    page.goto(sheet)
    page.get_by_role("link", name="Raise an objection").click()
    page.locator("[name=text]").fill("还有一条12月的采用没有登记。")
    page.get_by_role("button", name="Raise an objection").click()
    expect(page.locator("main")).to_contain_text("waits for an answer")
    page.context.close()
    page = office.as_("assessor", "/scores/objections/")
    page.locator("tbody a", has_text="于洋").first.click()
    page.locator("[name=upheld][value=yes]").check()
    page.locator("[name=text]").fill("按台账重新计算。")
    page.get_by_role("button", name="Answer").click()
    expect(page.locator("main")).to_contain_text("upheld")
    page.context.close()


def _confirm_and_lock(office: Office) -> None:
    page = office.as_("deputy", DECEMBER)
    press(page, "#confirm", "Confirm")
    expect(page.locator("main")).to_contain_text("Confirmed, to be locked")
    press(page, "#lock", "Lock")
    expect(page.locator("main")).to_contain_text("This period is done")
    page.context.close()


def _talk(office: Office) -> None:
    """The head holds the talk that three missed months made due; November, fulfilled, will close it."""
    page = office.as_("head", "/")
    page.get_by_role("link", name="to be held").click()
    page.get_by_role("link", name="Write the record").first.click()
    expect(page.locator(".columns aside")).to_contain_text("Three months missed")
    page.locator("[name=held_at]").fill("2024-01-02T15:00")
    page.locator("[name=place]").fill("局长办公室")
    page.locator("[name=given]").fill("文献平台上线占用了全部人手。")
    page.locator("[name=measures]").fill("平台移交运维，信息由两人轮流供稿。")
    page.get_by_role("button", name="Keep the record").click()
    expect(page.locator("[name=given]")).to_have_value("文献平台上线占用了全部人手。")
    page.locator("[name=follow_up]").fill("一月底由分管领导看完成情况。")
    page.get_by_role("button", name="Keep the record").click()
    expect(page.locator("main")).to_contain_text("The record of the talk is kept")
    page.context.close()


def _everybody_on_a_phone(office: Office) -> None:
    """No page of scores is wider than a phone, in the dark either."""
    page = office.as_("deputy", "/scores/", viewport=NARROW, color_scheme="dark")
    for path in (*NARROW_PAGES, DECEMBER, f"{DECEMBER}sheets/", f"{VERIFY}?state=refused"):
        page.goto(path)
        assert settled(page).evaluate("document.documentElement.scrollWidth <= window.innerWidth"), path
    page.context.close()
