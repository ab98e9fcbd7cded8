"""The public site 政务公开: what was released, for everybody, without an account and without a script."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from taizhang.core.paging import Page, page_of
from taizhang.core.scheme.history import History
from taizhang.org.queries import unit_tree
from taizhang.publication import files, fragment, published, search
from taizhang.publication.published import Column, Note, Text
from taizhang.publication.words import line
from taizhang.rules.queries import history

PAGE = 20
LANGUAGES = {"site": ("zh-hans", "zh-Hans", "中文"), "site_en": ("en", "en", "English")}
POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)

View = Callable[..., HttpResponseBase]


@dataclass(frozen=True)
class Language:
    """The page in one language of the site."""

    lang: str
    name: str
    url: str
    here: bool


@dataclass(frozen=True)
class Place:
    """What every page of the site shows around its content."""

    lang: str
    name: str
    known: Mapping[str, Column]
    languages: tuple[Language, ...]
    schemes: History
    shelf: Sequence[published.Place]

    @property
    def columns(self) -> list[Column]:
        """Return the columns that hold something: an empty one is a fault of a public site."""
        return [column for column in self.known.values() if column.total]

    def column(self, id_: str) -> Column:
        """Return a column. Raises Http404."""
        if id_ not in self.known:
            raise Http404(_("The site has no such column."))
        return self.known[id_]


def open_page(view: View) -> View:
    """Let everybody read a page of the site, where the site is on; in the language of its address."""

    @wraps(view)
    def inside(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not settings.PUBLIC_SITE:
            raise Http404
        language = LANGUAGES[namespace(request)][0]
        with translation.override(language):
            try:
                response = view(request, *args, **kwargs)
            except Http404 as error:
                response = refused(request, _("This page is not here"), _words(error), status=404)
        response.headers.setdefault("Content-Security-Policy", POLICY)
        response.headers.setdefault("Cache-Control", "no-cache")
        response["Content-Language"] = language
        response["Referrer-Policy"] = "strict-origin-when-cross-origin"
        return response

    return login_not_required(require_safe(inside))


def _words(error: Http404) -> str:
    said = error.args[0] if error.args and isinstance(error.args[0], str) else ""
    return said or _(
        "It was never published, or its address was mistyped. Search for it, or begin at the start."
    )


def namespace(request: HttpRequest) -> str:
    match = request.resolver_match
    return match.namespace if match is not None and match.namespace in LANGUAGES else "site"


def address(request: HttpRequest, name: str, *args: str) -> str:
    """Return the address of a page of the site, in the language of this one."""
    return reverse(f"site:{name}", args=args, current_app=namespace(request))


def place(request: HttpRequest) -> Place:
    """Return what stands around every page. Three queries."""
    schemes, root = history(), unit_tree().root
    shelf = published.shelf(schemes)
    return Place(
        lang=LANGUAGES[namespace(request)][1],
        name=line(root.name) if root else _("Public information"),
        known=published.columns(schemes, shelf),
        languages=tuple(_languages(request)),
        schemes=schemes,
        shelf=shelf,
    )


def _languages(request: HttpRequest) -> list[Language]:
    match, here = request.resolver_match, namespace(request)
    name = match.url_name if match is not None and match.url_name else "index"
    kwargs = match.kwargs if match is not None else {}
    query = f"?{request.META['QUERY_STRING']}" if request.META.get("QUERY_STRING") else ""
    return [
        Language(
            lang, words, reverse(f"site:{name}", kwargs=kwargs, current_app=space) + query, space == here
        )
        for space, (_code, lang, words) in LANGUAGES.items()
    ]


def refused(request: HttpRequest, heading: str, words: str, *, status: int) -> HttpResponse:
    """Say in the frame of the site why something is not shown."""
    context = {"place": place(request), "heading": heading, "words": words}
    return render(request, "publication/site/refused.html", context, status=status)


# Lists


@dataclass(frozen=True)
class Row:
    """A text in a list."""

    url: str
    title: str
    released_at: dt.datetime
    column: Column | None
    unit: str
    corrected: bool
    gist: str = ""


def _row(request: HttpRequest, text: Text, around: Place, *, gist: str = "") -> Row:
    column = around.known.get(text.manuscript.type)
    return Row(
        url=address(request, "article", text.manuscript.number),
        title=line(text.content.title),
        released_at=timezone.localtime(text.since),
        column=column,
        unit=line(text.manuscript.unit.name),
        corrected=text.is_corrected,
        gist=gist,
    )


@open_page
def index(request: HttpRequest) -> HttpResponse:
    """List everything, the newest first."""
    return _list(request, place(request), None)


@open_page
def column(request: HttpRequest, column: str) -> HttpResponse:
    """List one column, the newest first."""
    around = place(request)
    return _list(request, around, around.column(column))


def _list(request: HttpRequest, around: Place, column: Column | None) -> HttpResponse:
    shown = [each for each in around.shelf if column is None or each.column == column.id]
    page: Page[published.Place] = page_of(shown, request.GET.get("page"), size=PAGE)
    context = {
        "place": around,
        "column": column,
        "at_column": True,
        "at_home": True,
        "page": page,
        "rows": [_row(request, text, around) for text in published.read(page.rows)],
        "query": "",
    }
    return render(request, "publication/site/list.html", context)


@open_page
def find(request: HttpRequest) -> HttpResponse:
    """Search titles and texts."""
    around, asked = place(request), search.read(request.GET.dict())
    found = search.find(asked, around.shelf)
    page: Page[published.Place] = page_of(found, request.GET.get("page"), size=PAGE)
    query = request.GET.copy()
    query.pop("page", None)
    context = {
        "place": around,
        "sought": asked,
        "years": _years(around.shelf),
        "page": page,
        "rows": [
            _row(request, text, around, gist=search.around(text, asked)) for text in published.read(page.rows)
        ],
        "query": f"{query.urlencode()}&" if query else "",
    }
    return render(request, "publication/site/search.html", context)


def _years(shelf: Sequence[published.Place]) -> list[int]:
    return sorted({timezone.localtime(each.since).year for each in shelf}, reverse=True)


@open_page
def notices(request: HttpRequest) -> HttpResponse:
    """List what was corrected or withdrawn."""
    around = place(request)
    page = page_of(published.notices(around.schemes), request.GET.get("page"), size=PAGE)
    rows = [
        {
            "notice": notice,
            "url": address(request, "article", notice.manuscript.number),
            "title": line(notice.title) or _("Text {number}").format(number=notice.manuscript.number),
            "column": around.known.get(notice.manuscript.type),
        }
        for notice in page
    ]
    return render(
        request, "publication/site/notices.html", {"place": around, "page": page, "rows": rows, "query": ""}
    )


# One text


@dataclass(frozen=True)
class Article:
    """A text as its page shows it."""

    number: str
    title: str
    lang: str
    body: SafeString
    gist: str
    unit: str
    byline: str
    released_at: dt.datetime
    digest: str
    canonical: str
    notes: tuple[Note, ...]
    files: tuple[tuple[files.File, str], ...]
    newer: Row | None
    older: Row | None


@open_page
def article(request: HttpRequest, number: str) -> HttpResponse:
    """Show a text as it was released; 410 with the note where it was withdrawn, 503 where it was altered."""
    around = place(request)
    found = published.find(number, around.schemes)
    if found is None:
        raise Http404
    if found.withdrawn is not None:
        return _withdrawn(request, around, found, found.withdrawn)
    if found.text is None:
        response = refused(
            request,
            _("This text cannot be shown now"),
            _("What is stored is not what was approved, so it is not shown. The office has been told."),
            status=503,
        )
        response["Retry-After"] = "3600"
        return response
    context = {
        "place": around,
        "column": around.known.get(found.manuscript.type),
        "article": _article(request, found.text, found.notes, around),
    }
    return render(request, "publication/site/article.html", context)


def _article(request: HttpRequest, text: Text, notes: Sequence[Note], around: Place) -> Article:
    content, number = text.content, text.manuscript.number
    newer, older = published.neighbours(text, around.shelf)
    return Article(
        number=number,
        title=line(content.title),
        lang=language_of(content.title + content.body),
        body=body_of(content, lambda sha256: address(request, "file", number, sha256)),
        gist=fragment.gist(content),
        unit=line(text.manuscript.unit.name),
        byline=line(content.byline),
        released_at=timezone.localtime(text.since),
        digest=text.release.digest,
        canonical=request.build_absolute_uri(address(request, "article", number)),
        notes=tuple(notes),
        files=tuple(
            (file, address(request, "file", number, file.sha256)) for file in files.files_of(content)
        ),
        newer=_row(request, newer, around) if newer else None,
        older=_row(request, older, around) if older else None,
    )


def body_of(content: Any, picture_url: Callable[[str], str]) -> SafeString:
    """Return the body of a text as safe HTML."""
    said = fragment.for_page(
        content,
        address=lambda picture: picture_url(picture.sha256),
        table_label=_("Table; scroll to see all of it"),
    )
    return mark_safe(said)  # noqa: S308 - the last thing done to it was cleaning


def language_of(text: str) -> str:
    """Return the language that a text is written in, as far as a reader's program must know."""
    return "zh-Hans" if any("\u4e00" <= character <= "\u9fff" for character in text) else "en"


def _withdrawn(request: HttpRequest, around: Place, found: published.Found, note: Note) -> HttpResponse:
    context = {
        "place": around,
        "column": around.known.get(found.manuscript.type),
        "number": found.manuscript.number,
        "released_at": timezone.localtime(found.since),
        "note": note,
    }
    return render(request, "publication/site/withdrawn.html", context, status=410)


@open_page
def file(request: HttpRequest, number: str, sha256: str) -> HttpResponseBase:  # noqa: ARG001 - the same for everybody
    """Hand out a picture or an attachment of a text that is public now."""
    found = published.find(number, history())
    if found is None or found.text is None:
        raise Http404
    return files.answer(files.find(found.text.content, sha256))
