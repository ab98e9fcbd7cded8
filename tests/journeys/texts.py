"""Texts taken through their stations in a home of the sample year.

``python -m tests.journeys.texts passed TITLE`` makes one that may be released; ``… attacks`` releases those that want
to be run, and prints their numbers.
"""

import os
import sys
from collections.abc import Callable
from decimal import Decimal
from typing import Any

AT_ONCE = 9
SITTERS = ("section", "proofreader", "head")


def main() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "taizhang.settings"
    import django

    django.setup()
    from taizhang.core.desk.content import Content
    from taizhang.publication.tests.attacks import ATTACKS

    if sys.argv[1] == "passed":
        print(passed(Content(title=sys.argv[2], body="<p>明年一月起，窗口服务时间有所调整。</p>")).number)
        return
    kept = [attack.replace("\x00", "").encode("utf-8", "ignore").decode() for attack in ATTACKS]
    for start in range(0, len(kept), AT_ONCE):
        print(released((kept * 2)[start : start + AT_ONCE]))


def do(name: str, act: Callable[..., Any], **more: Any) -> Any:
    """Do something as somebody, in a book of its own."""
    from taizhang.journal import clock
    from taizhang.journal.actions import open_book
    from taizhang.org.models import Account

    account = Account.objects.get(username=name)
    with open_book(now=clock.now(), actor=account.signature) as book:
        return act(by=account, book=book, **more)


def passed(content: Any) -> Any:
    """Return a text of the clerk's that every station of the short line approved."""
    from dataclasses import replace

    from taizhang.core.desk.content import Share
    from taizhang.desk import actions
    from taizhang.org.models import Account, RoleAssignment

    unit = RoleAssignment.objects.get(person__account__username="section", role="section_head").unit
    author = Account.objects.get(username="clerk").person_id
    content = replace(content, shares=(Share(author, Decimal(1)),), channels=("site",))
    text = do("clerk", actions.start, unit=unit, type_="notice", content=content)
    version = do("clerk", actions.submit, manuscript=text, on=1)
    for name, station in zip(SITTERS, version.round.stations.all(), strict=True):
        if station.does == "proof":
            for key in version.findings.values_list("key", flat=True).distinct():
                do(
                    name,
                    actions.decide,
                    manuscript=text,
                    key=key,
                    choice="keep",
                    reason="试验",
                    seen=version.digest,
                )
        do(name, actions.approve, manuscript=text, station=station, opinion="同意", seen=version.digest)
    return text


def released(attacks: list[str]) -> str:
    """Release one text that is made of attacks; return its number."""
    from taizhang.core.desk.content import Attachment, Content, Picture
    from taizhang.desk import actions
    from taizhang.documents.tests.test_pictures import png
    from taizhang.ledger import store

    shown, attached = store.keep([png()]), store.keep([b"<script>window.hit=1</script>"])
    text = passed(
        Content(
            title=f"题 {attacks[0]}"[:300],
            body="<p>正文</p>"
            + "".join(f"<p>{attack}</p><div>{attack}</div>" for attack in attacks)
            + f'<p><img src="picture:{shown.sha256}"></p>',
            byline=attacks[1],
            pictures=(Picture(shown.sha256, attacks[2], attacks[3], "image/png"),),
            attachments=tuple(
                Attachment(attached.sha256, f"{attack}.html", "text/html", attached.size)
                for attack in attacks
            ),
        )
    )
    seen = text.versions.get().digest
    do("clerk", actions.release, manuscript=text, channel="site", seen=seen)
    return str(text.number)


if __name__ == "__main__":
    main()
