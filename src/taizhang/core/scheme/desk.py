"""What a scheme says about texts: their types, where they appear, and the line of stations each of them must pass."""

from collections.abc import Mapping
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from taizhang.core.scheme.basics import Choice, Governed, Id, IdsOrNone, OneOrMore, Part

Severity = Literal["error", "warning", "hint"]
Does = Literal["review", "proof", "sign_off"]
Reopens = Literal["station", "last_review", "all"]
How = Literal["site", "package", "outside"]


class Posting(Part):
    """What a release is recorded as, so that publications are counted."""

    kind: Id
    """The kind of entry that a release posts."""
    values: Mapping[Id, Choice] = Field(default_factory=dict)
    """The values of its fields, the same for every release."""
    by_channel: Mapping[Id, Mapping[Id, Choice]] = Field(default_factory=dict)
    """More values, by the channel of the release."""
    address: Id | None = None
    """The link field that takes the address of the release."""
    each: Literal["manuscript", "channel"] = "manuscript"
    """Whether a manuscript counts once, however many channels it is released on, or once on each."""


class TextType(Governed):
    """A type of texts: what a release of one is counted as."""

    posts: Posting | None = None
    """The entry that a release posts; without it releases are listed and not counted."""


class Channel(Governed):
    """A place where texts appear (阵地)."""

    how: How
    """site: the built-in public site; package: a file ready to paste; outside: somebody else publishes it."""


class Seat(Part):
    """Who may sit at a station; exactly one of role, group, person."""

    role: Id | None = None
    """Holders of this role."""
    reach: Literal["unit", "all"] = "unit"
    """unit: holders in the manuscript's unit or one above it; all: holders in any unit."""
    group: Id | None = None
    """Members of this group."""
    person: str | None = None
    """One person, by staff number."""

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if sum(value is not None for value in (self.role, self.group, self.person)) != 1:
            raise PydanticCustomError("one_seat", "Exactly one of role, group, person")
        if self.role is None and "reach" in self.model_fields_set:
            raise PydanticCustomError("seat_reach", "Only a role has a reach")
        return self


class Gates(Part):
    """From which severity on a finding of each gate must be gone, or kept with a reason, before a station approves."""

    text: Severity | None = None
    """The text gate (文字关); left out, its findings hold nothing up."""
    number: Severity | None = None
    """The number gate (数字关)."""
    logic: Severity | None = None
    """The logic gate (逻辑关)."""


class Station(Governed):
    """One stop of a line: somebody else than the author says yes to exactly this text, or sends it back."""

    does: Does
    """review (审), proof (校) or sign_off (签发)."""
    level: Annotated[int, Field(ge=1, le=9)] | None = None
    """The level of a review: nobody sits at two levels of one text."""
    seats: Annotated[tuple[Seat, ...], Field(min_length=1), OneOrMore()]
    """Who may sit here; one of them is enough."""
    gates: Gates | None = None
    """Which findings of the three gates must be decided before this station approves."""
    reads_aloud: bool = False
    """Whether the text is read aloud in full here, and who approves says so."""
    opinion: Literal["optional", "required"] = "optional"
    """Whether an approval needs an opinion in words; sending back always does."""
    hours: Annotated[int, Field(ge=1, le=2000)] | None = None
    """The hours allowed, counted day and night."""
    working_days: Annotated[int, Field(ge=1, le=250)] | None = None
    """The working days allowed, to the end of the last one."""
    reopens: Reopens | None = None
    """For proofs: what a correction made here re-opens; this station, all from the last review on, or (without it) all."""
    apart_from: IdsOrNone = ()
    """Other stations of the line: who approved there may not sit here."""

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if (self.does == "review") != (self.level is not None):
            raise PydanticCustomError("review_level", "A review has a level, and nothing else has")
        if self.reopens is not None and self.does != "proof":
            raise PydanticCustomError("reopens_unused", "Only a proof makes corrections")
        if self.hours is not None and self.working_days is not None:
            raise PydanticCustomError("time_twice", "Either hours or working_days")
        return self


class Line(Governed):
    """The stations that a text passes, in this order, before it is released."""

    types: IdsOrNone = ()
    """The types of texts that take it; all without it."""
    channels: IdsOrNone = ()
    """The channels whose texts take it; all without it."""
    stations: Annotated[Mapping[Id, Station], Field(min_length=1)]
    """Its stations, in order."""
    corrects_at_most: Annotated[int, Field(ge=0, le=2000)] = 50
    """How many characters a proof correction may change; whatever changes more is an edit and re-opens all."""


class Desk(Part):
    """How texts become public: 不审不发, 先审后发."""

    types: Annotated[Mapping[Id, TextType], Field(min_length=1)]
    """The types of texts."""
    channels: Annotated[Mapping[Id, Channel], Field(min_length=1)]
    """Where texts appear."""
    lines: Annotated[Mapping[Id, Line], Field(min_length=1)]
    """The lines of stations; a text takes the first that is for its type and channel."""
    corrections: Id | None = None
    """The line for corrections and withdrawals after release; without it they pass the text's own line."""


def line_for(desk: Desk, *, type_: str, channel: str) -> str | None:
    """Return the id of the line that a text of this type takes to this channel; None where no line is for it."""
    return next((id_ for id_, line in desk.lines.items() if _takes(line, type_, channel)), None)


def _takes(line: Line, type_: str, channel: str) -> bool:
    return (not line.types or type_ in line.types) and (not line.channels or channel in line.channels)
