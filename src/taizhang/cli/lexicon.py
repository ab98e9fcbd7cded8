"""``taizhang lexicon``: check and explain an organisation's lexicon. Needs neither a database nor Django.

Exit codes: 0 fine, 1 something is wrong with a lexicon, 2 a file cannot be read.
"""

import sys
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import click

from taizhang.cli.language import LANGUAGES, pick, translator
from taizhang.core.messages import Message, gettext_noop

if TYPE_CHECKING:
    from taizhang.proof.lexicon import InvalidLexicon, Term

_SEVERITIES = {
    "error": gettext_noop("error"),
    "warning": gettext_noop("warning"),
    "hint": gettext_noop("hint"),
}
_FINE, _FAULTY, _UNREADABLE = 0, 1, 2

language_option = click.option("--language", type=click.Choice(LANGUAGES), help="zh-hans or en.")


@click.group()
def lexicon() -> None:
    """The organisation's lexicon: check, explain. 本单位用语库：检查、宣读。"""


@lexicon.command()
@click.argument("files", nargs=-1, required=True, type=click.Path())
@language_option
def check(files: tuple[str, ...], language: str | None) -> None:
    """Say everything that is wrong with the FILES, each fault with its place, cause and remedy."""
    from taizhang.proof.lexicon import InvalidLexicon, load_file

    translate = translator(pick(language))
    worst = _FINE
    for file in files:
        try:
            found = load_file(file)
        except InvalidLexicon as error:
            worst = max(worst, _status(error))
            click.echo(error.render(translate), err=True)
        else:
            told = Message(
                gettext_noop("{file}: nothing wrong. {terms} terms, {accepted} accepted words."),
                file=file,
                terms=len(found.terms),
                accepted=len(found.accepted),
            )
            click.echo(told.render(translate))
    sys.exit(worst)


@lexicon.command()
@click.argument("file", type=click.Path())
@language_option
def explain(file: str, language: str | None) -> None:
    """Read a lexicon aloud: every term of FILE as a sentence, with its line."""
    from taizhang.proof.lexicon import InvalidLexicon, explain_file

    translate = translator(pick(language))
    try:
        found, lines = explain_file(file)
    except InvalidLexicon as error:
        click.echo(error.render(translate), err=True)
        sys.exit(_status(error))
    click.echo(found.lexicon)
    for line, term in zip(lines, found.terms, strict=True):
        for told in _sentences(line, term, translate):
            click.echo(told)
    if found.accepted:
        words = Message(gettext_noop("Never doubted: {words}."), words="、".join(found.accepted))
        click.echo(words.render(translate))


def _sentences(line: int, term: "Term", translate: Callable[[str], str]) -> Iterator[str]:
    message = (
        gettext_noop("Line {line}: write “{preferred}”, not {wrong} ({severity}).")
        if term.preferred
        else gettext_noop("Line {line}: do not write {wrong} ({severity}).")
    )
    yield Message(
        message,
        line=line,
        preferred=term.preferred,
        wrong="".join(f"“{wrong}”" for wrong in term.wrong),
        severity=translate(_SEVERITIES[term.severity]),
    ).render(translate)
    if term.note:
        yield f"    {term.note}"
    if term.source:
        yield "    " + Message(gettext_noop("Source: {source}"), source=term.source).render(translate)


def _status(error: "InvalidLexicon") -> int:
    from taizhang.proof.lexicon import UnreadableLexicon

    return _UNREADABLE if isinstance(error, UnreadableLexicon) else _FAULTY
