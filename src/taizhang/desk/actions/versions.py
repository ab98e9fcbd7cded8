"""Writing a version: the text with everything that approvals of it are given for, its hands and its findings."""

from taizhang.core.desk.content import Content, digest
from taizhang.core.desk.corrections import stretches
from taizhang.desk import checking
from taizhang.desk.actions.acting import MAX_REASON, Hands
from taizhang.desk.models import Finding, Hand, Manuscript, Round, Station, Version
from taizhang.desk.queries import Way


def digest_of(manuscript: Manuscript, content: Content) -> str:
    """Return what approvals of this content are given for."""
    return digest(content, manuscript=str(manuscript.pk), type_=manuscript.type, unit=manuscript.unit.code)


def put_version(
    way: Way,
    round_: Round,
    content: Content,
    hands: Hands,
    *,
    reason: str,
    editors: list[int],
    station: Station | None = None,
) -> Version:
    """Write the next version: a correction in proof where there is a ``station``, else what was submitted."""
    newest = way.versions[-1] if way.versions else None
    rest = {key: value for key, value in content.as_json().items() if key not in ("title", "body")}
    version = Version(
        manuscript=way.manuscript,
        round=round_,
        number=(newest.number if newest else 0) + 1,
        base=newest,
        station=station,
        reopens_from=station.reopens_from if station else 1,
        title=content.title,
        body=content.body,
        content=rest,
        embargo=content.embargo,
        digest=digest_of(way.manuscript, content),
        reason=reason.strip()[:MAX_REASON],
        changes=_changes(newest, content) if station and newest else None,
        **hands.signed,
    )
    version.save(force_insert=True)
    _add_hands(version, content, editors=editors, corrector=hands.person.pk if station else None)
    Finding.objects.bulk_create(
        Finding(
            version=version,
            key=one.key,
            gate=one.gate,
            code=one.code,
            rank=one.rank,
            start=one.start,
            end=one.end,
            quote=one.quote,
            said=dict(one.said),
        )
        for one in checking.findings(content)
    )
    hands.book.sign("desk.correct" if station else "desk.submit", version)
    return version


def _changes(base: Version, content: Content) -> list[tuple[str, int, int, str]]:
    return [
        (part, stretch.start, stretch.removed, stretch.put)
        for part, before, after in (("title", base.title, content.title), ("body", base.body, content.body))
        for stretch in reversed(stretches(before, after))
    ]


def _add_hands(version: Version, content: Content, *, editors: list[int], corrector: int | None) -> None:
    rows = [
        Hand(
            version=version,
            manuscript_id=version.manuscript_id,
            person_id=share.person,
            how=Hand.How.AUTHOR,
            part=share.part,
        )
        for share in content.shares
    ]
    if corrector is not None:
        marked = {Hand.How.CORRECTOR: {corrector}}
    else:
        marked = {Hand.How.EDITOR: {*editors, version.person_id}}
    rows += [
        Hand(version=version, manuscript_id=version.manuscript_id, person_id=person, how=how)
        for how, people in marked.items()
        for person in sorted(people)
    ]
    Hand.objects.bulk_create(rows)
