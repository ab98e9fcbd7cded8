"""Reports as they are written in a real browser: saved by themselves, over a dropped connection, by two at once."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.browsing import press_key, settled


@pytest.fixture
def report(visit: Callable[..., Page]) -> str:
    """The address of a draft that was just filled."""
    page = visit("deputy", "/reports/new/")
    page.get_by_role("button", name="Keep as a draft").click()
    expect(page.locator(".ProseMirror")).to_be_visible()
    return page.url


def write(page: Page, text: str) -> None:
    """Write at the end of the text. A click might be on a figure, and ask what it is."""
    page.locator(".ProseMirror").focus()
    press_key(page, "Control+End")
    settled(page).keyboard.type(text)


def state(page: Page) -> Any:
    return expect(page.locator("#save-state"))


def test_what_is_written_is_saved_and_its_numbers_are_marked(visit: Callable[..., Page], report: str) -> None:
    page = visit("deputy", report)
    write(page, "New words, 12345 people.")
    state(page).to_contain_text("Saved at")
    expect(page.locator(".ProseMirror .typed-number", has_text="12345")).to_be_visible()
    bold = page.locator(".editor-bar [data-do=bold]")
    bold.click()
    expect(bold).to_have_attribute("aria-pressed", "true")
    settled(page).keyboard.type("Bold words.")
    press_key(page, "Control+s")
    state(page).to_contain_text("Saved at")
    page.reload()
    expect(page.locator(".ProseMirror strong", has_text="Bold words.")).to_be_visible()


def test_what_cannot_be_kept_says_why_and_is_kept_once_it_can(
    visit: Callable[..., Page], report: str
) -> None:
    page = visit("deputy", report)
    title = page.locator("[name=title]").input_value()
    page.fill("[name=title]", "")
    state(page).to_contain_text("Not saved")
    page.fill("[name=title]", f"{title} again")
    state(page).to_contain_text("Saved at")
    page.reload()
    expect(page.locator("[name=title]")).to_have_value(f"{title} again")


def test_a_dropped_connection_loses_nothing(visit: Callable[..., Page], report: str) -> None:
    page = visit("deputy", report)
    page.context.set_offline(True)
    write(page, "Written while nobody answered.")
    state(page).to_contain_text("does not answer")
    page.context.set_offline(False)
    page.evaluate("window.dispatchEvent(new Event('online'))")
    state(page).to_contain_text("Saved at")
    page.reload()
    expect(page.locator(".ProseMirror")).to_contain_text("Written while nobody answered.")


def test_two_at_once_do_not_overwrite_each_other(visit: Callable[..., Page], report: str) -> None:
    first, second = visit("deputy", report), visit("deputy", report)
    write(first, "The first was quicker.")
    state(first).to_contain_text("Saved at")
    write(second, "The second was not.")
    conflict = second.locator("#conflict")
    expect(conflict).to_be_visible()
    expect(second.locator(".ProseMirror")).to_have_attribute("contenteditable", "false")
    theirs = conflict.get_by_role("link", name="Look at theirs").get_attribute("href")
    mine = conflict.get_by_role("link", name="Look at yours").get_attribute("href")
    second.goto(str(mine))
    expect(second.locator("main")).to_contain_text("The second was not.")
    second.goto(str(theirs))
    expect(second.locator("main")).to_contain_text("The first was quicker.")
