"""Appraisals put together by chance, over the kinds of the example scheme of ways found in practice."""

import random
from decimal import Decimal
from typing import Any

LEVELS = ["county", "city", "province", "state_council", "central"]
SORTS = ["brief", "item", "commissioned", "research", "theory", "news"]
LENGTHS = ["month", "quarter", "half_year", "year"]
FOLLOWERS = ["adoption", "instruction", "error_notice"]


def scheme(chance: random.Random, around: dict[str, Any]) -> dict[str, Any]:
    """Return a scheme with one appraisal, “invented”, and its quotas."""
    every = chance.choice(["month", "month", "month", "quarter", "half_year", "year"])
    by = chance.choice(["person", "person", "unit"])
    who: dict[str, Any] = {"roles": ["officer"]} if by == "person" else {"unit_kinds": ["section"]}
    quotas = {f"q{n}": quota(chance, by, who) for n in range(chance.randrange(1, 4))}
    rules = {f"r{n}": rule(chance, every, list(quotas)) for n in range(chance.randrange(1, 6))}
    rules["short"] = {"name": "short", "short": {"submit": points(chance, -3, 0), "publish": Decimal(-1)}}
    invented: dict[str, Any] = {
        "name": "invented",
        "every": every,
        "by": by,
        "for": who,
        "rules": rules,
        "digits": chance.randrange(0, 4),
        "shared_quota": chance.choice(["first", "each"]),
        "late_proof": chance.choice(["counts", "counts", "points_only", "ignored"]),
        "exemptions": {"reasons": {"leave": "leave"}, "approved_by": ["head"]},
        "escalation": {
            f"e{n}": escalation(chance, rules, list(quotas)) for n in range(chance.randrange(0, 4))
        },
    }
    if chance.random() < 0.7:
        fields = ["person", "second_author", "third_author"] if by == "person" else ["unit", "second_unit"]
        invented["shares"] = {"fields": fields, **split(chance)}
    if chance.random() < 0.5:
        invented["closes"] = {
            "day": chance.choice([1, 5, 20, "last"]),
            "of": chance.choice(["next", "next", "period"]),
        }
    if chance.random() < 0.5:
        invented["limits"] = [joint(chance, every, rules) for _ in range(chance.randrange(1, 3))]
    if chance.random() < 0.5:
        invented["grades"] = {
            "every": longer(chance, every),
            "bands": [{"below": Decimal(0), "name": "a"}, {"at_least": Decimal(5), "name": "b"}],
        }
    return {**around, "quotas": quotas, "appraisals": {"invented": invented}}


def points(chance: random.Random, low: int, high: int) -> Decimal:
    return Decimal(chance.randrange(low * 8, high * 8 + 1)) / 8


def longer(chance: random.Random, every: str) -> str:
    return chance.choice(LENGTHS[LENGTHS.index(every) :])


def quota(chance: random.Random, by: str, who: dict[str, Any]) -> dict[str, Any]:
    made: dict[str, Any] = {"name": "quota", "every": chance.choice(LENGTHS), "by": by, "for": who}
    if chance.random() < 0.8:
        made["submit"] = asked(chance, "information")
    if chance.random() < 0.6 or "submit" not in made:
        made["publish"] = asked(chance, "adoption")
    if chance.random() < 0.4:
        made["due"] = {"day": chance.choice([10, 20, "last"])}
    return made


def asked(chance: random.Random, kind: str) -> dict[str, Any]:
    made = {"kind": kind, "at_least": chance.randrange(1, 4), "count": chance.choice(["entries", "items"])}
    return made | condition(chance, kind, 0.3)


def condition(chance: random.Random, kind: str, likely: float) -> dict[str, Any]:
    made: dict[str, Any] = {}
    if kind == "information":
        if chance.random() < likely:
            made["where"] = {"sort": chance.sample(SORTS, 3)}
        if chance.random() < likely / 2:
            made["number"] = {"words": {"at_least": Decimal(chance.randrange(0, 3000))}}
        for key in ("followed_by", "not_followed_by"):
            if chance.random() < likely / 2:
                made[key] = {"kind": chance.choice(FOLLOWERS)}
    elif kind == "adoption":
        if chance.random() < likely:
            made["where"] = {"level": chance.sample(LEVELS, 3)}
        if chance.random() < likely:
            made["item"] = {"sort": chance.sample(SORTS, 3)}
    return made


