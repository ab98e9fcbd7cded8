"""The organisation: units, people, groups, roles. Everybody who has come in may look; ``organise`` may change."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from taizhang.core.paging import page_of
from taizhang.core.scheme.schema import Scheme
from taizhang.documents import sheets
from taizhang.org import actions, directory
from taizhang.org.access import Access
from taizhang.org.changing import made, refusal
from taizhang.org.downloads import download, stream
from taizhang.org.fields import as_typed
from taizhang.org.forms import (
    CloseForm,
    Dates,
    MembershipForm,
    MembershipWords,
    MoveForm,
    NewUnitForm,
    PersonForm,
    PostForm,
    PostWords,
    RoleForm,
    UnitForm,
    dates_of,
)
from taizhang.org.middleware import VisitRequest
from taizhang.org.models import Dated, Membership, Person, Post, RoleAssignment, Unit
from taizhang.org.words import what_it_allows

LONGEST_ID = 15

# Units


@require_GET
def index(request: VisitRequest) -> HttpResponse:
    """Show the tree of units as of a day."""
    day = asked_day(request)
    tree = request.visit.access.tree
    lines = directory.unit_lines(tree, day)
    context = {
        "day": day,
        "lines": lines,
        "people": directory.people_below([line.unit.pk for line in lines], day),
        "kinds": request.visit.scheme.scheme.unit_kinds,
        "next_change": _next_change(tree.units, day),
    }
    return render(request, "org/index.html", context)


@require_GET
def unit(request: VisitRequest, pk: int) -> HttpResponse:
    """Show a unit: who is in it, what is below it, its groups and roles, what was changed."""
    day, access = asked_day(request), request.visit.access
    shown = access.tree.by_id.get(pk)
    if shown is None:
        raise Http404
    posts = Post.objects.filter(Dated.holds_on(day), unit=shown).select_related("person")
    context = {
        "unit": shown,
        "day": day,
        "path": _path(shown, access),
        "page": page_of(posts.order_by("order", "person__code"), request.GET.get("page")),
        "people_below": directory.people_below(access.tree.below(shown.pk), day),
        "children": [one for one in access.tree.children.get(shown.pk, ()) if one in access.tree.on(day)],
        "members": Membership.objects.filter(Dated.holds_on(day), unit=shown).select_related("person"),
        "roles": RoleAssignment.objects.filter(Dated.holds_on(day), unit=shown).select_related("person"),
        "scheme": request.visit.scheme.scheme,
        "changes": directory.changes(Unit, shown.pk),
        "may_change": access.may("organise", unit_id=shown.pk),
    }
    return render(request, "org/unit.html", context)


def open_unit(request: VisitRequest) -> HttpResponse:
    access, scheme = _organiser(request)
    above = access.tree.by_id.get(asked_id(request, "in"))
    initial = {"parent": above or access.tree.root, "since": request.visit.today}
    form = NewUnitForm(request.POST or None, access=access, scheme=scheme, initial=initial)

    def act(book: Any) -> None:
        values = form.cleaned_data
        access.require("organise", unit_id=values["parent"].pk if values["parent"] else None)
        actions.open_unit(**values, scheme=scheme, book=book)

    if request.method == "POST" and made(request.visit, form, act):
        messages.success(request, _("Opened {unit}.").format(unit=form.cleaned_data["name"]))
        return redirect("org:index")
    return _form_page(request, form, _("Open a unit"), back=reverse("org:index"))


def change_unit(request: VisitRequest, pk: int) -> HttpResponse:
    access, scheme = _organiser(request)
    shown = get_object_or_404(Unit, pk=pk)
    access.require("organise", unit_id=pk)
    initial = {name: getattr(shown, name) for name in ("name", "short_name", "kind", "order")}
    form = UnitForm(request.POST or None, scheme=scheme, initial=initial)
    if request.method == "POST" and made(
        request.visit,
        form,
        lambda book: actions.change_unit(shown, **form.cleaned_data, scheme=scheme, book=book),
    ):
        return _saved(request, "org:unit", pk)
    return _form_page(request, form, _("Change {unit}").format(unit=shown.name), back=_at("org:unit", pk))


def move_unit(request: VisitRequest, pk: int) -> HttpResponse:
    access, _scheme = _organiser(request)
    shown = get_object_or_404(Unit.objects.select_related("parent"), pk=pk)
    access.require("organise", unit_id=pk)
    form = MoveForm(request.POST or None, access=access, unit=shown, initial={"parent": shown.parent})
    if request.method == "POST" and made(
        request.visit,
        form,
        lambda book: actions.move_unit(shown, parent=form.cleaned_data["parent"], book=book),
    ):
        return _saved(request, "org:unit", pk)
    return _form_page(request, form, _("Move {unit}").format(unit=shown.name), back=_at("org:unit", pk))


def close_unit(request: VisitRequest, pk: int) -> HttpResponse:
    access, _scheme = _organiser(request)
    shown = get_object_or_404(Unit, pk=pk)
    access.require("organise", unit_id=pk)
    form = CloseForm(request.POST or None, initial={"until": request.visit.today})
    if request.method == "POST" and made(
        request.visit,
        form,
        lambda book: actions.close_unit(shown, until=form.cleaned_data["until"], book=book),
    ):
        return _saved(request, "org:unit", pk)
    return _form_page(
        request,
        form,
        _("Close {unit}").format(unit=shown.name),
        back=_at("org:unit", pk),
        lead=_(
            "It stays in the ledger and in every earlier figure; nothing can be recorded for it after its last day."
        ),
    )


@require_POST
def reopen_unit(request: VisitRequest, pk: int) -> HttpResponse:
    shown = get_object_or_404(Unit.objects.select_related("parent"), pk=pk)
    request.visit.access.require("organise", unit_id=pk)
    form = forms.Form(request.POST)
    if made(request.visit, form, lambda book: actions.reopen_unit(shown, book=book)):
        return _saved(request, "org:unit", pk)
    messages.error(request, refusal(form))
    return redirect("org:unit", pk)


# People


@require_GET
def people(request: VisitRequest) -> HttpResponse | StreamingHttpResponse:
    """List people: search, filter, sort, page, export."""
    day, access = asked_day(request), request.visit.access
    unit_shown = access.tree.by_code.get(request.GET.get("unit", ""))
    chosen = directory.PeopleFilter(
        words=request.GET.get("q", "").strip(),
        unit_ids=access.tree.below(unit_shown.pk) if unit_shown else None,
        everybody=request.GET.get("everybody") == "1",
        sort=request.GET.get("sort", "code"),
    )
    found = directory.people(chosen, day=day)
    if (form := request.GET.get("export")) in ("xlsx", "csv"):
        access.require("export")
        return _people_file(found.iterator(chunk_size=2000), form=form, day=day)
    context = {"day": day, "chosen": chosen, "page": page_of(found, request.GET.get("page"))}
    return render(request, "org/people.html", context)


@require_GET
def suggest(request: VisitRequest) -> HttpResponse:
    """Offer people for what is being typed, as options of a datalist."""
    words = request.GET.get(request.GET.get("field", ""), "").strip()
    offered = [as_typed(person) for person in directory.suggested(words)]
    return render(request, "org/suggested.html", {"offered": offered})


@require_GET
def person(request: VisitRequest, pk: int) -> HttpResponse:
    """Show somebody's posts, groups and roles through time."""
    shown = get_object_or_404(Person.objects.select_related("account"), pk=pk)
    access = request.visit.access
    newest_first = ("-since", "-pk")
    context = {
        "person": shown,
        "day": request.visit.today,
        "account": getattr(shown, "account", None),
        "posts": shown.posts.select_related("unit").order_by(*newest_first),
        "memberships": shown.memberships.select_related("unit").order_by(*newest_first),
        "roles": shown.roles.select_related("unit").order_by(*newest_first),
        "scheme": request.visit.scheme.scheme,
        "allows": {name: what_it_allows(role) for name, role in request.visit.scheme.scheme.roles.items()},
        "changes": directory.changes(Person, pk),
        "may_change": access.may("organise"),
        "may_keep_accounts": access.may("accounts"),
        "is_self": access.account.person_id == pk,
    }
    return render(request, "org/person.html", context)


