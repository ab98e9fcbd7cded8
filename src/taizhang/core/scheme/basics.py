"""What every part of a scheme is made of: ids, labels, numbers, and the clause that a rule puts into effect."""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any, Literal, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    StringConstraints,
    WithJsonSchema,
    model_validator,
)
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

ID_IN_JSON_SCHEMA = r"^[^0-9\s!-/:-@\[-^`{-~][^\s!-/:-@\[-^`{-~]{0,39}$"
"""Ids for editors: in JavaScript ``\\w`` knows no Chinese, so this says what an id has not instead of what it has."""

Id = Annotated[
    str,
    StringConstraints(pattern=r"^[^\W\d]\w{0,39}$", strict=True),
    WithJsonSchema({"type": "string", "pattern": ID_IN_JSON_SCHEMA}),
]
Days = Annotated[int, Field(ge=0, le=366)]


class Exactly:
    """A number is kept as it is written: whole or decimal, never a float."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_before_validator_function(_as_decimal, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        number: dict[str, Any] = handler(schema)["anyOf"][0]
        return number


class OneOrMore:
    """Where a list is wanted, one item may stand alone: ``kinds: study`` for ``kinds: [study]``."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_before_validator_function(_as_tuple, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        several = handler(schema)
        return {"anyOf": [several["items"], several]}


def _as_decimal(value: Any) -> Any:
    return Decimal(value) if type(value) is int else value


def _as_tuple(value: Any) -> Any:
    return value if isinstance(value, list | tuple) else (value,)


Number = Annotated[Decimal, Exactly()]
Month = Annotated[int, Field(ge=1, le=12)]
Ids = Annotated[tuple[Id, ...], Field(min_length=1), OneOrMore()]
Texts = Annotated[tuple[str, ...], Field(min_length=1), OneOrMore()]
IdsOrNone = Annotated[tuple[Id, ...], OneOrMore()]
TextsOrNone = Annotated[tuple[str, ...], OneOrMore()]
Choice = str | int | bool | Number
Choices = Annotated[tuple[Choice, ...], Field(min_length=1), OneOrMore()]


class Part(BaseModel):
    """A piece of a scheme: unknown keys are refused, nothing changes after loading."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Label(Part):
    """Words for people, in one language or several: ``集体学习`` or ``{zh: 集体学习, en: Group study}``."""

    texts: Mapping[str, str]

    @model_validator(mode="before")
    @classmethod
    def _from_plain(cls, value: Any) -> Any:
        if isinstance(value, str):
            return {"texts": {"": value}}
        if isinstance(value, Mapping) and "texts" not in value:
            return {"texts": dict(value)}
        return value

    @model_validator(mode="after")
    def _has_words(self) -> Self:
        unknown = set(self.texts) - {"", "zh", "en"}
        if unknown:
            raise PydanticCustomError("label_language", "Unknown language", {"key": min(unknown)})
        if not self.texts or not all(text.strip() for text in self.texts.values()):
            raise PydanticCustomError("label_empty", "Empty label")
        return self

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        words = {"type": "string", "minLength": 1}
        by_language = {
            "type": "object",
            "properties": {"zh": words, "en": words},
            "additionalProperties": False,
            "minProperties": 1,
        }
        return {"title": "Label", "description": cls.__doc__, "anyOf": [words, by_language]}

    def said_in(self, language: str) -> str:
        """Return the words in ``language`` (``zh-hans``, ``en`` …), else in whatever language there is."""
        return self.texts.get(language[:2]) or next(iter(self.texts.values()))

    def __str__(self) -> str:
        return next(iter(self.texts.values()))


class Basis(Part):
    """A regulation or document that the scheme puts into effect."""

    title: Label
    """Its full title."""
    issued: dt.date | None = None
    """The day it was issued."""
    number: str = ""
    """Its document number."""


class Clause(Part):
    """The sentence that a rule comes from: which basis, where in it, and its words."""

    basis: Id
    """The id of the basis."""
    at: str = ""
    """Where in it: article, paragraph, page."""
    text: str = ""
    """Its words."""


class Governed(Part):
    """Anything with a name that may cite the clause it puts into effect."""

    name: Label
    """What people read."""
    help: Label | None = None
    """A line of explanation, shown beside the name."""
    clause: Clause | None = None
    """The sentence of a basis that this puts into effect."""


Every = Literal["month", "quarter", "half_year", "year"]
Where = Mapping[str, Choices]
"""Only entries whose fields have one of these values."""


class Due(Part):
    """When the act must be done: a day of the period or of the one after, moved off days that are not worked.

    ``{day: 5, of: next}`` for a month: the 5th of the next month. ``{day: 31, of: next, month: 1}`` for a year: the
    next 31 January. The 31st of a month with 30 days is its last day.
    """

    day: Literal["last", "last_working"] | Annotated[int, Field(ge=1, le=366)] = "last"
    """A day counted from 1, or last, or last_working. Where a month is too short for the day, its last day."""
    of: Literal["period", "next"] = "period"
    """A day of the period itself, or of the one after."""
    month: Month | None = None
    """The month of that period, 1 to its length, that the day is counted in; without it the day is counted in the whole period."""
    if_holiday: Literal["stay", "before", "after"] = "stay"
    """A day that is not worked stays, or gives way to the working day before or after."""


class Comparison(Part):
    """A comparison with one bound."""

    at_least: Number | None = None
    """This or more."""
    at_most: Number | None = None
    """This or less."""
    more_than: Number | None = None
    """More than this."""
    less_than: Number | None = None
    """Less than this."""
    equals: Number | None = None
    """Exactly this."""

    @model_validator(mode="after")
    def _one_comparison(self) -> Self:
        given = (self.at_least, self.at_most, self.more_than, self.less_than, self.equals)
        if sum(value is not None for value in given) != 1:
            raise PydanticCustomError("when_comparison", "Exactly one comparison")
        return self

    def holds(self, value: Decimal) -> bool:
        """Return whether a number compares as said."""
        return (
            (self.at_least is None or value >= self.at_least)
            and (self.at_most is None or value <= self.at_most)
            and (self.more_than is None or value > self.more_than)
            and (self.less_than is None or value < self.less_than)
            and (self.equals is None or value == self.equals)
        )
