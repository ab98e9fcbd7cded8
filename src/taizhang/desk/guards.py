"""The rule, once more, in the database: rows that break it are refused whoever writes them.

The same conditions on both databases, in SQL that both read alike (docs/algorithms/desk.md says them in words).
``NEW`` is the row to come. An approval *stands* when nothing after it voided it.
"""

from taizhang.journal.guard import Rule, Trigger, triggers_of

CONTAINS = {"sqlite": "instr({text}, {word}) > 0", "postgresql": "strpos({text}, {word}) > 0"}
CHANNELS = {
    "sqlite": "EXISTS (SELECT 1 FROM json_each(v.content, '$.channels') c WHERE c.value = {channel})",
    "postgresql": "v.content -> 'channels' ? {channel}",
}

CHANGES = {
    "sqlite": """SELECT e.key, json_extract(e.value, '$[0]'), json_extract(e.value, '$[1]'),
  json_extract(e.value, '$[2]'), json_extract(e.value, '$[3]')
  FROM json_each(NEW.changes) e WHERE instr(json_extract(e.value, '$[3]'), char(0)) = 0""",
    "postgresql": """SELECT e.n - 1, e.value ->> 0, (e.value ->> 1)::int, (e.value ->> 2)::int, e.value ->> 3
  FROM jsonb_array_elements(NEW.changes) WITH ORDINALITY e(value, n)""",
}
COUNT_OF_CHANGES = {
    "sqlite": "json_array_length(NEW.changes)",
    "postgresql": "jsonb_array_length(NEW.changes)",
}

CORRECTED = """EXISTS (WITH RECURSIVE change(n, part, start, removed, put) AS ({changes}),
 made(n, title, body, size) AS (
  SELECT 0, CAST(b.title AS text), b.body, 0 FROM desk_version b WHERE b.id = NEW.base_id
   AND b.round_id = NEW.round_id AND b.number = NEW.number - 1 AND b.content = NEW.content
  UNION ALL SELECT made.n + 1,
   CASE c.part WHEN 'title' THEN substr(made.title, 1, c.start) || c.put || substr(made.title, c.start + c.removed + 1)
    ELSE made.title END,
   CASE c.part WHEN 'body' THEN substr(made.body, 1, c.start) || c.put || substr(made.body, c.start + c.removed + 1)
    ELSE made.body END,
   made.size + CASE WHEN c.removed > length(c.put) THEN c.removed ELSE length(c.put) END
  FROM made JOIN change c ON c.n = made.n WHERE c.start >= 0 AND c.removed >= 0)
 SELECT 1 FROM made JOIN desk_round r ON r.id = NEW.round_id WHERE made.n = {count}
  AND made.title = NEW.title AND made.body = NEW.body AND made.size <= r.corrects_at_most)"""
"""The changes that a correction tells lead from its base to it, and are no more than its line allows."""

LINE_OF = {
    "sqlite": "substr(a.id, 1, 8) || '-' || substr(a.id, 9, 4) || '-' || substr(a.id, 13, 4) || '-' || "
    "substr(a.id, 17, 4) || '-' || substr(a.id, 21)",
    "postgresql": "a.id::text",
}

STANDS = """{act}.what = 'approve' AND {act}.station_id = {station}.id AND {act}.round_id = {station}.round_id
 AND NOT EXISTS (SELECT 1 FROM desk_act x WHERE x.round_id = {act}.round_id AND x.number > {act}.number
  AND x.what IN ('submit', 'return', 'recall'))
 AND NOT EXISTS (SELECT 1 FROM desk_version w JOIN desk_version k ON k.id = {act}.version_id
  WHERE w.manuscript_id = {act}.manuscript_id AND w.number > k.number AND {unless}w.reopens_from <= {station}."order")"""

ABOVE = """(WITH RECURSIVE above(id) AS (SELECT m.unit_id FROM desk_manuscript m WHERE m.id = {act}.manuscript_id
  UNION SELECT u.parent_id FROM org_unit u JOIN above ON u.id = above.id WHERE u.parent_id IS NOT NULL)
  SELECT id FROM above)"""

HELD_THEN = "{row}.since <= {act}.day AND ({row}.until IS NULL OR {row}.until >= {act}.day)"