def add_person(request: VisitRequest) -> HttpResponse:
    _organiser(request)
    form = PersonForm(request.POST or None)
    added: list[Person] = []
    if request.method == "POST" and made(
        request.visit, form, lambda book: added.append(actions.add_person(**form.cleaned_data, book=book))
    ):
        messages.success(
            request, _("Added {person}. Now give them a post.").format(person=form.cleaned_data["name"])
        )
        return redirect(f"{reverse('org:appoint')}?person={added[0].pk}")
    return _form_page(request, form, _("Add a person"), back=reverse("org:people"))


def change_person(request: VisitRequest, pk: int) -> HttpResponse:
    access, _scheme = _organiser(request)
    shown = get_object_or_404(Person, pk=pk)
    _keeper_of(access, shown)
    form = PersonForm(request.POST or None, initial={"code": shown.code, "name": shown.name})
    if request.method == "POST" and made(
        request.visit, form, lambda book: actions.change_person(shown, **form.cleaned_data, book=book)
    ):
        return _saved(request, "org:person", pk)
    return _form_page(
        request, form, _("Change {person}").format(person=shown.name), back=_at("org:person", pk)
    )


def leave(request: VisitRequest, pk: int) -> HttpResponse:
    """End everything of somebody who goes."""
    access, scheme = _organiser(request)
    shown = get_object_or_404(Person, pk=pk)
    _keeper_of(access, shown)
    form = CloseForm(request.POST or None, initial={"until": request.visit.today})
    if request.method == "POST" and made(
        request.visit,
        form,
        lambda book: actions.leave(
            shown, until=form.cleaned_data["until"], by=access.person, scheme=scheme, book=book
        ),
    ):
        return _saved(request, "org:person", pk)
    return _form_page(
        request,
        form,
        _("{person} leaves").format(person=shown.name),
        back=_at("org:person", pk),
        lead=_(
            "All posts, groups and roles end on the last day. What was recorded stays; the account is shut apart."
        ),
    )


