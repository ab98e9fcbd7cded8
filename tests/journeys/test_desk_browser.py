"""A manuscript's way through the desk in a real browser, in Chinese; hostile texts; a connection that drops."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.journeys.browsing import NARROW, impatient, open_page, press_key, settled, type_text
from tests.journeys.served import Server

CHINESE = "zh-CN"
TITLE = "全市科技创新大会筹备工作有序推进"
SITTERS = {
    "一审": "section",
    "一校": "proofreader",
    "二审": "deputy",
    "二校": "proofreader",
    "三审": "head",
    "三校": "proofreader",
    "签发": "deputy",
}
HOSTILE = [
    "<script>window.hurt=1</script>",
    "<img src=x onerror=window.hurt=1>",
    '"><svg onload=window.hurt=1>',
    "javascript:window.hurt=1",
    "</title></textarea></script><script>window.hurt=1</script>",
    "{{constructor.constructor('window.hurt=1')()}}",
    "<a href='javascript:window.hurt=1'>x</a>",
    "<iframe srcdoc='<script>parent.hurt=1</script>'></iframe>",
    "\u2028</script><script>window.hurt=1</script>",
    "' autofocus onfocus=window.hurt=1 x='",
]
WATCH = """
window.violations = [];
document.addEventListener("securitypolicyviolation", (event) => window.violations.push(event.violatedDirective + " " + event.blockedURI));
window.alert = () => { window.hurt = 1; };
"""


@pytest.fixture
def visit(browser: Browser, server: Server, logins: Callable[[str], Any]) -> Iterator[Callable[..., Page]]:
    """Open a page as somebody, in Chinese; at the end none may have hurt, or broken the content policy."""
    pages: list[Page] = []
    complaints: list[str] = []

    def open_(login: str, path: str = "/desk/", **options: Any) -> Page:
        options = {"base_url": server.url, "locale": CHINESE, "storage_state": logins(login), **options}
        page = open_page(browser, **options)
        page.add_init_script(WATCH)
        pages.append(page)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("dialog", lambda dialog: dialog.accept())
        page.goto(path)
        return page

    yield open_
    for page in pages:
        if not page.is_closed():
            unhurt(page)
            page.context.close()
    assert complaints == []


def unhurt(page: Page) -> None:
    assert settled(page).evaluate("window.hurt") is None, page.url
    assert page.evaluate("window.violations") == [], page.url


def write(page: Page, title: str, *paragraphs: str) -> str:
    """Begin a manuscript, write it, wait until the server has it; return its address."""
    page.goto("/desk/new/")
    page.fill("[name=title]", title)
    page.select_option("[name=type]", "government")
    unit = page.locator("[name=unit]")
    if unit.locator("option").count() > 1 and not unit.input_value():
        unit.select_option(index=1)
    page.check("[name=channel][value=site]")
    page.get_by_role("button", name="开始写").click()
    text = page.locator(".ProseMirror")
    text.click()
    for number, paragraph in enumerate(paragraphs):
        if number:
            press_key(page, "Enter")
        type_text(page, paragraph)
    expect(page.locator("#save-state")).to_contain_text("已保存")
    return page.url.removesuffix("edit/")


def submit(page: Page, address: str) -> None:
    page.goto(f"{address}edit/")
    page.get_by_role("link", name="提交审校").click()
    page.locator("#submit").get_by_role("button", name="提交").click()
    expect(page.locator("#messages")).to_contain_text("已提交")


def approve(visit: Callable[..., Page], station: str, *, opinion: str = "同意。", title: str = TITLE) -> None:
    """Find the text in the queue, read it, approve it."""
    page = visit(SITTERS[station])
    page.get_by_role("link", name=title).first.click()
    expect(page.locator(".track .here")).to_contain_text(station)
    page.fill("#opinion", opinion)
    aloud = page.locator("[name=read_aloud]")
    if aloud.count():
        aloud.check()
    page.get_by_role("button", name="同意").click()
    expect(page.locator("#messages")).to_contain_text("已同意")
    unhurt(page)
    page.context.close()


def test_from_draft_to_release_through_every_station(visit: Callable[..., Page]) -> None:
    officer = visit("officer")
    address = write(
        officer,
        TITLE,
        "12月29日，市科技局召开筹备会，明确三项任务。",
        "会议要求，各科室1月5日前报送参会名单。",
    )
    submit(officer, address)
    approve(visit, "一审")
    approve(visit, "一校")
    deputy = visit("deputy")
    deputy.get_by_role("link", name=TITLE).click()
    deputy.get_by_role("button", name="退回").click()
    expect(deputy.locator(".error-summary")).to_contain_text("退回")
    deputy.fill("#opinion", "三项任务分别写明牵头科室。")
    deputy.get_by_role("button", name="退回").click()
    expect(deputy.locator("#messages")).to_contain_text("退回作者")

    officer.goto("/desk/")
    officer.get_by_role("link", name=TITLE).click()
    expect(officer.locator(".note-bad:visible").first).to_contain_text("三项任务分别写明牵头科室")
    officer.locator(".ProseMirror p").first.click()
    press_key(officer, "End")
    type_text(officer, "办公室牵头会务，高新科牵头展示，成果科牵头签约。")
    expect(officer.locator("#save-state")).to_contain_text("已保存")
    submit(officer, address)
    approve(visit, "一审")
    approve(visit, "一校")
    again = visit("deputy")
    again.get_by_role("link", name=TITLE).click()
    expect(again.locator("#changes")).to_contain_text("改了 1 处")
    again.locator("#changes summary").first.click()
    expect(again.locator("#changes .line ins")).to_contain_text("办公室牵头会务")
    for station in ("二审", "二校"):
        approve(visit, station)

    edit_on_the_way(officer, address)
    for station in SITTERS:
        approve(visit, station)
    released(visit, officer, address)


def edit_on_the_way(officer: Page, address: str) -> None:
    """An edit on the way voids what was approved, and everybody sees it."""
    officer.goto(f"{address}edit/")
    expect(officer.locator(".note-warn")).to_contain_text("4 个环节同意")
    officer.locator(".ProseMirror p").last.click()
    press_key(officer, "End")
    type_text(officer, "名单一经报送不再调整。")
    expect(officer.locator("#save-state")).to_contain_text("已保存")
    submit(officer, address)
    expect(officer.locator(".track .voided")).to_have_count(3)
    expect(officer.locator(".track")).to_contain_text("同意已作废")


def released(visit: Callable[..., Page], officer: Page, address: str) -> None:
    """What passed is released by the clerk; readers find it, and the form says where."""
    officer.goto(address)
    expect(officer.locator(".track .passed")).to_have_count(7)
    officer.goto(f"{address}form/")
    sheet = officer.locator(".approval")
    for words in ("发布审批表", TITLE, "冯志强", "马骏", "林慧", "周启明", "已全文诵读", "尚未发布"):
        expect(sheet).to_contain_text(words)
    clerk = visit("clerk")
    clerk.get_by_role("link", name=TITLE).first.click()
    clerk.locator(".release-form").get_by_role("button", name="发布").click()
    clerk.locator("main a[href*='/public/20']").first.click()
    expect(clerk.locator("main")).to_contain_text("办公室牵头会务")
    officer.reload()
    expect(sheet).to_contain_text("陈思")
    expect(sheet).not_to_contain_text("尚未发布")


def test_nothing_typed_is_lost_when_the_connection_drops(visit: Callable[..., Page]) -> None:
    page = visit("officer")
    address = write(page, "断网时写的稿子", "联网时写的一句。")
    page.context.set_offline(True)
    page.locator(".ProseMirror").click()
    press_key(page, "Control+End")
    settled(page).keyboard.type("断网后又写的一句。")
    expect(page.locator("#save-state")).to_contain_text("连不上服务器")
    page.context.set_offline(False)
    page.evaluate("window.dispatchEvent(new Event('online'))")
    expect(page.locator("#save-state")).to_contain_text("已保存")
    page.context.set_offline(True)
    settled(page).keyboard.type("关掉浏览器之前的一句。")
    page.goto("about:blank")
    page.context.set_offline(False)
    page.goto(f"{address}edit/")
    expect(page.locator("#restored")).to_be_visible()
    expect(page.locator("#save-state")).to_contain_text("已保存")
    page.goto(address)
    expect(page.locator("#text")).to_contain_text("联网时写的一句。断网后又写的一句。关掉浏览器之前的一句。")


def test_two_who_write_the_same_text_keep_both(visit: Callable[..., Page]) -> None:
    first = visit("officer")
    address = write(first, "两个人同时写的稿子", "开头。")
    second = visit("officer", address.replace(first.url.split("/desk")[0], "") + "edit/")
    first.locator(".ProseMirror").click()
    press_key(first, "Control+End")
    type_text(first, "第一个人写的。")
    expect(first.locator("#save-state")).to_contain_text("已保存")
    second.evaluate("localStorage.clear()")
    second.locator(".ProseMirror").click()
    press_key(second, "Control+End")
    type_text(second, "第二个人写的。")
    expect(second.locator("#conflict")).to_be_visible()
    second.get_by_role("link", name="比较两份").click()
    expect(second.locator("div.difference")).to_contain_text("第二个人写的")
    second.get_by_role("button", name="以这一份为最新稿").click()
    expect(second.locator(".ProseMirror")).to_contain_text("第二个人写的")


def test_what_word_puts_on_the_clipboard_comes_in_clean(visit: Callable[..., Page]) -> None:
    page = visit("officer")
    address = write(page, "从 Word 粘贴的稿子", "一句。")
    page.locator(".ProseMirror").click()
    press_key(page, "Control+End")
    page.evaluate(
        """() => {
          const data = new DataTransfer();
          data.setData("text/html", `<html><!--[if gte mso 9]><xml>x</xml><![endif]--><p>引言</p><h1 class="MsoTitle">一级标题</h1>
            <p class="MsoNormal" style="mso-pagination:none"><span lang="EN-US"><o:p>正文<b>要点</b></o:p></span></p>
            <table class="MsoTable"><tr><td style="width:9pt"><p>甲</p></td></tr></table><script>window.hurt=1</script></html>`);
          document.querySelector(".ProseMirror").dispatchEvent(new ClipboardEvent("paste", {clipboardData: data, bubbles: true}));
        }"""
    )
    expect(page.locator("#save-state")).to_contain_text("已保存")
    page.goto(address)
    text = page.locator("#text")
    expect(text.locator("h2")).to_have_text("一级标题")
    expect(text.locator("strong")).to_have_text("要点")
    expect(text.locator("td")).to_have_text("甲")
    assert "Mso" not in text.inner_html()
    assert "style" not in text.inner_html()


def test_hostile_texts_do_nothing_on_any_page(visit: Callable[..., Page]) -> None:
    title = "".join(HOSTILE)[:280]
    officer = visit("officer")
    address = write(officer, title, *HOSTILE)
    officer.fill("[name=byline]", HOSTILE[0])
    officer.set_input_files(
        "#attach-file",
        {
            "name": "<img src=x onerror=hurt=1>.txt",
            "mimeType": "text/html",
            "buffer": b"<script>hurt=1</script>",
        },
    )
    expect(officer.locator("#attachments li")).to_have_count(1)
    officer.locator(".editor-bar [data-check]").click()
    expect(officer.locator("#findings .cards, #findings .muted").first).to_be_visible()
    expect(officer.locator("#save-state")).to_contain_text("已保存")
    submit(officer, address)
    unhurt(officer)
    section = visit("section")
    section.goto(f"{address}review/")
    unhurt(section)
    section.locator(".comment-new summary").click()
    section.fill("#comment-quote", HOSTILE[1])
    section.fill("#comment-text", HOSTILE[0] + HOSTILE[2])
    section.locator("#comment-form button").click()
    expect(section.locator("#comments .said").first).to_contain_text("<script>")
    for reason in section.locator("#findings [name=reason]").all()[:3]:
        reason.fill(HOSTILE[9])
    section.fill("#opinion", "".join(HOSTILE))
    section.get_by_role("button", name="退回").click()
    expect(section.locator("#messages")).to_contain_text("退回作者")
    officer.goto(f"{address}edit/")
    expect(officer.locator(".note-bad:visible").first).to_contain_text("<script>")
    submit(officer, address)
    pages = ["", "edit/", "versions/1/", "versions/2/", "compare/?old=1&new=2", "form/"]
    for page in [
        *(f"{address}{one}" for one in pages),
        "/desk/",
        "/desk/all/",
        f"/desk/all/?q={HOSTILE[0]}",
        "/",
    ]:
        officer.goto(page)
        unhurt(officer)


def test_the_keyboard_goes_through_queue_and_findings(visit: Callable[..., Page]) -> None:
    page = visit("proofreader")
    press_key(page, "j")
    expect(page.locator(".queue tr.is-here")).to_have_count(1)
    page.get_by_role("link", name="市科技局2023年党建工作综述").click()
    expect(page.locator("#decide")).to_be_visible()
    press_key(page, "j")
    expect(page.locator("#findings .card-item.here")).to_have_count(1)
    press_key(page, "s")
    type_text(page, "按两个口径统计，合计数以台账为准")
    page.locator("#findings .card-item.here [value=keep]").click()
    expect(page.locator("#findings .is-decided")).to_have_count(1)
    expect(page.locator("#waits")).to_contain_text("2")
    press_key(page, "a")
    expect(page.locator("[name=act][value=approve]")).to_be_focused()


def test_a_key_pressed_before_the_scripts_have_come_waits_for_them(visit: Callable[..., Page]) -> None:
    page = visit("proofreader")
    impatient(page)
    late: list[Route] = []

    def hold(script: Route) -> None:
        late.append(script)

    page.route("**/desk/review*.js", hold)
    page.get_by_role("link", name="市科技局2023年党建工作综述").click()
    expect(page.locator("#decide")).to_be_visible()
    page.keyboard.press("j")
    page.keyboard.press("a")
    (script,) = late
    script.continue_()
    expect(page.locator("#findings .card-item.here")).to_have_count(1)
    expect(page.locator("[name=act][value=approve]")).to_be_focused()


@pytest.mark.parametrize("path", ["/desk/", "/desk/all/", "/desk/statistics/", "/desk/new/"])
def test_nothing_runs_over_the_edge_of_a_phone(path: str, visit: Callable[..., Page]) -> None:
    page = visit("clerk", path, viewport=NARROW)
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    if path == "/desk/all/":
        for link in page.locator("[data-row]").evaluate_all("links => links.map(link => link.href)"):
            page.goto(re.sub(r"(edit|review)/$", "", link))
            assert page.evaluate(
                "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
            ), link


def test_a_text_is_read_and_written_without_script(
    browser: Browser, server: Server, logins: Callable[[str], Any]
) -> None:
    page = open_page(
        browser,
        base_url=server.url,
        locale=CHINESE,
        java_script_enabled=False,
        storage_state=logins("officer"),
    )
    page.goto("/desk/new/")
    page.fill("[name=title]", "没有脚本也能写")
    page.select_option("[name=type]", "government")
    page.check("[name=channel][value=site]")
    page.get_by_role("button", name="开始写").click()
    page.fill("[name=plain]", "# 小标题\n第一段 **要点**\n- 甲\n- 乙")
    page.get_by_role("button", name="保存").click()
    expect(page.locator("#messages")).to_contain_text("已保存")
    page.get_by_role("link", name="阅读").click()
    expect(page.locator("#text h2")).to_have_text("小标题")
    expect(page.locator("#text li")).to_have_count(2)
    page.context.close()
