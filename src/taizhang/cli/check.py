"""``taizhang check FILE...``: the three gates from the command line, without a database."""

import io
import json
import os
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from taizhang.cli import accepting, against_ledger, check_page, home
from taizhang.cli.language import LANGUAGES, pick, translator
from taizhang.core.messages import Message, gettext_noop
from taizhang.documents.reading import Reading, Unreadable, read, read_file
from taizhang.proof import Finding, Gate, InvalidLexicon, Lexicon, Severity
from taizhang.proof import check as proof_check
from taizhang.proof import own as proof_own
from taizhang.proof.lexicon import load_file
from taizhang.proof.spelling import Model, UnreadableModelError

Translate = Callable[[str], str]
Hold = Callable[[str], list[Finding]]

_COLOURS = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.HINT: "cyan"}
_SEVERITIES = {
    Severity.ERROR: gettext_noop("error"),
    Severity.WARNING: gettext_noop("warning"),
    Severity.HINT: gettext_noop("hint"),
}
_GATES = {
    Gate.TEXT: gettext_noop("text gate"),
    Gate.NUMBER: gettext_noop("number gate"),
    Gate.LOGIC: gettext_noop("logic gate"),
}
_AUTHOR = gettext_noop("Taizhang proofreading")
_AROUND = 16
_MOST_SPELLED = 300_000  # the language model would take longer than anybody waits
_TOO_LONG = gettext_noop(
    "{file}: longer than {most} characters, so checked without the spelling model. With --spelling it is asked all the same."
)
_CLEAN, _FOUND, _UNREADABLE = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Checked:
    """A file with its reading and its findings."""

    name: str
    reading: Reading
    content: bytes
    findings: tuple[Finding, ...]


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path, allow_dash=True))
@click.option(
    "--format",
    "output_format",
    type=click.Choice(["text", "json", "html", "docx"]),
    default="text",
    show_default=True,
)
@click.option(
    "--gate", "gates", default="text,number,logic", show_default=True, help="Gates to run, divided by commas."
)
@click.option(
    "--severity",
    type=click.Choice(["error", "warning", "hint"]),
    default="hint",
    show_default=True,
    help="Leave out what weighs less.",
)
@click.option(
    "--lexicon",
    "lexicon_file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The organisation's lexicon (YAML); without it, lexicon.yaml in TAIZHANG_HOME where there is one.",
)
@click.option(
    "--own/--no-own",
    default=True,
    show_default=True,
    help="Use what lies in TAIZHANG_HOME: lexicon.yaml, own.spelling, spelling.model.",
)
@click.option(
    "--spelling/--no-spelling",
    default=None,
    help="The language model of the text gate, the slow part (default: up to 300,000 characters).",
)
@click.option(
    "--ledger", is_flag=True, help="Hold the figures of the draft against the ledger (needs the database)."
)
@click.option("--unit", default="", help="With --ledger: code of the unit (default: the whole organisation).")
@click.option("--period", default="", help="With --ledger: 2023, 2023-H1, 2023-Q1 or 2023-01.")
@click.option(
    "--accept",
    "accept",
    help="Also write a clean copy with suggestions taken in: error, warning, hint (that weight and heavier) or codes of rules, divided by commas. A .docx stays your own file.",
)
@click.option(
    "--output",
    "-o",
    type=click.Path(path_type=Path),
    help="Folder (or file, for one input) for html, docx and the clean copies.",
)
@click.option("--language", type=click.Choice(LANGUAGES), help="zh-hans or en.")
@click.option(
    "--color/--no-color", "colour", default=None, help="Colour, or none. Without it: colour on a terminal."
)
def check(
    files: tuple[Path, ...],
    output_format: str,
    gates: str,
    severity: str,
    lexicon_file: Path | None,
    own: bool,
    spelling: bool | None,
    ledger: bool,
    unit: str,
    period: str,
    accept: str | None,
    output: Path | None,
    language: str | None,
    colour: bool | None,
) -> None:
    """Check drafts: text, numbers and logic. 校核文稿：文字关、数字关、逻辑关。

    FILES are .docx, .txt, .md, .html or .pdf with a text layer; “-” reads text from standard input.
    Exit status: 0 nothing found, 1 findings, 2 a file or option that cannot be read.
    """
    translate = translator(pick(language))
    chosen = _gates(gates, translate)
    with _told(translate):
        lexicon = _lexicon(lexicon_file, own=own)
        model = (
            spelling is not False and Gate.TEXT in chosen and (proof_own.model(home.path()) if own else True)
        )
    taken = accepting.wanted(accept, translate) if accept is not None else None
    hold = _hold(ledger=ledger, unit=unit, period=period, language=language, translate=translate)
    done: list[Checked] = []
    failed = False
    for path in _with_progress(files):
        try:
            most = None if spelling else _MOST_SPELLED
            done.append(
                _check(path, chosen, lexicon, Severity(severity), spelling=model, most=most, hold=hold)
            )
            if not spelling and model and len(done[-1].reading.text) > _MOST_SPELLED:
                click.echo(Message(_TOO_LONG, file=path, most=_MOST_SPELLED).render(translate), err=True)
        except Unreadable as error:
            failed = True
            click.echo(f"{path}: {error.message.render(translate)}", err=True)
    _WRITERS[output_format](done, output, translate, colour)
    if taken is not None:
        _write_copies(done, taken, output, translate)
    if failed:
        sys.exit(_UNREADABLE)
    sys.exit(_FOUND if any(each.findings for each in done) else _CLEAN)


