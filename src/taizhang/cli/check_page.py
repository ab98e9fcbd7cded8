"""``taizhang check --format html``: one page that needs nothing else. A click lights every place of a finding."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from importlib.resources import files
from itertools import pairwise

from taizhang.core.messages import Message, gettext_noop
from taizhang.documents.reading import Reading
from taizhang.proof import Finding, Severity

Translate = Callable[[str], str]

_SEVERITIES = {
    Severity.ERROR: gettext_noop("error"),
    Severity.WARNING: gettext_noop("warning"),
    Severity.HINT: gettext_noop("hint"),
}
_RESTS = "rests"
_KINDS = (*_SEVERITIES, _RESTS)


@dataclass(frozen=True, slots=True)
class Draft:
    """What the page tells of one draft. ``advice`` puts a suggestion into words."""

    name: str
    reading: Reading
    findings: Sequence[Finding]
    advice: Callable[[Finding], str]


@dataclass(frozen=True, slots=True)
class _Place:
    """Characters that belong to a finding: its own, or evidence."""

    start: int
    end: int
    kind: str
    key: str
    anchor: str


def page(drafts: Sequence[Draft], *, title: str, translate: Translate) -> str:
    """Return the page; every word of the drafts is escaped."""
    css = files("taizhang.cli").joinpath("check_page.css").read_text(encoding="utf-8")
    lit = "".join(_lit(f"{n}-{i}") for n, draft in enumerate(drafts) for i in range(len(draft.findings)))
    body = "".join(_article(draft, number, translate) for number, draft in enumerate(drafts))
    return (
        '<!doctype html>\n<html lang="zh-Hans">\n<meta charset="utf-8">\n'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>{css}{lit}</style>\n<body>{body}</body>\n</html>\n"
    )


def _lit(key: str) -> str:
    """The rule that lights the places of a finding while its card or one of them is jumped to."""
    return f"body:has(.k{key}:target) .draft .k{key}{{background:var(--lit);outline:2px solid var(--hint)}}\n"


def _article(draft: Draft, number: int, translate: Translate) -> str:
    cards = "".join(_card(draft, f"{number}-{i}", f, translate) for i, f in enumerate(draft.findings))
    if not cards:
        cards = f'<li class="none">{escape(Message(gettext_noop("No fault found")).render(translate))}</li>'
    return (
        f"<article><h1>{escape(draft.name)}</h1>{_counts(draft.findings, translate)}<div class='sides'>"
        f"<div class='draft'>{''.join(_marked(draft, number))}</div><ol class='found'>{cards}</ol></div></article>"
    )


def _counts(findings: Sequence[Finding], translate: Translate) -> str:
    told = "".join(
        f'<b class="{severity}">{escape(translate(name))} {sum(f.severity is severity for f in findings)}</b>'
        for severity, name in _SEVERITIES.items()
    )
    return f'<p class="counts">{told}</p>'


def _card(draft: Draft, key: str, finding: Finding, translate: Translate) -> str:
    rests = escape(Message(gettext_noop("rests on")).render(translate))
    evidence = "".join(
        f'<p class="quiet">{rests} <a href="#e{key}-{i}">{_place(draft, each.start, translate)}</a> <q>{escape(each.quote)}</q></p>'
        for i, each in enumerate(finding.evidence)
    )
    advice = draft.advice(finding)
    return (
        f'<li class="{finding.severity} k{key}" id="f{key}"><b>{escape(translate(_SEVERITIES[finding.severity]))}</b> '
        f'<a class="quiet" href="#m{key}">{_place(draft, finding.start, translate)}</a>'
        f"<p>{escape(finding.message.render(translate))}</p><p class='quiet'><q>{escape(finding.quote)}</q></p>"
        f"{evidence}{f'<p>→ {escape(advice)}</p>' if advice else ''}</li>"
    )


def _place(draft: Draft, offset: int, translate: Translate) -> str:
    paragraph, character = draft.reading.place_of(offset)
    place = gettext_noop("paragraph {paragraph}, character {character}")
    return escape(Message(place, paragraph=paragraph, character=character).render(translate))


def _marked(draft: Draft, number: int) -> Iterator[str]:
    """Yield the text cut where places begin and end, each piece with the findings it belongs to."""
    text = draft.reading.text
    waiting = sorted(_places(draft.findings, number), key=lambda place: place.start, reverse=True)
    cuts = {at for place in waiting for at in (place.start, place.end)}
    here: list[_Place] = []
    named: set[str] = set()
    for start, end in pairwise(sorted(cuts | {0, len(text)})):
        here = [place for place in here if place.end > start]
        while waiting and waiting[-1].start <= start:
            here.append(waiting.pop())
        yield _piece(escape(text[start:end]), [p for p in here if p.end > start], named)


def _places(findings: Sequence[Finding], number: int) -> Iterator[_Place]:
    for i, finding in enumerate(findings):
        key = f"{number}-{i}"
        yield _Place(
            finding.start, max(finding.end, finding.start + 1), str(finding.severity), key, f"m{key}"
        )
        for n, each in enumerate(finding.evidence):
            yield _Place(each.start, each.end, _RESTS, key, f"e{key}-{n}")


def _piece(words: str, here: Sequence[_Place], named: set[str]) -> str:
    if not here:
        return words
    for place in here:
        if place.anchor not in named:  # an anchor at the first piece, for several places may begin there
            named.add(place.anchor)
            words = f'<span id="{place.anchor}" class="k{place.key}"></span>{words}'
    first = min(here, key=lambda place: _KINDS.index(place.kind))
    classes = " ".join(dict.fromkeys([first.kind, *(f"k{place.key}" for place in here)]))
    return f'<a class="{classes}" href="#f{first.key}">{words}</a>'