def rule(chance: random.Random, every: str, quotas: list[str]) -> dict[str, Any]:
    makers = (fixed, met, short, each, each, each, total, rate, answer, late, veto)
    made = {"name": "rule", **chance.choice(makers)(chance, every, quotas)}
    if chance.random() < 0.2:
        made["weight"] = chance.choice([Decimal("0.3"), Decimal("1.5")])
    if chance.random() < 0.3:
        made["limits"] = [limit(chance, every)]
    return made


def limit(chance: random.Random, every: str) -> dict[str, Any]:
    made: dict[str, Any] = {"every": longer(chance, every), "at_most": points(chance, 0, 20)}
    if chance.random() < 0.5:
        made["at_least"] = points(chance, -10, 0)
    return made


def joint(chance: random.Random, every: str, rules: dict[str, Any]) -> dict[str, Any]:
    made = limit(chance, every)
    named = [name for name in rules if "veto" not in rules[name]]
    if chance.random() < 0.6 and named:
        made["rules"] = chance.sample(named, chance.randrange(1, len(named) + 1))
    return made


def escalation(chance: random.Random, rules: dict[str, Any], quotas: list[str]) -> dict[str, Any]:
    made: dict[str, Any] = {
        "name": "escalation",
        "after": chance.randrange(1, 5),
        "counting": chance.choice(["consecutive", "consecutive", "year"]),
        "missed": chance.choice(["short", "short", "nothing"]),
        "talk": chance.choice(["deputy", "head"]),
        "points": points(chance, -2, 0),
    }
    if chance.random() < 0.6:
        made["multiply"] = chance.choice([Decimal(2), Decimal(3), Decimal("1.5")])
        named = [name for name in rules if "veto" not in rules[name]]
        if chance.random() < 0.5:
            made["rules"] = chance.sample(named, chance.randrange(1, len(named) + 1))
    if chance.random() < 0.4:
        made["quotas"] = chance.sample(quotas, chance.randrange(1, len(quotas) + 1))
    return made


def split(chance: random.Random) -> dict[str, Any]:
    how = chance.choice(["equal", "ratio", "parts", "full"])
    made: dict[str, Any] = {"split": how}
    if how in ("ratio", "parts"):
        made["numbers"] = [Decimal(3), Decimal(2), Decimal("0.5")][: chance.randrange(1, 4)]
    if chance.random() < 0.4:
        made["at_most"] = chance.randrange(1, 4)
    return made


# Rules


def fixed(chance: random.Random, _every: str, _quotas: list[str]) -> dict[str, Any]:
    return {"fixed": {"points": points(chance, -5, 10), "exempt": chance.random() < 0.5}}


def met(chance: random.Random, _every: str, quotas: list[str]) -> dict[str, Any]:
    made: dict[str, Any] = {
        "points": points(chance, 0, 10),
        "apart": chance.random() < 0.4,
        "partly": chance.random() < 0.4,
        "extra": points(chance, 0, 2),
        "missed": points(chance, -3, 0),
        "on_time": chance.random() < 0.4,
        "exempt": points(chance, 0, 3),
    }
    if chance.random() < 0.4:
        made["extra_most"] = chance.randrange(1, 4)
    if chance.random() < 0.3:
        made["quotas"] = chance.sample(quotas, 1)
    return {"met": made}


def short(chance: random.Random, _every: str, quotas: list[str]) -> dict[str, Any]:
    made: dict[str, Any] = {"submit": points(chance, -3, -1), "publish": points(chance, -3, -1)}
    if chance.random() < 0.3:
        made["quotas"] = chance.sample(quotas, 1)
    return {"short": made}