def _hold(*, ledger: bool, unit: str, period: str, language: str | None, translate: Translate) -> Hold | None:
    if ledger and period:
        return against_ledger.opened(unit=unit, period=period, language=language)
    if ledger or unit or period:
        words = gettext_noop("--ledger needs --period; --unit and --period need --ledger.")
        raise click.UsageError(Message(words).render(translate))
    return None


def _check(
    path: Path,
    gates: Sequence[Gate],
    lexicon: Lexicon | None,
    severity: Severity,
    *,
    spelling: bool | Model,
    most: int | None,
    hold: Hold | None,
) -> Checked:
    if str(path) == "-":
        content = sys.stdin.buffer.read()
        reading = read(content)
    else:
        reading = read_file(path)
        content = path.read_bytes() if reading.format in {"docx", "docm"} else b""
    weights = list(Severity)
    short = most is None or len(reading.text) <= most
    found = proof_check(reading, gates=gates, lexicon=lexicon, spelling=spelling if short else False)
    if hold is not None and Gate.NUMBER in gates:
        found = sorted([*found, *hold(reading.text)], key=lambda f: (f.start, f.end))
    kept = tuple(f for f in found if weights.index(f.severity) <= weights.index(severity))
    return Checked(str(path), reading, content, kept)


def _gates(text: str, translate: Translate) -> tuple[Gate, ...]:
    names = [name.strip() for name in text.replace("，", ",").split(",") if name.strip()]
    unknown = [name for name in names if name not in list(Gate)]
    if unknown or not names:
        message = Message(
            gettext_noop("“{name}” is no gate. The gates are text, number and logic."),
            name=",".join(unknown) or text,
        )
        raise click.UsageError(message.render(translate))
    return tuple(Gate(name) for name in names)


def _lexicon(path: Path | None, *, own: bool) -> Lexicon | None:
    if path is not None:
        return load_file(path)
    return proof_own.lexicon(home.path()) if own else None


@contextmanager
def _told(translate: Translate) -> Iterator[None]:
    """Leave with 2 where a lexicon or model is refused, and say why."""
    try:
        yield
    except InvalidLexicon as error:
        click.echo(error.render(translate), err=True)
        sys.exit(_UNREADABLE)
    except UnreadableModelError as error:
        click.echo(error.message.render(translate), err=True)
        sys.exit(_UNREADABLE)


def _with_progress(files: Sequence[Path]) -> Iterator[Path]:
    if len(files) < 2 or not sys.stderr.isatty():  # noqa: PLR2004 - one file needs no bar
        yield from files
        return
    with click.progressbar(
        files, file=sys.stderr, item_show_func=lambda path: path.name if path else ""
    ) as bar:
        yield from bar


