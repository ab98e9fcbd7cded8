"""A real browser whose pages are not touched before their scripts have run.

What the server sent is there, and can be read and clicked, before the scripts that answer it have come; on a slow
machine whatever is done between is lost. So every page that is opened here waits by itself, before each action and
each expectation, until all scripts have run, whether deferred or modules, and until htmx has put in what it asked
for. Keys go to a page as it stands, therefore they are pressed with ``press_key`` and ``type_text``, which wait too;
so does whoever reads a page with ``evaluate`` by ``settled``.

``TAIZHANG_SLOW_BROWSER=6`` makes the browser's processor six times slower, to find what is in a hurry.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, Page, expect, sync_playwright

PASSWORD = "taizhang-2023"
BROWSERS = ["chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"]  # the lightest first
CHROMIUM = next(filter(None, map(shutil.which, BROWSERS)), None)
QUIET = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
SLOWER = float(os.environ.get("TAIZHANG_SLOW_BROWSER", "1"))
ACTION, EXPECTATION = 60_000, 30_000  # milliseconds: only what is broken waits as long
LOADED = """
addEventListener("load", () => { document.documentElement.dataset.loaded = ""; });
const tall = () => document.documentElement && (document.documentElement.style.minHeight = "1px");
tall() || new MutationObserver((_all, it) => tall() && it.disconnect()).observe(document, {childList: true});
"""  # without a height it would not be visible until the body has come, and nothing would wait for it
BUSY = "html:not([data-loaded]), .htmx-request, .htmx-swapping, .htmx-settling, .htmx-added"

expect.set_options(timeout=EXPECTATION)


@contextmanager
def launched() -> Iterator[Browser]:
    """Start a browser, and end it."""
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # playwright runs a loop in this thread
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        browser.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


def open_page(browser: Browser, **options: Any) -> Page:
    """Open an empty page in a profile of its own; nobody is logged in there unless the options say so."""
    context = browser.new_context(**{"viewport": WIDE, **options})
    context.set_default_timeout(ACTION)
    page = context.new_page()
    if options.get("java_script_enabled", True):
        page.add_init_script(LOADED)
        page.add_locator_handler(page.locator(BUSY).first, lambda _busy: None)
    if SLOWER > 1:
        context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    return page


def log_in(page: Page, login: str) -> None:
    """Log somebody in whose language is English."""
    page.goto("/accounts/login/")
    page.fill("[name=username]", login)
    page.fill("[name=password]", PASSWORD)
    page.click("form.login-form button[type=submit]")
    expect(page.locator("h1")).to_contain_text("Good day")


def impatient(page: Page) -> None:
    """Have a page touched, from now on, before its scripts have run."""
    page.remove_locator_handler(page.locator(BUSY).first)


def settled(page: Page) -> Page:
    """Wait until the scripts of a page have run and what they asked for has come; return the page."""
    expect(page.locator(BUSY)).to_have_count(0)
    return page


def press_key(page: Page, *keys: str) -> None:
    """Press keys where the focus is, one after the other."""
    for key in keys:
        settled(page).keyboard.press(key)


def type_text(page: Page, text: str) -> None:
    """Write a text where the focus is."""
    settled(page).keyboard.insert_text(text)


def complaints_of(page: Page) -> list[str]:
    """Listen for errors of scripts, of the content policy and of the server; return the list that will name them.

    What could not be loaded is judged by its answer, which has an address.
    """
    complaints: list[str] = []
    page.on("console", lambda message: _is_fault(message) and complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("response", lambda answer: _is_broken(answer) and complaints.append(answer.url))
    return complaints


def _is_fault(message: Any) -> bool:
    return message.type == "error" and not message.text.startswith("Failed to load resource")


def _is_broken(answer: Any) -> bool:
    return answer.status >= 500 or (answer.status >= 400 and "/static/" in answer.url)
