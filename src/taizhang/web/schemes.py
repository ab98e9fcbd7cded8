"""The scheme on screen: what is in force as readable clauses, each with what it governs now; versions; adoption."""

from collections import Counter
from dataclasses import dataclass
from functools import lru_cache

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from taizhang.core.indicators.plan import Ask
from taizhang.core.scheme.diff import Change, diff
from taizhang.core.scheme.errors import SchemeError, SchemeErrors
from taizhang.core.scheme.explain import Article, explain, rendered
from taizhang.core.scheme.load import LoadedScheme, load_text
from taizhang.core.values import Figure, Period, Scope
from taizhang.duties import matrix
from taizhang.duties.views import seen_units, standing_in
from taizhang.journal.actions import open_book
from taizhang.ledger import figures
from taizhang.ledger.asking import may_ask
from taizhang.org.downloads import download
from taizhang.org.middleware import Visit, VisitRequest
from taizhang.org.models import Dated, Membership, RoleAssignment
from taizhang.rules.actions import SchemeNotAdoptable, adopt
from taizhang.rules.models import AdoptedScheme

LARGEST = 1_000_000


@dataclass(frozen=True)
class Governs:
    """What an article governs now: a figure that explains itself, or words with an address."""

    figure: Figure | None = None
    words: str = ""
    url: str = ""


@require_GET
def index(request: VisitRequest) -> HttpResponse:
    """Show the version in force, and all versions beside it."""
    version = request.visit.schemes.find(request.visit.today)
    if version is None:
        return render(request, "rules/none.html", {"may_adopt": request.visit.access.may("rules")})
    return _show(request, version)


@require_GET
def version(request: VisitRequest, effective: str) -> HttpResponse:
    """Show the version of a date."""
    return _show(request, _version(request.visit, effective))


def _version(visit: Visit, effective: str) -> LoadedScheme:
    for one in visit.schemes.versions:
        if str(one.effective) == effective:
            return one
    raise Http404(_("There is no version of the scheme of {day}.").format(day=effective))


def _show(request: VisitRequest, shown: LoadedScheme) -> HttpResponse:
    visit = request.visit
    explained = _explained(shown, get_language() or "zh-hans")
    current = visit.schemes.find(visit.today)
    governed = _governed(visit, shown) if current is shown else {}
    context = {
        "shown": shown,
        "current": current,
        "chapters": [
            (label, title, [(clause, governed.get((clause.section, clause.id))) for clause in clauses])
            for label, title, clauses in explained
        ],
        "versions": _versions(visit),
        "may_adopt": visit.access.may("rules"),
    }
    return render(request, "rules/version.html", context)


@dataclass(frozen=True)
class Clause:
    """An article in the reader's words."""

    section: str
    id: str
    line: int
    label: str
    title: str
    text: str


@lru_cache(maxsize=16)
def _explained(shown: LoadedScheme, language: str) -> tuple[tuple[str, str, tuple[Clause, ...]], ...]:
    """Return label, title and clauses of each chapter. Kept: a version never changes."""
    return tuple(
        (chapter.label.render(_), chapter.title.render(_), tuple(map(_clause, chapter.articles)))
        for chapter in explain(shown, language=language)
    )


def _clause(article: Article) -> Clause:
    return Clause(
        article.section,
        article.id,
        article.line,
        article.label.render(_),
        rendered(article.title, _),
        rendered(article.text, _),
    )


def _versions(visit: Visit) -> list[tuple[LoadedScheme, AdoptedScheme | None]]:
    adopted = {row.effective: row for row in AdoptedScheme.objects.defer("text")}
    return [(one, adopted.get(one.effective)) for one in reversed(visit.schemes.versions)]


def _governed(visit: Visit, shown: LoadedScheme) -> dict[tuple[str, str], Governs]:
    """Return what each article governs today, as far as the visitor may see it."""
    found = _roles_and_groups(visit)
    if visit.access.may("read"):
        found |= _figures(visit, shown) | _duties(visit)
    return found


def _roles_and_groups(visit: Visit) -> dict[tuple[str, str], Governs]:
    roles = Counter(RoleAssignment.objects.filter(Dated.holds_on(visit.today)).values_list("role", flat=True))
    groups = Counter(Membership.objects.filter(Dated.holds_on(visit.today)).values_list("group", flat=True))
    kinds = Counter(unit.kind for unit in visit.access.tree.on(visit.today))
    return {
        **{("roles", role): _words(_held(n), "org:roles") for role, n in roles.items()},
        **{("groups", group): _words(_members(n), "org:groups") for group, n in groups.items()},
        **{("unit_kinds", kind): _words(_units(n), "org:index") for kind, n in kinds.items()},
    }


def _held(n: int) -> str:
    return ngettext("held by {n} person", "held by {n} people", n).format(n=n)


def _members(n: int) -> str:
    return ngettext("{n} member", "{n} members", n).format(n=n)


def _units(n: int) -> str:
    return ngettext("{n} unit", "{n} units", n).format(n=n)


def _words(words: str, url_name: str) -> Governs:
    return Governs(words=words, url=reverse(url_name))