ENTITLED = f"""(EXISTS (SELECT 1 FROM desk_seat q JOIN org_roleassignment r ON r.id = {{act}}.assignment_id
  WHERE q.station_id = {{act}}.station_id AND q.name = r.role AND r.person_id = {{act}}.person_id
  AND {HELD_THEN.format(row="r", act="{act}")}
  AND (q.how = 'anywhere' OR (q.how = 'role' AND r.unit_id IN {ABOVE})))
 OR EXISTS (SELECT 1 FROM desk_seat q JOIN org_membership g ON g.id = {{act}}.membership_id
  WHERE q.station_id = {{act}}.station_id AND q.how = 'group' AND q.name = g."group"
  AND g.person_id = {{act}}.person_id AND {HELD_THEN.format(row="g", act="{act}")})
 OR EXISTS (SELECT 1 FROM desk_seat q JOIN org_person p ON p.id = {{act}}.person_id
  WHERE q.station_id = {{act}}.station_id AND q.how = 'person' AND q.name = p.code
  AND {{act}}.assignment_id IS NULL AND {{act}}.membership_id IS NULL))"""

HAND = """(EXISTS (SELECT 1 FROM desk_hand h WHERE h.manuscript_id = {act}.manuscript_id
  AND h.person_id = {act}.person_id AND h.how <> 'corrector')
 OR EXISTS (SELECT 1 FROM desk_manuscript m WHERE m.id = {act}.manuscript_id AND m.creator_id = {act}.person_id)
 OR EXISTS (SELECT 1 FROM desk_hand h JOIN desk_station s ON s.id = {act}.station_id
  WHERE h.manuscript_id = {act}.manuscript_id AND h.person_id = {act}.person_id AND h.how = 'corrector'
  AND s.does <> 'proof'))"""

DONE = """(EXISTS (SELECT 1 FROM desk_release d WHERE d.round_id = {row}.round_id)
 OR EXISTS (SELECT 1 FROM desk_withdrawal d WHERE d.round_id = {row}.round_id))"""

NOT_ABOUT = """NOT EXISTS (SELECT 1 FROM desk_version v WHERE v.id = NEW.version_id
  AND v.manuscript_id = NEW.manuscript_id AND v.round_id = NEW.round_id AND v.digest = NEW.digest)"""

NOT_NEWEST = """EXISTS (SELECT 1 FROM desk_version v JOIN desk_version n ON n.manuscript_id = v.manuscript_id
  WHERE v.id = NEW.version_id AND n.number > v.number)"""

NOT_NEWEST_ROUND = """EXISTS (SELECT 1 FROM desk_round r JOIN desk_round n ON n.manuscript_id = r.manuscript_id
  WHERE r.id = NEW.round_id AND n.number > r.number)"""

SITS = "NEW.what IN ('approve', 'return', 'correct')"


def triggers(vendor: str) -> list[Trigger]:
    """Return the triggers by which the database refuses what breaks the rule."""
    return triggers_of(rules(vendor), vendor)


def rules(vendor: str) -> list[Rule]:
    """Return everything that the database refuses of the desk."""
    return [*_rounds(), *_versions(vendor), *_acts(vendor), *_decisions(), *_releases(vendor)]


def _rounds() -> list[Rule]:
    return [
        Rule(
            "desk_round",
            "order",
            "NEW.number <> (SELECT COALESCE(MAX(r.number), 0) + 1 FROM desk_round r "
            "WHERE r.manuscript_id = NEW.manuscript_id)",
            "rounds are numbered through",
        ),
        Rule(
            "desk_round",
            "after",
            "EXISTS (SELECT 1 FROM desk_round r WHERE r.manuscript_id = NEW.manuscript_id AND NOT EXISTS "
            "(SELECT 1 FROM desk_release d WHERE d.round_id = r.id) AND NOT EXISTS "
            "(SELECT 1 FROM desk_withdrawal d WHERE d.round_id = r.id))",
            "a round begins when the one before is done",
        ),
        Rule(
            "desk_station",
            "settled",
            "EXISTS (SELECT 1 FROM desk_version v WHERE v.round_id = NEW.round_id)",
            "the stations of a round are settled",
        ),
        Rule(
            "desk_seat",
            "settled",
            "EXISTS (SELECT 1 FROM desk_station s JOIN desk_version v ON v.round_id = s.round_id "
            "WHERE s.id = NEW.station_id)",
            "the stations of a round are settled",
        ),
    ]