# Posts


def appoint(request: VisitRequest) -> HttpResponse:
    access, _scheme = _organiser(request)
    initial = _asked_for(request, access)
    form = PostForm(request.POST or None, access=access, initial=initial)
    if request.method == "POST" and made(
        request.visit, form, lambda book: actions.appoint(**form.cleaned_data, book=book)
    ):
        return _saved(request, "org:person", form.cleaned_data["person"].pk)
    return _form_page(request, form, _("Give a post"), back=_back(request, reverse("org:people")))


def change_post(request: VisitRequest, pk: int) -> HttpResponse:
    post = get_object_or_404(Post.objects.select_related("person", "unit"), pk=pk)
    request.visit.access.require("organise", unit_id=post.unit_id)
    form = PostWords(
        request.POST or None, initial={"title": post.title, "order": post.order, **dates_of(post)}
    )
    if request.method == "POST" and made(
        request.visit, form, lambda book: actions.change_post(post, **form.cleaned_data, book=book)
    ):
        return _saved(request, "org:person", post.person_id)
    title = _("Post of {person} in {unit}").format(person=post.person.name, unit=post.unit.name)
    return _form_page(request, form, title, back=_at("org:person", post.person_id))


# Groups


@require_GET
def groups(request: VisitRequest) -> HttpResponse:
    """Show the groups that the scheme names, with their members of a day."""
    day, scheme = asked_day(request), request.visit.scheme.scheme
    found = directory.members(groups=scheme.groups, day=day)
    context = {
        "day": day,
        "groups": [(name, scheme.groups.get(name), who) for name, who in found.items()],
    }
    return render(request, "org/groups.html", context)


def join_group(request: VisitRequest) -> HttpResponse:
    access, scheme = _organiser(request)
    initial = {
        "unit": access.tree.root,
        **_asked_for(request, access),
        "group": request.GET.get("group", ""),
    }
    form = MembershipForm(request.POST or None, access=access, scheme=scheme, initial=initial)
    if request.method == "POST" and made(
        request.visit,
        form,
        lambda book: actions.join_group(**form.cleaned_data, scheme=scheme, book=book),
    ):
        return _saved(request, "org:groups")
    return _form_page(request, form, _("Add to a group"), back=_back(request, reverse("org:groups")))


def change_membership(request: VisitRequest, pk: int) -> HttpResponse:
    member = get_object_or_404(Membership.objects.select_related("person", "unit"), pk=pk)
    request.visit.access.require("organise", unit_id=member.unit_id)
    form = MembershipWords(
        request.POST or None, initial={"standing": member.standing, "order": member.order, **dates_of(member)}
    )
    if request.method == "POST" and made(
        request.visit, form, lambda book: actions.change_membership(member, **form.cleaned_data, book=book)
    ):
        return _saved(request, "org:groups")
    title = _("{person} in the group").format(person=member.person.name)
    return _form_page(request, form, title, back=reverse("org:groups"))


# Roles


@require_GET
def roles(request: VisitRequest) -> HttpResponse:
    """Show who may do what."""
    day, scheme = asked_day(request), request.visit.schemes.in_force(request.visit.today).scheme
    lines = directory.role_lines(scheme.roles, day)
    context = {
        "day": day,
        "lines": [(line, what_it_allows(line.rule) if line.rule else "") for line in lines],
        "scheme": scheme,
        "apart": {
            name: [
                scheme.roles[other].name
                for other in scheme.roles
                if other in actions.roles_apart(name, scheme)
            ]
            for name in scheme.roles
        },
        "me": request.visit.access.account.person_id,
    }
    return render(request, "org/roles.html", context)


def assign_role(request: VisitRequest) -> HttpResponse:
    access, scheme = _organiser(request)
    initial = {**_asked_for(request, access), "role": request.GET.get("role", "")}
    form = RoleForm(request.POST or None, access=access, scheme=scheme, initial=initial)
    if request.method == "POST" and made(
        request.visit,
        form,
        lambda book: actions.assign_role(**form.cleaned_data, by=access.person, scheme=scheme, book=book),
    ):
        return _saved(request, "org:roles")
    return _form_page(request, form, _("Give a role"), back=_back(request, reverse("org:roles")))


