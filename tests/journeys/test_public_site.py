"""The public site in a real browser: a reader without an account and without a script, a publisher, an attacker."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.browsing import NARROW, complaints_of, log_in, open_page, settled
from tests.journeys.conftest import Place, texts
from tests.journeys.served import Server

FIRE = """
() => {
  for (const element of document.querySelectorAll("body *"))
    for (const name of ["mouseover", "mouseenter", "pointerenter", "focus", "blur", "error", "load", "toggle",
                        "animationstart", "begin", "start", "input", "change", "submit"])
      element.dispatchEvent(new Event(name, {bubbles: false, cancelable: true}));
  for (const link of document.querySelectorAll(".text a, .release-paper a")) {
    if (/^(javascript|data|vbscript):/i.test(link.href)) document.documentElement.dataset.hit = link.href;
    link.addEventListener("click", event => event.preventDefault());
    link.click();
  }
}
"""
WATCH = (
    "Object.defineProperty(window, 'hit', {set(value) { document.documentElement.dataset.hit = value; }});"
)


@pytest.fixture(scope="module")
def place(copies: Callable[[], Place]) -> Place:
    return copies()


@pytest.fixture(scope="module")
def server(place: Place) -> Iterator[Server]:
    served = Server(place.home, DATABASE_URL=place.url)
    yield served
    served.kill()


@pytest.fixture
def reader(browser: Browser, server: Server) -> Iterator[Page]:
    """Somebody from outside, whose browser runs no script and keeps no cookie of ours."""
    page = open_page(browser, base_url=server.url, java_script_enabled=False, locale="zh-CN")
    answers: list[int] = []
    page.on("response", lambda answer: answers.append(answer.status))
    yield page
    assert page.context.cookies() == []
    assert max(answers) < 500
    page.context.close()


@pytest.fixture
def clerk(browser: Browser, server: Server) -> Iterator[Page]:
    page = open_page(browser, base_url=server.url, locale="en")
    complaints = complaints_of(page)
    log_in(page, "clerk")
    yield page
    page.context.close()
    assert complaints == []


def test_a_reader_finds_reads_and_follows_without_account_or_script(reader: Page) -> None:
    reader.goto("/public/")
    expect(reader.locator("h1")).to_have_text("最新发布")
    reader.locator(".list a").first.click()
    title = reader.locator("article h1").inner_text()
    expect(reader.locator(".card")).to_contain_text("内容校验码")
    reader.locator(".crumbs a").nth(1).click()
    expect(reader.locator(".columns a[aria-current=page]")).to_be_visible()
    reader.fill("#find", title[:4])
    reader.locator(".find button").click()
    expect(reader.locator(".list h2 a").first).to_have_text(title)
    reader.fill("#find", "没有任何一篇会有这些字")
    reader.locator(".find button").click()
    expect(reader.locator(".empty")).to_contain_text("没有找到")
    reader.get_by_role("link", name="English").click()
    expect(reader.locator("html")).to_have_attribute("lang", "en")
    expect(reader.locator(".empty")).to_contain_text("No published text")


def test_a_reader_gets_by_with_the_keyboard_alone(reader: Page) -> None:
    reader.goto("/public/")
    reader.keyboard.press("Tab")
    expect(reader.locator(".skip")).to_be_focused()
    reader.keyboard.press("Enter")
    expect(reader).to_have_url(re.compile("#main$"))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_words_stand_out_from_their_ground(browser: Browser, server: Server, scheme: str) -> None:
    page = open_page(browser, base_url=server.url, viewport=NARROW, color_scheme=scheme)
    for path in (
        "/public/",
        "/public/search/?q=科技",
        "/public/2023-0001/",
        "/public/notices/",
        "/public/nothing/",
    ):
        page.goto(path)
        assert settled(page).evaluate("document.documentElement.scrollWidth") == NARROW["width"], path
        for said, ratio in page.evaluate(CONTRAST):
            assert ratio >= 4.5, (path, scheme, said, ratio)
    page.context.close()


CONTRAST = """
() => {
  const parse = c => (c.match(/[\\d.]+/g) || []).map(Number);
  const light = c => { const [r, g, b] = c.map(v => { v /= 255; return v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4; });
                       return .2126 * r + .7152 * g + .0722 * b; };
  const ground = e => { for (; e; e = e.parentElement) { const c = parse(getComputedStyle(e).backgroundColor);
                        if (c.length === 3 || c[3] > 0) return c.slice(0, 3); } return [255, 255, 255]; };
  const found = [];
  for (const e of document.querySelectorAll("body *")) {
    const own = [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim());
    const box = e.getBoundingClientRect();
    if (!own || box.width < 2 || box.height < 2 || e.closest(".out, .skip")) continue;
    const a = light(parse(getComputedStyle(e).color).slice(0, 3)), b = light(ground(e));
    found.push([e.textContent.trim().slice(0, 30), (Math.max(a, b) + .05) / (Math.min(a, b) + .05)]);
  }
  return found;
}
"""


def test_the_clerk_looks_at_a_text_releases_it_and_pastes_it(place: Place, clerk: Page, reader: Page) -> None:
    texts(place, "passed", "窗口服务时间调整的说明")
    clerk.goto("/publication/")
    clerk.get_by_role("link", name="窗口服务时间调整的说明").click()
    expect(clerk.locator(".release-title")).to_be_visible()
    title = clerk.locator("h1").inner_text()
    expect(clerk.locator(".release-title")).to_have_text(title)
    clerk.get_by_role("button", name="Release", exact=True).click()
    expect(clerk.locator("#messages")).to_contain_text("Released.")
    clerk.get_by_role("link", name="Package").first.click()
    clerk.context.grant_permissions(["clipboard-read"])
    clerk.get_by_role("button", name="Copy with looks").click()
    expect(clerk.locator("#copied")).to_have_text("Copied.")
    pasted = clerk.evaluate(
        "async () => (await (await navigator.clipboard.read())[0].getType('text/html')).text()"
    )
    assert "text-indent" in pasted
    with clerk.expect_download() as download:
        clerk.get_by_role("link", name="Package (.zip)").click()
    assert download.value.suggested_filename.endswith(".zip")
    reader.goto("/public/")
    expect(reader.locator(".list h2 a").first).to_have_text(title)


def test_no_attack_runs_in_a_browser(place: Place, server: Server, clerk: Page) -> None:
    numbers = texts(place, "attacks")
    assert len(numbers) >= 8
    outside: list[str] = []
    clerk.on("request", lambda request: server.url not in request.url and outside.append(request.url))
    clerk.on("dialog", lambda dialog: outside.append(dialog.message))
    clerk.add_init_script(WATCH)
    pages = [f"/public/{number}/" for number in numbers]
    pages += [
        "/public/",
        "/public/columns/notice/",
        "/public/search/?q=%3Cimg%20src%3Dx%20onerror%3Dwindow.hit%3D1%3E",
    ]
    clerk.goto("/publication/?tab=released")
    inside = clerk.locator("table.rows th a").evaluate_all(
        "all => all.map(each => each.getAttribute('href'))"
    )
    for path in [*pages, *inside[: len(numbers)]]:
        clerk.goto(path)
        settled(clerk).evaluate(FIRE)
        assert clerk.evaluate("document.documentElement.dataset.hit || ''") == "", path
    clerk.locator("a[href$='/package/']").first.click()
    expect(clerk).to_have_url(re.compile("/package/$"))
    settled(clerk).evaluate(FIRE)
    assert clerk.evaluate("document.documentElement.dataset.hit || ''") == ""
    assert outside == []
