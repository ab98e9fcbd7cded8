import datetime as dt
from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from taizhang.core.scheme.schema import Label, Scheme
from taizhang.org import actions
from taizhang.org.access import Access
from taizhang.org.fields import Day, PersonField, UnitField
from taizhang.org.models import Unit

CODE = RegexValidator(actions.CODE, _("Letters, digits, “-”, “_” and “.” only."))


def choices(labels: dict[str, Label]) -> list[tuple[str, str]]:
    """Return labels of the scheme as choices in the reader's language."""
    language = get_language() or "zh"
    return [(name, label.said_in(language)) for name, label in labels.items()]


def may_organise(access: Access) -> frozenset[int] | None:
    return access.unit_ids("organise")


class UnitForm(forms.Form):
    """The words of a unit."""

    name = forms.CharField(label=_("Name"), max_length=120)
    short_name = forms.CharField(
        label=_("Short name"),
        max_length=40,
        required=False,
        help_text=_("As it is called in lists and tables."),
    )
    kind = forms.ChoiceField(label=_("Kind of unit"))
    order = forms.IntegerField(
        label=_("Order"),
        min_value=0,
        max_value=9999,
        initial=0,
        help_text=_("Small numbers come first among units of one level."),
    )

    def __init__(self, *args: Any, scheme: Scheme, **options: Any) -> None:
        super().__init__(*args, **options)
        kinds = choices(dict(scheme.unit_kinds))
        now = self.initial.get("kind")
        known = now is None or now in scheme.unit_kinds
        self.fields["kind"].choices = kinds if known else [*kinds, (now, now)]  # type: ignore[attr-defined]


class NewUnitForm(UnitForm):
    code = forms.CharField(
        label=_("Code"),
        max_length=40,
        validators=[CODE],
        help_text=_("Unique and for good: schemes, imports and exports name the unit by it."),
    )
    parent = UnitField(label=_("Belongs to"), required=False)
    since = Day(label=_("Exists from"))

    field_order = ("parent", "code", "name", "short_name", "kind", "since", "order")

    def __init__(self, *args: Any, access: Access, **options: Any) -> None:
        super().__init__(*args, **options)
        parent: UnitField = self.fields["parent"]  # type: ignore[assignment]
        parent.required = access.tree.root is not None
        parent.offer(access.tree, access.day, only=may_organise(access))


class MoveForm(forms.Form):
    parent = UnitField(
        label=_("Belongs to"),
        help_text=_(
            "Figures of earlier periods are counted under the new place too. For a real reorganisation close this "
            "unit and open another."
        ),
    )

    def __init__(self, *args: Any, access: Access, unit: Unit, **options: Any) -> None:
        super().__init__(*args, **options)
        parent: UnitField = self.fields["parent"]  # type: ignore[assignment]
        allowed = may_organise(access)
        outside = {one.pk for one in access.tree.units} - access.tree.below(unit.pk)
        parent.offer(access.tree, access.day, only=outside if allowed is None else outside & allowed)


class CloseForm(forms.Form):
    until = Day(label=_("Last day"))


class PersonForm(forms.Form):
    code = forms.CharField(
        label=_("Staff number"),
        max_length=40,
        validators=[CODE],
        help_text=_("Tells apart people of one name. No identity card numbers."),
    )
    name = forms.CharField(label=_("Full name"), max_length=80)


class Dates(forms.Form):
    """From a day to a day; no end means until further notice."""

    since = Day(label=_("From"))
    until = Day(label=_("Until"), required=False, help_text=_("Empty: until further notice."))


class PostWords(Dates):
    title = forms.CharField(
        label=_("Post"), max_length=80, required=False, help_text=_("As on the door: section head, clerk.")
    )
    order = forms.IntegerField(
        label=_("Order"),
        min_value=0,
        max_value=9999,
        initial=0,
        help_text=_("Small numbers come first in the unit: 0 for its head."),
    )
    field_order = ("person", "unit", "title", "since", "until", "order")


class PostForm(PostWords):
    person = PersonField(label=_("Person"))
    unit = UnitField(label=_("Unit"))

    def __init__(self, *args: Any, access: Access, **options: Any) -> None:
        super().__init__(*args, **options)
        unit: UnitField = self.fields["unit"]  # type: ignore[assignment]
        unit.offer(access.tree, access.day, only=may_organise(access))


class MembershipWords(Dates):
    standing = forms.CharField(
        label=_("Standing"), max_length=80, required=False, help_text=_("Leader, deputy, member.")
    )
    order = forms.IntegerField(label=_("Order"), min_value=0, max_value=9999, initial=0)
    field_order = ("group", "person", "unit", "standing", "since", "until", "order")


class MembershipForm(MembershipWords):
    group = forms.ChoiceField(label=_("Group"))
    person = PersonField(label=_("Person"))
    unit = UnitField(label=_("Unit"), help_text=_("Whose group it is."))

    def __init__(self, *args: Any, access: Access, scheme: Scheme, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["group"].choices = choices(dict(scheme.groups))  # type: ignore[attr-defined]
        unit: UnitField = self.fields["unit"]  # type: ignore[assignment]
        unit.offer(access.tree, access.day, only=may_organise(access))


class RoleForm(Dates):
    person = PersonField(label=_("Person"))
    role = forms.ChoiceField(label=_("Role"))
    unit = UnitField(label=_("For unit"), help_text=_("The role reaches this unit and all below it."))
    field_order = ("person", "role", "unit", "since", "until")

    def __init__(self, *args: Any, access: Access, scheme: Scheme, **options: Any) -> None:
        super().__init__(*args, **options)
        allowed = may_organise(access)
        self.fields["role"].choices = choices(  # type: ignore[attr-defined]
            {name: role.name for name, role in scheme.roles.items() if allowed is None or role.reach != "all"}
        )
        unit: UnitField = self.fields["unit"]  # type: ignore[assignment]
        unit.offer(access.tree, access.day, only=allowed)


class AccountForm(forms.Form):
    person = PersonField(label=_("Person"))
    username = forms.CharField(
        label=_("Login name"), max_length=150, validators=[CODE], help_text=_("Staff number or short name.")
    )


def dates_of(thing: Any) -> dict[str, dt.date | None]:
    return {"since": thing.since, "until": thing.until}