def _as_text(done: Sequence[Checked], output: Path | None, translate: Translate, colour: bool | None) -> None:
    lines = [line for each in done for line in _text_of(each, translate)]
    if output is not None and not _is_folder(output):
        _write(output, "\n".join(click.unstyle(line) for line in lines).encode() + b"\n")
        return
    plain = colour is False or (colour is None and ("NO_COLOR" in os.environ or not sys.stdout.isatty()))
    for line in lines:
        click.echo(click.unstyle(line) if plain else line, color=not plain)


def _text_of(checked: Checked, translate: Translate) -> Iterator[str]:
    counts = {s: sum(f.severity is s for f in checked.findings) for s in Severity}
    summary = Message(
        gettext_noop("{file}: {characters} characters, {errors} errors, {warnings} warnings, {hints} hints"),
        file=checked.name,
        characters=len(checked.reading.text),
        errors=counts[Severity.ERROR],
        warnings=counts[Severity.WARNING],
        hints=counts[Severity.HINT],
    )
    yield click.style(summary.render(translate), bold=True)
    for finding in checked.findings:
        yield from _lines(finding, checked.reading, translate)
    yield ""


def _lines(finding: Finding, reading: Reading, translate: Translate) -> Iterator[str]:
    colour = _COLOURS[finding.severity]
    head = click.style(translate(_SEVERITIES[finding.severity]), fg=colour, bold=True)
    yield f"  {head} {_place(finding.start, reading, translate)} {finding.message.render(translate)} [{finding.code}]"
    yield f"      {_quoted(reading.text, finding.start, finding.end, colour)}"
    for evidence in finding.evidence:
        label = Message(gettext_noop("rests on")).render(translate)
        yield f"      {label} {_place(evidence.start, reading, translate)} {_quoted(reading.text, evidence.start, evidence.end, 'green')}"
    advice = _advice(finding, translate)
    if advice:
        yield f"      → {advice}"


def _place(start: int, reading: Reading, translate: Translate) -> str:
    paragraph, character = reading.place_of(start)
    return Message(
        gettext_noop("paragraph {paragraph}, character {character}:"),
        paragraph=paragraph,
        character=character,
    ).render(translate)


def _quoted(text: str, start: int, end: int, colour: str) -> str:
    begin = max(text.rfind("\n", 0, start) + 1, start - _AROUND)
    stop = text.find("\n", end)
    stop = min(stop if stop >= 0 else len(text), end + _AROUND)
    quote = text[start:end].replace("\n", "⏎")
    if len(quote) > 6 * _AROUND:
        quote = f"{quote[: 3 * _AROUND]}……{quote[-2 * _AROUND :]}"
    marked = click.style(f"【{quote}】", fg=colour, underline=True)
    return f"{'…' if begin and text[begin - 1] != chr(10) else ''}{text[begin:start]}{marked}{text[end:stop]}"


def _advice(finding: Finding, translate: Translate) -> str:
    if finding.replacement is not None:
        word = finding.replacement
        message = (
            Message(gettext_noop("Write “{word}”."), word=word)
            if word
            else Message(gettext_noop("Leave it out."))
        )
        return message.render(translate)
    return finding.suggestion.render(translate) if finding.suggestion else ""


def as_json(checked: Checked, translate: Translate) -> dict[str, Any]:
    """Return the findings of a file in the form that ``--format json`` prints."""
    return {
        "file": checked.name,
        "text": checked.reading.text,
        "findings": [
            {
                "gate": str(finding.gate),
                "code": finding.code,
                "severity": str(finding.severity),
                "start": finding.start,
                "end": finding.end,
                "quote": finding.quote,
                "message": finding.message.render(translate),
                "suggestion": finding.replacement
                if finding.replacement is not None
                else (finding.suggestion.render(translate) if finding.suggestion else ""),
                "evidence": [{"start": e.start, "end": e.end, "quote": e.quote} for e in finding.evidence],
            }
            for finding in checked.findings
        ],
    }


def _as_json(
    done: Sequence[Checked], output: Path | None, translate: Translate, _colour: bool | None
) -> None:
    content = (
        json.dumps([as_json(each, translate) for each in done], ensure_ascii=False, indent=1).encode() + b"\n"
    )
    if output is not None:
        _write(output / "findings.json" if _is_folder(output) else output, content)
        return
    sys.stdout.buffer.write(content)
    sys.stdout.flush()


