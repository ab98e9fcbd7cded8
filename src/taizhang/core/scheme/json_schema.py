"""The schema of schemes as JSON Schema (draft 2020-12), for completion and hints in editors.

It says the shapes and describes every key. What refers to what, only ``taizhang scheme check`` knows.
"""

import ast
import inspect
import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from taizhang.core.scheme import appraisal, basics, circular, desk, schema
from taizhang.core.scheme.schema import Scheme

COMMITTED = Path(__file__).parents[2] / "schemes" / "scheme.schema.json"
"""The published copy, beside the schemes."""

MODULES = (basics, circular, appraisal, desk, schema)
"""The sources of the parts."""

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def publish() -> dict[str, Any]:
    """Return the JSON Schema of a scheme file."""
    generated = Scheme.model_json_schema(by_alias=True)
    definitions = generated.pop("$defs")
    for name, definition in definitions.items():
        _describe(name, definition)
    _describe("Scheme", generated)
    published = {"$schema": DIALECT, "title": "Taizhang scheme", **_tidied(generated)}
    published["title"] = "Taizhang scheme"
    published["$defs"] = {name: _tidied(definition) for name, definition in sorted(definitions.items())}
    return published


def text() -> str:
    """Return the JSON Schema as the text that is committed."""
    return json.dumps(publish(), ensure_ascii=False, indent=2) + "\n"


def _describe(part: str, definition: dict[str, Any]) -> None:
    for key, shape in definition.get("properties", {}).items():
        said = descriptions().get((part, key))
        if said:
            shape["description"] = said


def _tidied(node: Any) -> Any:
    """Drop what editors make nothing of: titles made from keys, nulls, defaults of nothing.

    An id's pattern is asked of names (``propertyNames``), so that a bad one is marked and a good one completed.
    """
    if isinstance(node, list):
        return [_tidied(each) for each in node]
    if not isinstance(node, dict):
        return node
    tidy = {key: _tidied(each) for key, each in node.items() if key != "title" or not isinstance(each, str)}
    if tidy.get("default", "") in (None, "", [], {}):
        tidy.pop("default", None)
    if tidy.get("type") == "number" and isinstance(tidy.get("default"), str):
        tidy["default"] = json.loads(tidy["default"])
    if "anyOf" in tidy:
        tidy |= _without_null(tidy.pop("anyOf"))
    if "patternProperties" in tidy:
        ((pattern, value),) = tidy.pop("patternProperties").items()
        tidy |= {"propertyNames": {"pattern": pattern}, "additionalProperties": value}
    return tidy


def _without_null(arms: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the arms of a union but for null; a single one that is left needs no union."""
    left = [arm for arm in arms if arm != {"type": "null"}]
    return left[0] if len(left) == 1 else {"anyOf": left}


@cache
def descriptions() -> dict[tuple[str, str], str]:
    """Return what stands below every key in the source of MODULES, by part and key (inherited keys too).

    Read from the source and not kept by pydantic, which would parse it at every start of the program.
    """
    parts = {
        node.name: node
        for module in MODULES
        for node in ast.parse(inspect.getsource(module)).body
        if isinstance(node, ast.ClassDef)
    }
    return {
        (name, key): said
        for name in parts
        for base in (*_bases(name, parts), name)
        for key, said in _described(base, parts[base])
    }


def _bases(name: str, parts: dict[str, ast.ClassDef]) -> Iterator[str]:
    for base in parts[name].bases:
        if isinstance(base, ast.Name) and base.id in parts:
            yield from _bases(base.id, parts)
            yield base.id


def _described(part: str, node: ast.ClassDef) -> Iterator[tuple[str, str]]:
    model = next(getattr(module, part) for module in MODULES if hasattr(module, part))
    fields = getattr(model, "model_fields", {})
    for statement, below in zip(node.body, node.body[1:], strict=False):
        if not isinstance(statement, ast.AnnAssign) or not isinstance(statement.target, ast.Name):
            continue
        if (
            isinstance(below, ast.Expr)
            and isinstance(below.value, ast.Constant)
            and isinstance(below.value.value, str)
        ):
            field = fields[statement.target.id]
            yield field.alias or statement.target.id, below.value.value
