"""Walking the schema: which keys a part has, what each of them wants, and how to say so."""

import datetime as dt
import types
import typing
from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any, Literal, get_args

from pydantic.fields import FieldInfo

from taizhang.core.messages import Message, gettext_noop
from taizhang.core.scheme.schema import Label, Part

Annotation = Any


def _origin(annotation: Annotation) -> Any:
    return typing.get_origin(annotation)


def keys_of(model: type[Part]) -> dict[str, FieldInfo]:
    """Return the fields of a part by the key that stands in the file."""
    return {field.alias or name: field for name, field in model.model_fields.items()}


def required_keys(model: type[Part]) -> tuple[str, ...]:
    return tuple(key for key, field in keys_of(model).items() if field.is_required())


def branches(annotation: Annotation) -> tuple[Annotation, ...]:
    """Return what an annotation allows, one branch each, without ``None`` and without ``Annotated``."""
    origin = _origin(annotation)
    if origin is Annotated:
        return branches(get_args(annotation)[0])
    if origin in (typing.Union, types.UnionType):
        return tuple(leaf for arm in get_args(annotation) for leaf in branches(arm))
    return () if annotation is type(None) else (annotation,)


def leaves(annotation: Annotation) -> tuple[Annotation, ...]:
    """Return what an annotation allows for a single value, be it alone or in a list."""
    return tuple(
        leaf
        for branch in branches(annotation)
        for leaf in (leaves(get_args(branch)[0]) if _origin(branch) is tuple else (branch,))
    )


def is_mapping(branch: Annotation) -> bool:
    return _origin(branch) is Mapping


def part_in(annotation: Annotation) -> type[Part] | None:
    """Return the kind of part that stands directly under a key, if a part does."""
    for branch in branches(annotation):
        if isinstance(branch, type) and issubclass(branch, Part) and branch is not Label:
            return branch
    return None


def below(annotation: Annotation, key: str | int) -> Annotation | None:
    """Return the annotation of what stands under ``key``, or None where the schema knows no such key."""
    for branch in branches(annotation):
        origin = _origin(branch)
        if isinstance(branch, type) and issubclass(branch, Label):
            return str
        if isinstance(branch, type) and issubclass(branch, Part):
            field = keys_of(branch).get(str(key))
            return field.annotation if field else None
        if origin is tuple or origin is Mapping:
            return get_args(branch)[0 if origin is tuple else 1]
    return None


def at(root: Annotation, path: tuple[str | int, ...]) -> Annotation | None:
    """Return the annotation of what stands at ``path`` below ``root``."""
    for key in path:
        root = below(root, key)
        if root is None:
            return None
    return root


def allowed(annotation: Annotation) -> tuple[str, ...]:
    """Return the words of a closed choice, whether single or in a list."""
    return tuple(
        str(word) for leaf in leaves(annotation) if _origin(leaf) is Literal for word in get_args(leaf)
    )


def expected(annotation: Annotation) -> Message:
    """Say in words what may stand at a place."""
    wants = list(dict.fromkeys(_expected(branch) for branch in branches(annotation)))
    if not wants:
        return Message(gettext_noop("something else"))
    said = wants[0]
    for want in wants[1:]:
        said = Message(gettext_noop("{first} or {second}"), first=said, second=want)
    return said


_PLAIN = {
    str: gettext_noop("text"),
    bool: gettext_noop("true or false"),
    int: gettext_noop("a whole number"),
    Decimal: gettext_noop("a number"),
    dt.date: gettext_noop("a date such as 2023-01-31, without quotes"),
    Label: gettext_noop("words, or words by language such as {{zh: 科室, en: Section}}"),
}


def _expected(branch: Annotation) -> Message:
    origin = _origin(branch)
    if branch in _PLAIN:
        return Message(_PLAIN[branch])
    if origin is Literal:
        return Message(gettext_noop("one of {allowed}"), allowed=", ".join(map(str, get_args(branch))))
    if origin is tuple:
        return Message(gettext_noop("a list of {items}"), items=expected(get_args(branch)[0]))
    if origin is Mapping:
        return Message(gettext_noop("named parts, each “name: …” on a line of its own"))
    return Message(
        gettext_noop("a group of keys ({keys})"), keys=", ".join(required_keys(branch) or keys_of(branch))
    )