def each(chance: random.Random, _every: str, _quotas: list[str]) -> dict[str, Any]:
    kind = chance.choice(["information", "adoption", "adoption", "instruction", "error_notice"])
    made: dict[str, Any] = {"kind": kind, **condition(chance, kind, 0.3)}
    if kind in ("information", "adoption") and chance.random() < 0.8:
        made["scale"] = [
            {"points": points(chance, -2, 20), **condition(chance, kind, 0.9)}
            for _ in range(chance.randrange(1, 4))
        ]
        made["scale"] = [line for line in made["scale"] if len(line) > 1] or [{"points": Decimal(3)}]
        made["scale"][-1]["undivided"] = chance.random() < 0.3
        if kind == "information" and chance.random() < 0.3:
            made["scale"][0]["per"] = "words"
            made["scale"][0]["points"] = Decimal("0.0015")
    else:
        made["points"] = points(chance, -4, 20)
    if chance.random() < 0.4:
        made["times"] = [{"by": chance.choice([Decimal("0.5"), Decimal(2)]), **condition(chance, kind, 0.6)}]
    if chance.random() < 0.5:
        made["several"] = several(chance, kind)
    if chance.random() < 0.2:
        made["split"] = split(chance)
    if chance.random() < 0.2:
        made["most"] = chance.randrange(1, 4)
    return {"each": made}


def several(chance: random.Random, kind: str) -> dict[str, Any]:
    made: dict[str, Any] = {"best": chance.randrange(1, 4)} if chance.random() < 0.6 else {}
    if kind == "adoption" and chance.random() < 0.6:
        made["one_per"] = "level"
        if chance.random() < 0.5:
            made["order"] = chance.sample(LEVELS, 4)
    if chance.random() < 0.3:
        made["further"] = Decimal("0.5")
    if chance.random() < 0.3 or not made:
        made["at_most"] = points(chance, 5, 30)
    return made


def total(chance: random.Random, every: str, _quotas: list[str]) -> dict[str, Any]:
    kind = chance.choice(["information", "adoption"])
    bands = [
        {"at_least": Decimal(5), "points": points(chance, 0, 9)},
        {"below": Decimal(2), "points": Decimal(-1)},
    ]
    of = {"kind": kind, **condition(chance, kind, 0.4)}
    return {
        "total": {
            "of": of,
            "count": chance.choice(["entries", "items"]),
            "every": longer(chance, every),
            "bands": bands,
        }
    }


def rate(chance: random.Random, every: str, _quotas: list[str]) -> dict[str, Any]:
    bands = [
        {"below": Decimal(30), "points": Decimal(-1)},
        {"at_least": Decimal(60), "points": points(chance, 0, 9)},
    ]
    of = {"kind": "adoption", **condition(chance, "adoption", 0.3)}
    to = {"kind": "information", **condition(chance, "information", 0.3)}
    return {
        "rate": {
            "of": of,
            "to": to,
            "count": chance.choice(["entries", "items"]),
            "every": longer(chance, every),
            "bands": bands,
        }
    }


def answer(chance: random.Random, _every: str, _quotas: list[str]) -> dict[str, Any]:
    made = {"done": points(chance, 0, 5), "late": points(chance, -9, 0), "missed": points(chance, -9, 0)}
    return {"answer": {"of": {"kind": "commission"}, "by": ["information"], "deadline": "deadline", **made}}


def late(chance: random.Random, _every: str, _quotas: list[str]) -> dict[str, Any]:
    made: dict[str, Any] = {
        "of": {"kind": "information"},
        "points": points(chance, -2, 0),
        "per_day": chance.random() < 0.5,
    }
    made |= {"deadline": "wanted_by"} if chance.random() < 0.5 else {"due": {"day": 10, "of": "next"}}
    if chance.random() < 0.5:
        made["at_least"] = Decimal(-3)
    return {"late": made}


def veto(chance: random.Random, _every: str, _quotas: list[str]) -> dict[str, Any]:
    return {"veto": {"of": {"kind": "error_notice"}, "total": points(chance, -1, 3)}}
