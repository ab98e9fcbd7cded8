"""The second scorer: docs/algorithms/scoring.md in plain loops over plain data, sharing nothing with the first.

Rows are dicts; a scheme is what stands in the file. Nothing is carried: every sheet looks at all rows again. The numbers
of sections are those of the document.
"""

import datetime as dt
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import chinese_calendar

LENGTH = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}
D = Decimal


# Periods: (length in months, number since the year 0)


def period_of(length, day):
    return length, (day.year * 12 + day.month - 1) // length


def first_day(period):
    length, number = period
    months = length * number
    return dt.date(months // 12, months % 12 + 1, 1)


def last_day(period):
    return first_day((period[0], period[1] + 1)) - dt.timedelta(days=1)


def due_day(due, period):
    length, number = period
    if due.get("of", "period") == "next":
        number += 1
    if "month" in due:
        length, number = 1, length * number + due["month"] - 1
    start, end = first_day((length, number)), last_day((length, number))
    day = due.get("day", "last")
    if day == "last":
        found = end
    elif day == "last_working":
        found = end
        while not chinese_calendar.is_workday(found):
            found -= dt.timedelta(days=1)
        return found
    else:
        found = min(start + dt.timedelta(days=day - 1), end)
    step = {"before": -1, "after": 1}.get(due.get("if_holiday", "stay"), 0)
    while step and not chinese_calendar.is_workday(found):
        found += dt.timedelta(days=step)
    return found


def listed(value):
    return list(value) if isinstance(value, list | tuple) else [value]


def half_up(value, digits):
    return D(value).quantize(D(1).scaleb(-digits), ROUND_HALF_UP)


class Naive:
    """One appraisal of one scheme, one subject, all rows."""

    def __init__(self, scheme, appraisal, subject, rows, exemptions, *, above=None, holder=None):
        self.scheme = scheme
        self.name = appraisal
        self.rules = scheme["appraisals"][appraisal]
        self.by = self.rules.get("by", "person")
        self.length = LENGTH[self.rules["every"]]
        self.subject = subject
        self.above = above or {}
        self.holder = holder or {}
        self.exemptions = exemptions
        self.digits = self.rules.get("digits", 2)
        self.every_row = {row["id"]: row for row in rows}
        self.rows = []
        for row in rows:
            if row.get("verified", True):
                place = self.place_of(row)
                if place is not None:
                    self.rows.append({**row, "place": place, "posted": self.posted(row)})
        if self.rules.get("late_proof") == "ignored":
            self.rows = [row for row in self.rows if row["posted"] == period_of(self.length, row["on"])]

    # 2. Whose it is

    def owner(self, row):
        item = self.every_row.get(row.get("about"))
        if self.by == "unit":
            return item if item is not None else row
        return row if row.get("person") or item is None else item

    def scored(self, name):
        """Return the one scored for a name: for units, the subject where the unit is it or lies below."""
        if self.by == "person":
            return name
        while name and name != self.subject:
            name = self.above.get(name, "")
        return name or None

    def authors(self, row):
        owner = self.owner(row)
        found = []
        for field in listed(self.rules.get("shares", {}).get("fields", [self.by])):
            name = owner.get(field) if field in ("person", "unit") else owner["values"].get(field)
            if not name:
                continue
            whose = self.scored(name) or ("elsewhere", name)
            if whose not in found:
                found.append(whose)
        return found

    def place_of(self, row):
        found = self.authors(row)
        return (found.index(self.subject), len(found)) if self.subject in found else None

    def part(self, split, place, authors):  # noqa: PLR0911 - one exit a way
        if authors == 1:
            return Fraction(1)
        if split is None:
            return Fraction(1) if place == 0 else Fraction(0)
        how = split.get("split", "equal")
        most = min(authors, split.get("at_most", authors))
        numbers = [Fraction(D(number)) for number in listed(split.get("numbers", []))]
        if place >= most:
            return Fraction(0)
        if how == "full":
            return Fraction(1)
        if how == "equal":
            return Fraction(1, most)
        if place >= len(numbers):
            return Fraction(0)
        return numbers[place] if how == "parts" else numbers[place] / sum(numbers[:most])

    # 3. Posting

    def posted(self, row):
        period = period_of(self.length, row["on"])
        closes = self.rules.get("closes", {"day": 5, "of": "next"})
        while due_day(closes, period) < row["arrived"]:
            period = (period[0], period[1] + 1)
        return period

    def up_to(self, period):
        return [row for row in self.rows if row["posted"] <= period]

    # Conditions

    def has(self, row, where, kind):
        for name, wanted in where.items():
            value = row["values"].get(name)
            sort = self.scheme["kinds"][kind]["fields"][name].get("type", "text")
            if value is None:
                return False
            if sort == "choices":
                if not set(value) & set(listed(wanted)):
                    return False
            elif sort in ("integer", "number"):
                if D(str(value)) not in [D(one) for one in listed(wanted)]:
                    return False
            elif value not in listed(wanted):
                return False
        return True

    def number(self, row, name):
        value = row.get("quantity") if name == "quantity" else row["values"].get(name)
        return None if value is None else D(str(value))

    def follows(self, row, following, known):
        return any(
            other.get("about") == row["id"]
            and other["kind"] == following["kind"]
            and self.has(other, following.get("where", {}), following["kind"])
            for other in known
        )

    def fits(self, row, condition, kind, known):
        if not self.has(row, condition.get("where", {}), kind):
            return False
        if condition.get("item"):
            item = self.every_row.get(row.get("about"))
            if item is None:
                return False
            fields = self.scheme["kinds"][item["kind"]].get("fields", {})
            if not set(condition["item"]) <= set(fields) or not self.has(
                item, condition["item"], item["kind"]
            ):
                return False
        for name, span in condition.get("number", {}).items():
            value = self.number(row, name)
            if value is None or not within(value, span):
                return False
        if "followed_by" in condition and not self.follows(row, condition["followed_by"], known):
            return False
        return not ("not_followed_by" in condition and self.follows(row, condition["not_followed_by"], known))

    def matching(self, rows, known):
        return [
            row for row in known if row["kind"] == rows["kind"] and self.fits(row, rows, rows["kind"], known)
        ]

    def fresh(self, rows, items, period):
        """4.3: the rows that count on the sheet of a period: what fits now and is not known from earlier sheets."""
        before = (period[0], period[1] - 1)
        now, earlier = self.matching(rows, self.up_to(period)), self.matching(rows, self.up_to(before))
        if items:
            known = {group(row) for row in earlier}
            return [row for row in now if group(row) not in known]
        known = {row["id"] for row in earlier}
        return [row for row in now if row["id"] not in known]

    # 4, 5. Quotas

    def is_bound(self, who):
        holder = self.holder
        people = (
            self.subject in listed(who.get("persons", []))
            or bool(set(holder.get("posts", [])) & set(listed(who.get("posts", []))))
            or bool(set(holder.get("roles", [])) & set(listed(who.get("roles", []))))
            or bool(set(holder.get("groups", [])) & set(listed(who.get("groups", []))))
        )
        units = bool(set(holder.get("units", [])) & set(listed(who.get("units", [])))) or bool(
            set(holder.get("unit_kinds", [])) & set(listed(who.get("unit_kinds", [])))
        )
        by_person = any(who.get(key) for key in ("persons", "posts", "roles", "groups"))
        by_unit = any(who.get(key) for key in ("units", "unit_kinds"))
        if self.by == "unit" or not by_person:
            return units
        return people and (units or not by_unit)

    def quotas(self):
        named = self.rules.get("quotas")
        return {
            name: quota
            for name, quota in self.scheme.get("quotas", {}).items()
            if (name in listed(named) if named else quota.get("by", "person") == self.by)
            and self.is_bound(quota["for"])
        }

    def judged(self, sheet, first):
        """Return every quota whose period ends in that of the sheet, in the order of their ends."""
        found = []
        for name, quota in self.quotas().items():
            length = LENGTH[quota["every"]]
            period = period_of(length, first_day(sheet))
            while last_day(period) <= last_day(sheet):
                if "months" not in quota or first_day(period).month in listed(quota["months"]):
                    found.append(self.judge(name, quota, period, sheet, first))
                period = (length, period[1] + 1)
        return sorted(found, key=lambda each: each["end"])

    def judge(self, name, quota, period, sheet, first):
        due = due_day(quota.get("due", {}), period)
        got = {"name": name, "end": last_day(period), "asked": {}, "count": {}, "on_time": True}
        excused = self.excused(name, period)
        for part in ("submit", "publish"):
            if part not in quota:
                continue
            rows = self.counting(quota[part], period, sheet, first)
            asked = quota[part].get("at_least", 1)
            for one in excused:
                asked -= quota[part].get("at_least", 1) if one[part] is None else one[part]
            got["asked"][part] = max(0, asked)
            got["count"][part] = len(rows)
            in_time = self.counting(quota[part], period, sheet, first, due)
            got["on_time"] = got["on_time"] and len(in_time) >= got["asked"][part]
        if not any(got["asked"].values()):
            got["outcome"] = "exempt"
        elif all(got["count"][part] >= got["asked"][part] for part in got["asked"]):
            got["outcome"] = "met"
        else:
            got["outcome"] = "missed"
        return got

    def counting(self, asked, period, sheet, first, due=None):
        """Return what counts towards a quota: a set of items, or of rows."""
        items = asked.get("count", "entries") == "items"
        found, taken = set(), set()
        start = max(first, period_of(self.length, first_day(period)))
        for number in range(start[1], sheet[1] + 1):
            rows = self.fresh(asked, items, (self.length, number))
            if self.rules.get("shared_quota", "first") == "first":
                rows = [row for row in rows if row["place"][0] == 0]
            if self.rules.get("late_proof") == "points_only":
                since = min(first_day(period), first_day((self.length, number)))
                rows = [row for row in rows if row["on"] >= since]
            if period[0] < self.length:
                days = {row["id"]: self.day_in(row, sheet) for row in rows}
                if items:
                    begin = {}
                    for row in rows:
                        begin[group(row)] = min(begin.get(group(row), dt.date.max), days[row["id"]])
                    taken = {key for key, day in begin.items() if day < first_day(period)}
                rows = [row for row in rows if first_day(period) <= days[row["id"]] <= last_day(period)]
            for row in rows:
                if due is None or row["happened"] <= due:
                    found.add(group(row) if items else row["id"])
        return found - taken

    def day_in(self, row, sheet):
        if first_day(sheet) <= row["on"] <= last_day(sheet):
            return row["on"]
        return min(max(row["arrived"], first_day(sheet)), last_day(sheet))

    def excused(self, name, period):
        found = []
        rule = self.rules.get("exemptions")
        for each in self.exemptions:
            if rule is None or each["reason"] not in rule["reasons"]:
                continue
            if each["approved_by"] not in listed(rule["approved_by"]) or each.get("quota", "") not in (
                "",
                name,
            ):
                continue
            whole = each["start"] <= first_day(period) and last_day(period) <= each["end"]
            inside = first_day(period) <= each["start"] and each["end"] <= last_day(period)
            if whole:
                found.append({"submit": each.get("submit"), "publish": each.get("publish")})
            elif inside and (each.get("submit") is not None or each.get("publish") is not None):
                found.append({"submit": each.get("submit") or 0, "publish": each.get("publish") or 0})
        return found

    # 6 to 10. Sheets

    def sheets(self, first, last):
        """Return the sheets from the first to the last period, as dicts."""
        first, last = period_of(self.length, first), period_of(self.length, last)
        state = {"missed": {}, "year": {}, "limits": {}, "sums": {}}
        return [self.sheet((self.length, number), first, state) for number in range(first[1], last[1] + 1)]

    def sheet(self, sheet, first, state):
        judged = self.judged(sheet, first)
        calls, factors, once = self.escalate(judged, state)
        lines = {}
        for name, rule in self.rules["rules"].items():
            lines[name] = self.rule(name, rule, sheet, first, judged, factors, state)
        points = sum(lines.values(), D(0)) + sum(once, D(0))
        for index, limit in enumerate(listed(self.rules.get("limits", []))):
            held = sum((lines[each] for each in listed(limit["rules"])), D(0)) if "rules" in limit else points
            points += self.hold(held, limit, sheet, ("joint", index), state) - held
        for rule in self.rules["rules"].values():
            if "veto" in rule and self.matching_now(rule["veto"]["of"], sheet):
                points = min(points, D(rule["veto"].get("total", 0)))
        outcomes = together(judged)
        last = [each for each in judged if each["end"] == judged[-1]["end"]] if judged else []
        return {
            "points": points,
            "lines": lines,
            "outcome": outcomes,
            "missed": dict(state["missed"]),
            "calls": calls,
            "fulfilled": together(last) == "met",
            "grade": self.grade(points, sheet, state),
        }

    def matching_now(self, rows, sheet):
        return [row for row in self.matching(rows, self.up_to(sheet)) if row["posted"] == sheet]

    def escalate(self, judged, state):
        calls, factors, once = [], [], []
        for name, rule in self.rules.get("escalation", {}).items():
            state["missed"].setdefault(name, 0)
            mine = [each for each in judged if "quotas" not in rule or each["name"] in listed(rule["quotas"])]
            for end in sorted({each["end"] for each in mine}):
                count = self.one_more(name, rule, [each for each in mine if each["end"] == end], end, state)
                if count == rule["after"] and "talk" in rule:
                    calls.append((name, rule["talk"], count))
                if count == rule["after"] and rule.get("points"):
                    once.append(half_up(rule["points"], self.digits))
                if count >= rule["after"] and "multiply" in rule:
                    factors.append((rule["after"], D(rule["multiply"]), listed(rule.get("rules", [])), end))
        return calls, factors, once

    def one_more(self, name, rule, judged, end, state):
        """Return how many periods are missed with this one; 0 where it is not."""
        outcome = together(judged)
        counts = [count for each in judged if each["outcome"] != "exempt" for count in each["count"].values()]
        if rule.get("missed") == "nothing" and outcome == "missed" and any(counts):
            outcome = "met"
        if rule.get("counting") == "year" and state["year"].get(name) != end.year:
            state["missed"][name], state["year"][name] = 0, end.year
        if outcome == "met" and rule.get("counting", "consecutive") == "consecutive":
            state["missed"][name] = 0
        if outcome != "missed":
            return 0
        state["missed"][name] += 1
        return state["missed"][name]

    def factor(self, name, rule, factors, end=None):
        fitting = [
            each
            for each in factors
            if (name in each[2] or (not each[2] and "short" in rule)) and (end is None or each[3] == end)
        ]
        if not fitting:
            return None
        return max(fitting, key=lambda each: each[:2])[1]

    def rule(self, name, rule, sheet, first, judged, factors, state):
        kind = next(key for key in rule if key in KINDS)
        what = rule[kind]
        steps = getattr(self, f"_{kind}")(what, sheet, first, judged, (name, rule, factors))
        points = sum(steps, D(0))
        if kind != "short":
            factor = self.factor(name, rule, factors)
            if factor is not None:
                points = half_up(points * factor, self.digits)
        if "weight" in rule:
            points = half_up(points * D(rule["weight"]), self.digits)
        for index, limit in enumerate(listed(rule.get("limits", []))):
            points = self.hold(points, limit, sheet, (name, index), state)
        return points

    def hold(self, points, limit, sheet, key, state):
        length = LENGTH[limit.get("every", self.rules["every"])]
        whole = period_of(length, last_day(sheet))
        before = state["limits"].get((key, whole), D(0)) if length > self.length else D(0)
        after = before + points
        if "at_most" in limit:
            after = min(after, D(limit["at_most"]))
        if "at_least" in limit:
            after = max(after, D(limit["at_least"]))
        state["limits"][key, whole] = after
        return after - before

    def grade(self, points, sheet, state):
        grades = self.rules.get("grades")
        for length in LENGTH.values():
            whole = period_of(length, last_day(sheet))
            state["sums"][whole] = state["sums"].get(whole, D(0)) + points
        if grades is None:
            return None
        whole = period_of(LENGTH[grades.get("every", self.rules["every"])], last_day(sheet))
        if last_day(whole) != last_day(sheet):
            return None
        return next((i for i, band in enumerate(grades["bands"]) if within(state["sums"][whole], band)), None)

    # 7. Rules

    def _fixed(self, what, sheet, first, judged, named):
        if what.get("exempt", True) is False and together(judged) == "exempt":
            return []
        return [half_up(what["points"], self.digits)]

    def _met(self, what, sheet, first, judged, named):
        mine = [each for each in judged if "quotas" not in what or each["name"] in listed(what["quotas"])]
        if what.get("apart"):
            groups = [[each] for each in mine]
        else:
            groups = [
                [each for each in mine if each["end"] == end] for end in sorted({e["end"] for e in mine})
            ]
        return [half_up(self.met_points(what, these), self.digits) for these in groups]

    def met_points(self, what, these):
        outcome = together(these)
        points = D(what.get("points", 0))
        if outcome == "exempt":
            return D(what.get("exempt", 0))
        if outcome == "met":
            if what.get("on_time") and not all(each["on_time"] for each in these):
                return D(0)
            beyond = 0
            for each in these:
                for part, asked in each["asked"].items():
                    beyond += max(0, each["count"][part] - asked)
            return points + D(what.get("extra", 0)) * min(beyond, what.get("extra_most", beyond))
        missed = D(what.get("missed", 0))
        if what.get("partly"):
            asked = sum(sum(each["asked"].values()) for each in these)
            got = sum(min(each["asked"][p], each["count"][p]) for each in these for p in each["asked"])
            return points * got / asked + missed
        return missed

    def _short(self, what, sheet, first, judged, named):
        steps = []
        for each in judged:
            if each["outcome"] != "missed" or (
                "quotas" in what and each["name"] not in listed(what["quotas"])
            ):
                continue
            points = D(0)
            for part in each["asked"]:
                points += max(0, each["asked"][part] - each["count"][part]) * D(what.get(part, 0))
            points = half_up(points, self.digits)
            name, rule, factors = named
            factor = self.factor(name, rule, factors, each["end"])
            steps.append(points if factor is None else half_up(points * factor, self.digits))
        return steps

    def _total(self, what, sheet, first, judged, named):
        count = self.added_up(what["of"], what, sheet, first)
        if count is None:
            return []
        band = next((each for each in listed(what["bands"]) if within(Fraction(count), each)), None)
        return [half_up(band["points"], self.digits)] if band else []

    def _rate(self, what, sheet, first, judged, named):
        of = self.added_up(what["of"], {"count": "items", **what}, sheet, first)
        to = self.added_up(what["to"], {"count": "items", **what}, sheet, first)
        if not to:
            return []
        band = next((each for each in listed(what["bands"]) if within(Fraction(100 * of, to), each)), None)
        return [half_up(band["points"], self.digits)] if band else []

    def added_up(self, rows, what, sheet, first):
        """Return how many there are in the whole period; None where it does not end with the sheet."""
        whole = period_of(LENGTH[what.get("every", self.rules["every"])], last_day(sheet))
        if last_day(whole) != last_day(sheet):
            return None
        items = what.get("count", "entries") == "items"
        start = max(first[1], period_of(self.length, first_day(whole))[1])
        count = 0
        for number in range(start, sheet[1] + 1):
            found = self.fresh(rows, items, (self.length, number))
            count += len({group(row) for row in found}) if items else len(found)
        return count

    def _veto(self, what, sheet, first, judged, named):
        return []

    def _late(self, what, sheet, first, judged, named):
        steps = []
        for row in self.matching_now(what["of"], sheet):
            if "due" in what:
                limit = due_day(what["due"], period_of(self.length, row["on"]))
            elif row["values"].get(what["deadline"]):
                limit = dt.date.fromisoformat(row["values"][what["deadline"]])
            else:
                continue
            days = (row["happened"] - limit).days
            if days > 0:
                points = D(what["points"]) * (days if what.get("per_day") else 1)
                if "at_least" in what:
                    points = max(points, D(what["at_least"]))
                steps.append(half_up(points, self.digits))
        return steps

    # 8. Each row

    def _each(self, what, sheet, first, judged, named):
        before = (sheet[0], sheet[1] - 1)
        looks = "several" in what or any(
            key in condition
            for condition in [what, *what.get("scale", []), *listed(what.get("times", []))]
            for key in ("followed_by", "not_followed_by")
        )
        if looks:
            now, then = self.values(what, self.up_to(sheet)), self.values(what, self.up_to(before))
            items = {key: now.get(key, D(0)) - then.get(key, D(0)) for key in [*now, *then]}
            items = {key: value for key, value in items.items() if value or key not in then}
        else:
            items = self.values(what, self.up_to(sheet), only=sheet)
        points = list(items.values())
        if "most" in what:
            points = sorted(points, reverse=True)[: what["most"]]
        return points

    def values(self, what, known, only=None):
        """Return the points of every item by all the rows that are known."""
        groups = {}
        for row in self.matching(what, known):
            if only is not None and row["posted"] != only:
                continue
            worth = self.worth(what, row, known)
            if worth is not None:
                groups.setdefault(group(row) if "several" in what else row["id"], []).append((row, *worth))
        return {key: self.item(what, rows) for key, rows in groups.items()}

    def worth(self, what, row, known):
        line = None
        if "scale" in what:
            line = next((each for each in what["scale"] if self.fits(row, each, what["kind"], known)), None)
            if line is None:
                return None
            worth = D(line["points"])
            if "per" in line:
                worth *= self.number(row, line["per"]) or 0
        else:
            worth = D(what["points"])
        for times in listed(what.get("times", [])):
            if self.fits(row, times, what["kind"], known):
                worth *= D(times["by"])
        return worth, bool(line and line.get("undivided"))

    def item(self, what, rows):
        if "several" in what:
            rows = self.chosen(what["several"], rows)
        total = D(0)
        for row, worth, undivided in rows:
            part = Fraction(1)
            if not undivided:
                part = self.part(what.get("split", self.rules.get("shares")), *row["place"])
            exact = Fraction(worth) * part
            total += half_up(D(exact.numerator) / D(exact.denominator), self.digits)
        return total

    def chosen(self, several, rows):
        order = listed(several.get("order", []))

        def rank(each):
            row, worth, _undivided = each
            value = row["values"].get(several.get("one_per"))
            place = order.index(value) if value in order else len(order)
            return place, -worth, row["happened"], str(row["id"])

        kept, values, total = [], [], D(0)
        for row, worth, undivided in sorted(rows, key=rank):
            value = row["values"].get(several.get("one_per"))
            if "one_per" in several and value in values:
                continue
            if "best" in several and len(kept) == several["best"]:
                continue
            if kept and "further" in several:
                worth *= D(several["further"])
            if "at_most" in several:
                worth = min(worth, D(several["at_most"]) - total)
            total += worth
            values.append(value)
            kept.append((row, worth, undivided))
        return kept

    # 9. Commissions

    def _answer(self, what, sheet, first, judged, named):
        before = (sheet[0], sheet[1] - 1)
        steps = []
        for row in self.matching(what["of"], self.up_to(sheet)):
            now = self.standing(what, row, self.up_to(sheet), last_day(sheet))
            then = D(0)
            if row["posted"] <= before:
                then = self.standing(what, row, self.up_to(before), last_day(before))
            if now - then:
                steps.append(half_up(now - then, self.digits))
        return steps

    def standing(self, what, row, known, end):
        value = row["values"].get(what["deadline"])
        deadline = dt.date.fromisoformat(value) if value else None
        answers = [
            each["happened"]
            for each in known
            if each.get("about") == row["id"] and each["kind"] in listed(what["by"])
        ]
        if answers:
            return D(what.get("done" if deadline is None or min(answers) <= deadline else "late", 0))
        return D(what.get("missed", 0)) if deadline is not None and deadline <= end else D(0)


KINDS = ("fixed", "met", "short", "each", "total", "rate", "answer", "late", "veto")


def group(row):
    return row.get("about") or row["id"]


def together(judged):
    outcomes = [each["outcome"] for each in judged]
    if "missed" in outcomes:
        return "missed"
    if "met" in outcomes:
        return "met"
    return "exempt" if outcomes else "not_due"


def within(value, span):
    value = Fraction(value)
    above = "at_least" not in span or value >= Fraction(D(span["at_least"]))
    return above and ("below" not in span or value < Fraction(D(span["below"])))
