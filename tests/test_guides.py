"""The guides speak of commands that exist, link to pages that are there, and are the same in both languages."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from taizhang.cli import main
from taizhang.core.scheme.load import load_text

ROOT = Path(__file__).parents[1]
GUIDE = ROOT / "docs" / "guide"
PAGES = sorted([*GUIDE.glob("*/*.md"), *ROOT.glob("README*.md"), *ROOT.glob("docs/*/*.md")])
COMMAND = re.compile(r"^ *(?:[\w.]+=\S+ )*(taizhang .*)$|`(taizhang [^`]*)`", re.MULTILINE)
LINK = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)")
LAYOUT = re.compile(r"^(#+|```|\||\d\.|- )", re.MULTILINE)
ANYTHING = {"manage"}  # hands its words on to Django


def commands(page: Path) -> Iterator[list[str]]:
    for match in COMMAND.finditer(page.read_text("utf-8")):
        text = (match[1] or match[2]).split("  #")[0].split(" > ")[0]
        yield shlex.split(text)[1:]


def faults(words: list[str]) -> Iterator[str]:
    """Yield what the program does not know in a command of a guide."""
    command: click.Command = main
    context = click.Context(main, info_name="taizhang")
    for number, word in enumerate(words):
        if isinstance(command, click.Group) and not word.startswith("-"):
            for name in word.split("|"):
                if command.get_command(context, name) is None:
                    yield f"{' '.join(words[:number])} has no command {name}"
                    return
            command = command.get_command(context, word.split("|")[0]) or command
            if command.name in ANYTHING:
                return
        elif word.startswith("-") and word != "-":
            parameters = command.get_params(context)
            known = {name for each in parameters for name in (*each.opts, *each.secondary_opts)}
            if word.split("=")[0] not in known:
                yield f"{command.name} has no option {word}"


def name(page: Path) -> str:
    return str(page.relative_to(ROOT))


def test_the_guides_have_commands_to_check() -> None:
    assert sum(1 for page in PAGES for _command in commands(page)) > 60


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_command_and_option_exists(page: Path) -> None:
    assert [fault for words in commands(page) for fault in faults(words)] == []


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_link_leads_somewhere(page: Path) -> None:
    links = [link for link in LINK.findall(page.read_text("utf-8")) if not link.startswith("http")]
    assert [link for link in links if not (page.parent / link).exists()] == []


def test_both_languages_have_the_same_pages() -> None:
    assert {p.name for p in GUIDE.glob("zh/*.md")} == {p.name for p in GUIDE.glob("en/*.md")}


@pytest.mark.parametrize("page", ["first-day.md", "a-year.md", "install.md", "backup.md", "verify.md"])
def test_both_languages_are_laid_out_alike(page: str) -> None:
    chinese, english = (
        LAYOUT.findall((GUIDE / language / page).read_text("utf-8")) for language in ("zh", "en")
    )
    assert chinese == english


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_scheme_of_the_first_day_is_sound(language: str) -> None:
    text = (GUIDE / language / "first-day.md").read_text("utf-8")
    (scheme,) = re.findall(r"^```yaml\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    assert (
        set(load_text(scheme, path="first-day.yaml").scheme.roles) >= {"文书", "管理员"} or language == "en"
    )