def _figures(visit: Visit, shown: LoadedScheme) -> dict[tuple[str, str], Governs]:
    """Every indicator's figure of this year, for the whole organisation."""
    year, tree = Period.year(visit.today.year), visit.access.tree
    if year.start < shown.effective or tree.root is None:
        return {}
    asks = [
        ask
        for name in shown.scheme.indicators
        if may_ask(visit.access, ask := Ask(name, Scope(unit=tree.root.code), year), visit.schemes)
    ]
    counted = figures.evaluate(asks, schemes=visit.schemes, tree=tree, now=visit.now)
    return {("indicators", ask.indicator): Governs(figure=figure) for ask, figure in counted.items()}


def _duties(visit: Visit) -> dict[tuple[str, str], Governs]:
    """How many lamps of each duty are on this year, and how many of them red."""
    year = Period.year(visit.today.year)
    standing = standing_in(visit, year, seen_units(visit))
    rows = matrix.rows_of(standing, year=year, today=visit.today)
    owed, overdue = Counter[str](), Counter[str]()
    for row in rows:
        owed[row.duty_id] += sum(cell.occurrence is not None for cell in row.cells)
        overdue[row.duty_id] += row.overdue
    return {
        ("duties", duty): _words(
            _("owed {n} times this year, {overdue} overdue").format(n=n, overdue=overdue[duty]),
            "duties:matrix",
        )
        for duty, n in owed.items()
    }


@require_GET
def text(request: VisitRequest, effective: str) -> HttpResponse:
    """Download a version as it was adopted, word for word."""
    shown = _version(request.visit, effective)
    return download(shown.text, stem=str(shown.effective), ending="yaml")


@require_GET
def compare(request: VisitRequest, old: str, new: str) -> HttpResponse:
    """Show what changed from one version to another."""
    before, after = _version(request.visit, old), _version(request.visit, new)
    changes = diff(before, after, language=get_language() or "zh-hans")
    return render(request, "rules/diff.html", {"old": before, "new": after, "changes": changes})


class AdoptForm(forms.Form):
    """A scheme to adopt: a file, or the text itself (which is what comes back when something is wrong with it)."""

    file = forms.FileField(
        required=False,
        widget=forms.ClearableFileInput(attrs={"accept": ".yaml,.yml"}),
    )
    text = forms.CharField(
        required=False,
        strip=False,
        max_length=LARGEST,
        widget=forms.Textarea(attrs={"rows": 24, "class": "code", "spellcheck": "false"}),
    )

    def __init__(self, *arguments: object, **named: object) -> None:
        super().__init__(*arguments, **named)  # type: ignore[arg-type]
        self.fields["file"].label = _("Scheme file")
        self.fields["file"].help_text = _("A .yaml file; its text appears below once it is read.")
        self.fields["text"].label = _("Text of the scheme")

    def scheme_text(self) -> str:
        """Return the text of the file or of the box. Raises UnicodeDecodeError."""
        upload = self.cleaned_data.get("file")
        if upload is not None:
            content: bytes = upload.read(LARGEST * 4)
            return content.decode("utf-8-sig")
        return str(self.cleaned_data.get("text") or "").replace("\r\n", "\n")


def adopt_page(request: VisitRequest) -> HttpResponse:
    """Check a scheme, show what it would change, and adopt it once that is confirmed."""
    visit = request.visit
    visit.access.require("rules")
    if request.method != "POST":
        return render(request, "rules/adopt.html", {"form": AdoptForm()})
    form = AdoptForm(request.POST, request.FILES)
    if not form.is_valid():
        return render(request, "rules/adopt.html", {"form": form})
    try:
        said = form.scheme_text()
    except UnicodeDecodeError:
        form.add_error("file", _("The file is not UTF-8 text. Save it as UTF-8 and choose it again."))
        return render(request, "rules/adopt.html", {"form": form})
    filled = AdoptForm(initial={"text": said})
    try:
        loaded = load_text(said, path=_("the scheme"))
    except SchemeErrors as refused:
        return _refused(request, filled, refused.errors)
    if "confirm" in request.POST:
        return _adopt(request, filled, loaded)
    return render(
        request, "rules/adopt.html", {"form": filled, "loaded": loaded, "changes": _changes(visit, loaded)}
    )


def _refused(
    request: VisitRequest, form: AdoptForm, errors: tuple[SchemeError, ...] = (), why: str = ""
) -> HttpResponse:
    return render(request, "rules/adopt.html", {"form": form, "errors": errors, "why": why}, status=422)


def _changes(visit: Visit, loaded: LoadedScheme) -> tuple[Change, ...] | None:
    if not visit.schemes:
        return None
    return diff(visit.schemes.newest, loaded, language=get_language() or "zh-hans")


def _adopt(request: VisitRequest, form: AdoptForm, loaded: LoadedScheme) -> HttpResponse:
    visit = request.visit
    path = f"{loaded.scheme.scheme}/{loaded.effective}.yaml"
    try:
        with open_book(now=visit.now, actor=visit.signature) as book:
            adopt(loaded.text, path=path, book=book, today=visit.today)
    except SchemeErrors as refused:
        return _refused(request, form, refused.errors)
    except SchemeNotAdoptable as refused_whole:
        return _refused(request, form, why=str(refused_whole))
    messages.success(request, _("Adopted. It takes effect on {day}.").format(day=loaded.effective))
    return redirect("rules:version", effective=str(loaded.effective))