def _versions(vendor: str) -> list[Rule]:
    corrected = CORRECTED.format(changes=CHANGES[vendor], count=COUNT_OF_CHANGES[vendor])
    return [
        Rule(
            "desk_version",
            "order",
            "NEW.number <> (SELECT COALESCE(MAX(v.number), 0) + 1 FROM desk_version v "
            "WHERE v.manuscript_id = NEW.manuscript_id)",
            "versions are numbered through",
        ),
        Rule(
            "desk_version",
            "done",
            DONE.format(row="NEW"),
            "what is released is changed by a round of its own",
        ),
        Rule("desk_version", "round", NOT_NEWEST_ROUND, "a newer round has begun"),
        Rule(
            "desk_version",
            "station",
            "NEW.station_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM desk_station s WHERE s.id = NEW.station_id "
            "AND s.round_id = NEW.round_id AND s.does = 'proof' AND NEW.reopens_from <= s.reopens_from)",
            "only a proof corrects, and re-opens what its line says",
        ),
        Rule(
            "desk_version",
            "changes",
            f"NEW.station_id IS NOT NULL AND NOT {corrected}",
            "a correction changes title and body, and no more characters than its line allows",
        ),
    ]


def _acts(vendor: str) -> list[Rule]:
    stands = STANDS.format(act="a", station="t", unless="")
    before_correction = STANDS.format(act="a", station="t", unless="w.id <> NEW.version_id AND ")
    return [
        Rule("desk_act", "text", NOT_ABOUT, "it is not about a text of this round"),
        Rule("desk_act", "newest", NOT_NEWEST, "a newer text is there"),
        Rule("desk_act", "round", NOT_NEWEST_ROUND, "a newer round has begun"),
        Rule("desk_act", "done", DONE.format(row="NEW"), "the round is done"),
        Rule(
            "desk_act",
            "order",
            "NEW.number <> (SELECT COALESCE(MAX(a.number), 0) + 1 FROM desk_act a "
            "WHERE a.manuscript_id = NEW.manuscript_id)",
            "acts are numbered through",
        ),
        Rule(
            "desk_act",
            "time",
            "EXISTS (SELECT 1 FROM desk_act a WHERE a.manuscript_id = NEW.manuscript_id AND a.at > NEW.at)",
            "it is earlier than the act before it",
        ),
        Rule(
            "desk_act",
            "edit",
            "NEW.what = 'submit' AND NOT EXISTS (SELECT 1 FROM desk_version v JOIN desk_hand h ON h.version_id = v.id "
            "WHERE v.id = NEW.version_id AND v.station_id IS NULL AND h.person_id = NEW.person_id)",
            "who submits is among its hands",
        ),
        Rule(
            "desk_act",
            "recall",
            f"NEW.what = 'recall' AND NOT {HAND.format(act='NEW')}",
            "only its hands take a text back",
        ),
        *_at_a_station(stands, before_correction, vendor),
        *_approvals(),
    ]