def _as_html(
    done: Sequence[Checked], output: Path | None, translate: Translate, _colour: bool | None
) -> None:
    drafts = [
        check_page.Draft(each.name, each.reading, each.findings, lambda finding: _advice(finding, translate))
        for each in done
    ]
    title = Message(_AUTHOR).render(translate)
    page = check_page.page(drafts, title=title, translate=translate).encode()
    if output is not None:
        _write(output / "findings.html" if _is_folder(output) else output, page)
        return
    sys.stdout.buffer.write(page)
    sys.stdout.flush()


def _as_docx(
    done: Sequence[Checked], output: Path | None, translate: Translate, _colour: bool | None
) -> None:
    for each, target in zip(done, _targets(done, output, "checked", ["docx"] * len(done)), strict=True):
        _write(target, commented(each, translate))
        click.echo(
            Message(
                gettext_noop("{file}: {count} comments written to {target}"),
                file=each.name,
                count=len(each.findings),
                target=target,
            ).render(translate),
            err=True,
        )


def _write_copies(
    done: Sequence[Checked], taken: Callable[[Finding], bool], output: Path | None, translate: Translate
) -> None:
    copies = [accepting.copy(each.reading, each.content, filter(taken, each.findings)) for each in done]
    folder = output if output is None or _is_folder(output) else output.parent
    targets = _targets(done, folder, "clean", [copy.ending for copy in copies])
    for each, copy, target in zip(done, copies, targets, strict=True):
        _write(target, copy.content)
        message = gettext_noop("{file}: {count} suggestions taken in, {left} left to your hand: {target}")
        told = Message(message, file=each.name, count=copy.taken, left=copy.left, target=target)
        click.echo(told.render(translate), err=True)


def _targets(done: Sequence[Checked], output: Path | None, kind: str, endings: Sequence[str]) -> list[Path]:
    """Return a file for each draft, none named twice: drafts of one name from two folders are told apart."""
    if output is not None and len(done) == 1 and not _is_folder(output):
        return [output]
    used: Counter[str] = Counter()
    found = []
    for each, ending in zip(done, endings, strict=True):
        stem = each.reading.title or "draft"
        used[f"{stem}.{ending}"] += 1
        count = used[f"{stem}.{ending}"]
        name = f"{stem}.{kind}.{ending}" if count == 1 else f"{stem}.{kind}-{count}.{ending}"
        found.append((output or Path()) / name)
    return found


def commented(checked: Checked, translate: Translate) -> bytes:
    """Return the user's own .docx with a Word comment at every finding; text of another kind becomes a plain .docx."""
    from taizhang.documents.reading_word import Comment, annotate

    content = (
        checked.content if checked.reading.format in {"docx", "docm"} else _plain_docx(checked.reading.text)
    )
    comments = [Comment(f.start, f.end, _comment_of(f, translate)) for f in checked.findings]
    return annotate(content, comments, author=Message(_AUTHOR).render(translate))


def _comment_of(finding: Finding, translate: Translate) -> str:
    head = f"[{translate(_GATES[finding.gate])}·{translate(_SEVERITIES[finding.severity])}] {finding.message.render(translate)}"
    evidence = [f"“{e.quote}”" for e in finding.evidence]
    label = Message(gettext_noop("rests on")).render(translate)
    return "\n".join(
        [
            head,
            *([f"{label} {'、'.join(evidence)}"] if evidence else []),
            *filter(None, [_advice(finding, translate)]),
        ]
    )


def _plain_docx(text: str) -> bytes:
    import docx

    document = docx.Document()
    for line in text.split("\n"):
        document.add_paragraph("".join(c for c in line if c >= " " and c not in "\ufffe\uffff"))
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def _is_folder(output: Path) -> bool:
    return output.is_dir() or not output.suffix


def _write(path: Path, content: bytes) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    except OSError as error:
        click.echo(f"{path}: {error.strerror}", err=True)
        sys.exit(_UNREADABLE)


_WRITERS: dict[str, Callable[[Sequence[Checked], Path | None, Translate, bool | None], None]] = {
    "text": _as_text,
    "json": _as_json,
    "html": _as_html,
    "docx": _as_docx,
}


if __name__ == "__main__":
    check()