def change_assignment(request: VisitRequest, pk: int) -> HttpResponse:
    access, scheme = _organiser(request)
    held = get_object_or_404(RoleAssignment.objects.select_related("person", "unit"), pk=pk)
    _giver_of(access, scheme, held)
    form = Dates(request.POST or None, initial=dates_of(held))
    if request.method == "POST" and made(
        request.visit,
        form,
        lambda book: actions.change_assignment(
            held, **form.cleaned_data, by=access.person, scheme=scheme, book=book
        ),
    ):
        return _saved(request, "org:roles")
    title = _("Role of {person} for {unit}").format(person=held.person.name, unit=held.unit.name)
    return _form_page(request, form, title, back=reverse("org:roles"))


# What several of them need


def asked_day(request: VisitRequest) -> dt.date:
    """Return the day that ``?on=`` asks for, today if none or none that is a day."""
    try:
        return dt.date.fromisoformat(request.GET.get("on", ""))
    except ValueError:
        return request.visit.today


def _organiser(request: VisitRequest) -> tuple[Access, Scheme]:
    access = request.visit.access
    access.require("organise")
    return access, request.visit.scheme.scheme


def _keeper_of(access: Access, shown: Person) -> None:
    """Refuse who keeps only units in which this person never had a post. Somebody without any post is anybody's."""
    units = set(shown.posts.values_list("unit_id", flat=True))
    allowed = access.unit_ids("organise")
    if units and allowed is not None and not units & allowed:
        raise PermissionDenied(_("You keep other units than this person's."))


def _giver_of(access: Access, scheme: Scheme, held: RoleAssignment) -> None:
    """Refuse who keeps some units only and would change a role that reaches further."""
    access.require("organise", unit_id=held.unit_id)
    role = scheme.roles.get(held.role)
    if role is not None and role.reach == "all" and access.unit_ids("organise") is not None:
        raise PermissionDenied(_("This role reaches everywhere; you keep some units only."))


def _form_page(
    request: HttpRequest, form: forms.Form, title: str, *, back: str, lead: str = ""
) -> HttpResponse:
    status = 422 if form.is_bound and form.errors else 200
    context = {"form": form, "title": title, "back": back, "lead": lead}
    return render(request, "org/form.html", context, status=status)


def _saved(request: HttpRequest, name: str, *args: Any) -> HttpResponse:
    messages.success(request, _("Saved and signed in the journal."))
    return redirect(name, *args)


def _at(name: str, *args: Any) -> str:
    return reverse(name, args=args)


def _back(request: HttpRequest, otherwise: str) -> str:
    pk = asked_id(request, "person")
    return _at("org:person", pk) if pk else otherwise


def _asked_for(request: VisitRequest, access: Access) -> dict[str, Any]:
    found: dict[str, Any] = {"since": request.visit.today}
    if pk := asked_id(request, "person"):
        found["person"] = Person.objects.filter(pk=pk).first()
    if pk := asked_id(request, "unit"):
        found["unit"] = access.tree.by_id.get(pk)
    return found


def asked_id(request: HttpRequest, name: str) -> int:
    """Return the id that the address gives under ``name``; 0, which is nobody's, for none or nonsense."""
    text = request.GET.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= LONGEST_ID else 0


def _path(shown: Unit, access: Access) -> list[Unit]:
    path: list[Unit] = []
    above = shown.parent_id
    while above is not None:
        path.insert(0, access.tree.by_id[above])
        above = path[0].parent_id
    return path


def _next_change(units: tuple[Unit, ...], day: dt.date) -> dt.date | None:
    """Return the first day after ``day`` on which the tree is another one."""
    changes = {unit.since for unit in units} | {
        unit.until + dt.timedelta(days=1) for unit in units if unit.until
    }
    return min((change for change in changes if change > day), default=None)


def _people_file(found: Iterator[Person], *, form: str, day: dt.date) -> HttpResponse | StreamingHttpResponse:
    columns = [
        sheets.Column(_("Staff number")),
        sheets.Column(_("Full name")),
        sheets.Column(_("Unit")),
        sheets.Column(_("Post")),
    ]
    rows = (
        (person.code, person.name, post.unit.name if post else "", post.title if post else "")
        for person in found
        for post in (person.posts_now or [None])  # type: ignore[attr-defined]
    )
    stem = f"people-{day}"
    if form == "csv":
        return stream(sheets.write_csv(columns=columns, rows=rows), stem=stem, ending="csv")
    book = sheets.write_xlsx(title=_("People"), columns=columns, rows=rows)
    return download(book, stem=stem, ending="xlsx")
