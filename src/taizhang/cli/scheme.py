"""``taizhang scheme``: check, explain and compare scheme files. Needs neither a database nor Django.

Exit codes of every command: 0 fine, 1 something is wrong with a scheme, 2 a file cannot be read.
"""

import json
import sys
from collections.abc import Callable, Iterable
from typing import Any, NoReturn

import click

from taizhang.cli.language import LANGUAGES, pick, translator
from taizhang.core.messages import Message, gettext_noop

language_option = click.option("--language", type=click.Choice(LANGUAGES), help="zh-hans or en.")
FINE, FAULTY, UNREADABLE = 0, 1, 2


@click.group()
def scheme() -> None:
    """Check, explain and compare schemes (the dated files of rules)."""


@scheme.command()
@click.argument("files", nargs=-1, required=True, type=click.Path())
@click.option("--cases", is_flag=True, help="Also run the cases beside each file (cases/*.yaml).")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@language_option
def check(files: tuple[str, ...], cases: bool, form: str, language: str | None) -> None:
    """Say everything that is wrong with the FILES, each fault with its place, cause and remedy."""
    from taizhang.core.scheme.errors import SchemeErrors, Unreadable
    from taizhang.core.scheme.history import History
    from taizhang.core.scheme.load import load_file

    translate = translator(pick(language))
    faults: list[dict[str, Any]] = []
    worst = FINE
    sound: dict[str, list[Any]] = {}
    for file in files:
        try:
            loaded = load_file(file)
        except SchemeErrors as refused:
            worst = max(worst, UNREADABLE if isinstance(refused, Unreadable) else FAULTY)
            faults.extend(_as_json(error, translate) for error in refused.errors)
        else:
            sound.setdefault(loaded.scheme.scheme, []).append(loaded)
    for versions in sound.values():
        try:
            History(versions)
        except SchemeErrors as refused:
            worst = max(worst, FAULTY)
            faults.extend(_as_json(error, translate) for error in refused.errors)
    failed = _run_cases(files, translate) if cases and worst == FINE else []
    if form == "json":
        click.echo(
            json.dumps(
                {"files": list(files), "faults": faults, "cases": failed}, ensure_ascii=False, indent=1
            )
        )
    else:
        _print_faults(faults, failed, len(files), translate)
    sys.exit(max(worst, FAULTY if failed else FINE))


def _as_json(error: Any, translate: Callable[[str], str]) -> dict[str, Any]:
    return {
        "path": error.path,
        "line": error.line,
        "column": error.column,
        "key": error.key_path,
        "cause": error.cause.render(translate),
        "remedy": error.remedy.render(translate),
    }


def _print_faults(
    faults: list[dict[str, Any]], failed: list[str], files: int, translate: Callable[[str], str]
) -> None:
    for fault in faults:
        click.echo("{path}:{line}:{column}: {cause} {remedy}".format_map(fault))
    for failure in failed:
        click.echo(failure)
    if not faults and not failed:
        click.echo(
            Message(gettext_noop("Nothing is wrong in {count} file(s)."), count=files).render(translate)
        )


def _run_cases(files: Iterable[str], translate: Callable[[str], str]) -> list[str]:
    from pathlib import Path

    from taizhang.core.scheme import cases
    from taizhang.core.scheme.errors import SchemeErrors

    told: list[str] = []
    for folder in sorted({Path(file).parent for file in files}):
        try:
            failures = cases.run_folder(folder)
        except SchemeErrors as refused:
            told.extend(error.render(translate) for error in refused.errors)
        else:
            told.extend(failure.render(translate) for failure in failures)
    return told


@scheme.command()
@click.argument("file", type=click.Path())
@language_option
def explain(file: str, language: str | None) -> None:
    """Read a scheme aloud: every rule of FILE as an article, with its line."""
    from taizhang.core.scheme.explain import explain as told
    from taizhang.core.scheme.explain import render

    chosen = pick(language)
    loaded = _load(file, chosen)
    click.echo(render(told(loaded, language=chosen), path=file, translate=translator(chosen)), nl=False)


@scheme.command()
@click.argument("old", type=click.Path())
@click.argument("new", type=click.Path())
@language_option
def diff(old: str, new: str, language: str | None) -> None:
    """Say what the scheme NEW changes in OLD, and which periods each change touches."""
    from taizhang.core.scheme.diff import diff as compared
    from taizhang.core.scheme.diff import render

    chosen = pick(language)
    before, after = _load(old, chosen), _load(new, chosen)
    changes = compared(before, after, language=chosen)
    click.echo(render(changes, old=before, new=after, translate=translator(chosen)), nl=False)


@scheme.command()
def schema() -> None:
    """Print the JSON Schema of scheme files, for completion in editors."""
    from taizhang.core.scheme.json_schema import text

    click.echo(text(), nl=False)


def _load(file: str, language: str) -> Any:
    from taizhang.core.scheme.errors import SchemeErrors, Unreadable
    from taizhang.core.scheme.load import load_file

    try:
        return load_file(file)
    except SchemeErrors as refused:
        _refuse(
            refused.render(translator(language)), UNREADABLE if isinstance(refused, Unreadable) else FAULTY
        )


def _refuse(text: str, code: int) -> NoReturn:
    click.echo(text, err=True)
    sys.exit(code)