def _at_a_station(stands: str, before_correction: str, vendor: str) -> list[Rule]:
    """What holds for approving, sending back and correcting alike."""
    order = 't."order" {op} s."order"'
    kept_apart = " OR ".join(
        CONTAINS[vendor].format(
            text=f"CAST({one}.apart_from AS text)", word=f"""'"' || {other}.code || '"'"""
        )
        for one, other in (("s", "t"), ("t", "s"))
    )
    return [
        Rule(
            "desk_act",
            "station",
            f"{SITS} AND NOT EXISTS (SELECT 1 FROM desk_station s WHERE s.id = NEW.station_id "
            "AND s.round_id = NEW.round_id)",
            "the station is of another round",
        ),
        Rule(
            "desk_act",
            "way",
            f"{SITS} AND COALESCE((SELECT MAX(a.number) FROM desk_act a WHERE a.round_id = NEW.round_id "
            "AND a.what = 'submit'), 0) <= COALESCE((SELECT MAX(a.number) FROM desk_act a "
            "WHERE a.round_id = NEW.round_id AND a.what IN ('return', 'recall')), 0)",
            "the text is with its authors",
        ),
        Rule(
            "desk_act",
            "brought",
            "NEW.what IN ('approve', 'return') AND NOT EXISTS (SELECT 1 FROM desk_act a "
            "WHERE a.version_id = NEW.version_id AND a.what IN ('submit', 'correct'))",
            "the text was never submitted",
        ),
        *(
            Rule(
                "desk_act",
                f"{name}_{what}",
                f"NEW.what {in_} AND {has} (SELECT 1 FROM desk_station s JOIN desk_station t "
                f"ON t.round_id = s.round_id AND {order.format(op=op)} WHERE s.id = NEW.station_id AND {not_} EXISTS "
                f"(SELECT 1 FROM desk_act a WHERE {condition}))",
                why,
            )
            for what, in_, condition in (
                ("sit", "IN ('approve', 'return')", stands),
                ("correct", "= 'correct'", before_correction),
            )
            for name, has, op, not_, why in (
                ("next", "EXISTS", "<", "NOT", "an earlier station has not approved"),
                ("once", "EXISTS", "=", "", "the station approved already"),
            )
        ),
        Rule(
            "desk_act", "entitled", f"{SITS} AND NOT {ENTITLED.format(act='NEW')}", "no seat at this station"
        ),
        Rule(
            "desk_act",
            "hand",
            f"{SITS} AND {HAND.format(act='NEW')}",
            "whoever wrote a text does not review it",
        ),
        Rule(
            "desk_act",
            "level",
            f"{SITS} AND EXISTS (SELECT 1 FROM desk_station s, desk_act a JOIN desk_station t ON t.id = a.station_id "
            "WHERE s.id = NEW.station_id AND s.does = 'review' AND a.round_id = NEW.round_id "
            "AND a.person_id = NEW.person_id AND a.what IN ('approve', 'return') AND t.does = 'review' "
            "AND t.level <> s.level)",
            "nobody sits at two levels",
        ),
        Rule(
            "desk_act",
            "apart",
            f"{SITS} AND EXISTS (SELECT 1 FROM desk_station s, desk_act a JOIN desk_station t ON t.id = a.station_id "
            "WHERE s.id = NEW.station_id AND a.round_id = NEW.round_id AND a.person_id = NEW.person_id "
            f"AND a.what IN ('approve', 'return') AND ({kept_apart}))",
            "the stations are kept apart",
        ),
        Rule(
            "desk_act",
            "corrector",
            "NEW.what = 'correct' AND (NOT EXISTS (SELECT 1 FROM desk_version v WHERE v.id = NEW.version_id "
            "AND v.station_id = NEW.station_id AND v.person_id = NEW.person_id) OR EXISTS (SELECT 1 FROM desk_act a "
            "JOIN desk_station t ON t.id = a.station_id WHERE a.person_id = NEW.person_id AND t.does <> 'proof' "
            f"AND {before_correction}))",
            "a correction is made at its proof, by none who approved the text",
        ),
    ]


UNDECIDED = """EXISTS (SELECT 1 FROM desk_finding f WHERE f.version_id = NEW.version_id
 AND f.rank <= (SELECT MAX(CASE f.gate WHEN 'text' THEN t.gate_text WHEN 'number' THEN t.gate_number
  ELSE t.gate_logic END) FROM desk_station t WHERE t.round_id = NEW.round_id{upto})
 AND NOT EXISTS (SELECT 1 FROM desk_findingdecision d WHERE d.version_id = f.version_id AND d.key = f.key
  AND d.choice = 'keep' AND NOT EXISTS (SELECT 1 FROM desk_findingdecision e WHERE e.version_id = f.version_id
  AND e.key = f.key AND e.id > d.id)))"""


def _approvals() -> list[Rule]:
    upto = ' AND t."order" <= (SELECT s."order" FROM desk_station s WHERE s.id = NEW.station_id)'
    return [
        Rule(
            "desk_act",
            "findings",
            f"NEW.what = 'approve' AND {UNDECIDED.format(upto=upto)}",
            "a finding is not decided",
        ),
        Rule(
            "desk_act",
            "said",
            "NEW.what = 'approve' AND EXISTS (SELECT 1 FROM desk_station s WHERE s.id = NEW.station_id "
            "AND ((s.needs_opinion AND TRIM(NEW.opinion) = '') OR (s.reads_aloud AND NOT NEW.read_aloud)))",
            "the opinion or the reading is missing",
        ),
        Rule("desk_act", "reason", "NEW.what = 'return' AND TRIM(NEW.opinion) = ''", "sending back says why"),
    ]


def _decisions() -> list[Rule]:
    return [
        Rule(
            "desk_findingdecision",
            "newest",
            NOT_NEWEST + " OR NOT EXISTS (SELECT 1 FROM desk_version v WHERE v.id = NEW.version_id "
            "AND v.digest = NEW.digest)",
            "a decision is about the newest text",
        ),
        Rule(
            "desk_findingdecision",
            "hand",
            "EXISTS (SELECT 1 FROM desk_version v JOIN desk_hand h ON h.manuscript_id = v.manuscript_id "
            "WHERE v.id = NEW.version_id AND h.person_id = NEW.person_id AND h.how <> 'corrector')",
            "whoever wrote a text does not decide its findings",
        ),
    ]


def _releases(vendor: str) -> list[Rule]:
    found = []
    for table, purposes in (("desk_release", "'publish', 'correct'"), ("desk_withdrawal", "'withdraw'")):
        channel = (
            "NEW.channel"
            if table == "desk_release"
            else "(SELECT d.channel FROM desk_release d WHERE d.id = NEW.release_id)"
        )
        listed = CHANNELS[vendor].format(channel=channel)
        found += [
            Rule(table, "text", NOT_ABOUT, "it is not a text of this round"),
            Rule(table, "newest", NOT_NEWEST, "a newer text is there"),
            Rule(table, "round", NOT_NEWEST_ROUND, "a newer round has begun"),
            Rule(
                table,
                "purpose",
                "NOT EXISTS (SELECT 1 FROM desk_round r WHERE r.id = NEW.round_id "
                f"AND r.manuscript_id = NEW.manuscript_id AND r.purpose IN ({purposes}) "
                "AND r.length = (SELECT COUNT(*) FROM desk_station t WHERE t.round_id = r.id))",
                "the round is for something else, or its stations are not whole",
            ),
            Rule(
                table,
                "channel",
                f"NOT EXISTS (SELECT 1 FROM desk_version v WHERE v.id = NEW.version_id AND {listed})",
                "the channel was not approved",
            ),
            Rule(
                table,
                "embargo",
                "EXISTS (SELECT 1 FROM desk_version v WHERE v.id = NEW.version_id AND v.embargo > NEW.at)",
                "it is too early",
            ),
            *_passed(table, vendor),
        ]
    return found


def _passed(table: str, vendor: str) -> list[Rule]:
    """Every station has an approval that stands, each given rightly, in order."""
    stands = STANDS.format(act="a", station="t", unless="")
    also = STANDS.format(act="b", station="u", unless="")
    of_round = "t.round_id = NEW.round_id"
    pair = (
        f"EXISTS (SELECT 1 FROM desk_station t, desk_act a, desk_station u, desk_act b WHERE {of_round} "
        f"AND u.round_id = NEW.round_id AND {stands} AND {also} AND {{broken}})"
    )
    return [
        Rule(
            table,
            "passed",
            f"EXISTS (SELECT 1 FROM desk_station t WHERE {of_round} AND NOT EXISTS "
            f"(SELECT 1 FROM desk_act a WHERE {stands}))",
            "a station has not approved this text",
        ),
        Rule(
            table,
            "last",
            f"NOT EXISTS (SELECT 1 FROM desk_station t JOIN desk_act a ON a.station_id = t.id WHERE {of_round} "
            f'AND t."order" = (SELECT MAX(l."order") FROM desk_station l WHERE l.round_id = NEW.round_id) '
            f"AND a.version_id = NEW.version_id AND a.digest = NEW.digest AND {stands})",
            "the last station approved another text",
        ),
        Rule(
            table,
            "entitled",
            f"EXISTS (SELECT 1 FROM desk_station t, desk_act a WHERE {of_round} AND {stands} "
            f"AND NOT {ENTITLED.format(act='a')})",
            "an approval is of somebody without a seat",
        ),
        Rule(
            table,
            "hand",
            f"EXISTS (SELECT 1 FROM desk_station t, desk_act a WHERE {of_round} AND {stands} AND {HAND.format(act='a')})",
            "an approval is of somebody who wrote the text",
        ),
        Rule(
            table,
            "level",
            pair.format(
                broken="a.person_id = b.person_id AND t.does = 'review' AND u.does = 'review' AND t.level <> u.level"
            ),
            "somebody approved at two levels",
        ),
        Rule(
            table,
            "order",
            pair.format(broken='t."order" < u."order" AND a.number > b.number'),
            "the approvals are out of order",
        ),
        Rule(table, "findings", UNDECIDED.format(upto=""), "a finding is not decided"),
        Rule(
            table,
            "signed",
            f"EXISTS (SELECT 1 FROM desk_station t, desk_act a WHERE {of_round} AND {stands} AND NOT EXISTS "
            f"(SELECT 1 FROM journal_line l WHERE l.object_type = 'desk.act' AND l.object_id = {LINE_OF[vendor]} "
            "AND l.action = 'desk.approve' AND l.actor = a.by AND l.at = a.at))",
            "an approval is not signed by the journal",
        ),
    ]
