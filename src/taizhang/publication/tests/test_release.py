"""The release page, schedules, addresses, packages, adoptions."""

import datetime as dt
import io
import zipfile

import docx
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from lxml import html

from taizhang.conftest import NOW
from taizhang.desk.models import Purpose, Release, Withdrawal
from taizhang.documents.tests.test_pictures import png
from taizhang.journal.verify import verify
from taizhang.ledger.models import Entry
from taizhang.org.models import RoleAssignment
from taizhang.publication import actions, scheduling
from taizhang.publication.models import Schedule
from taizhang.publication.tests.conftest import with_picture

MOST = 12
LATER = NOW + dt.timedelta(hours=3)
BOTH = ("site", "wechat")


@pytest.fixture
def as_(client_for, office):
    return client_for


def url(manuscript, tail: str = "") -> str:
    return f"/publication/{manuscript.pk}/{tail}"


def page(response):
    return html.fromstring(response.content.decode())


def send(client, manuscript, office, *, channels=("site",), when="now", **more):
    data = {"seen": office.seen(manuscript), "channels": channels, "when": when, **more}
    return client.post(url(manuscript), data)


def test_the_page_shows_exactly_what_becomes_public_and_its_digest(as_, office):
    manuscript = office.passed(**with_picture())
    shown = page(as_("publisher").get(url(manuscript)))
    assert office.seen(manuscript) in shown.text_content()
    assert shown.xpath("//section[@class='release-paper']//img/@alt") == ["启动现场"]
    picture = as_("publisher").get(shown.xpath("//section[@class='release-paper']//img/@src")[0])
    assert b"".join(picture.streaming_content) == png()


def test_released_at_once_it_is_public_counted_and_recorded_with_its_address(as_, office, reader):
    manuscript = office.passed(channels=BOTH)
    response = send(as_("publisher"), manuscript, office, channels=BOTH)
    assert response.status_code == 302
    assert reader.get(f"/public/{manuscript.number}/").status_code == 200
    released = {one.channel: one for one in manuscript.releases.all()}
    assert set(released) == set(BOTH)
    assert released["site"].address == f"http://testserver/public/{manuscript.number}/"
    assert released["wechat"].entry_id == released["site"].entry_id
    assert Entry.objects.filter(kind="information").count() == 1


def test_what_has_not_passed_is_not_released_and_the_page_says_why(as_, office):
    manuscript = office.start()
    office.submit(manuscript)
    office.approve(manuscript, "review1")
    client = as_("publisher")
    assert (
        "6 of 7 stations" in client.get(url(manuscript), headers={"accept-language": "en"}).content.decode()
    )
    response = send(client, manuscript, office)
    assert response.status_code == 409
    assert not Release.objects.exists()


@pytest.mark.parametrize("role", ["editor", "deputy", "head", "auditor"])
def test_who_may_not_release_does_not(as_, office, role):
    manuscript = office.passed()
    response = send(as_(role), manuscript, office)
    assert response.status_code in (403, 404)
    assert not Release.objects.exists()


def test_a_replayed_or_stale_form_releases_nothing_more(as_, office):
    manuscript = office.passed()
    client, seen = as_("publisher"), office.seen(manuscript)
    assert (
        client.post(url(manuscript), {"seen": seen, "channels": ["site"], "when": "now"}).status_code == 302
    )
    again = client.post(url(manuscript), {"seen": seen, "channels": ["site"], "when": "now"})
    assert again.status_code == 400
    other = office.passed(title="别的")
    wrong = client.post(url(other), {"seen": seen, "channels": ["site"], "when": "now"})
    assert wrong.status_code == 409
    assert Release.objects.count() == 1


def test_a_refused_form_keeps_what_was_typed(as_, office):
    manuscript = office.passed(channels=BOTH)
    response = send(
        as_("publisher"), manuscript, office, channels=["wechat"], **{"address-wechat": "mp.example"}
    )
    shown = page(response)
    assert response.status_code == 409
    assert shown.xpath("//input[@id='address-wechat']/@value") == ["mp.example"]
    assert shown.xpath("//input[@name='channels'][@checked]/@value") == ["wechat"]
    assert not Release.objects.exists()


def test_nothing_chosen_and_no_moment_are_said_at_their_place(as_, office):
    manuscript = office.passed()
    client = as_("publisher")
    assert send(client, manuscript, office, channels=[]).status_code == 400
    assert send(client, manuscript, office, when="later").status_code == 400
    assert send(client, manuscript, office, when="later", due_at="nonsense").status_code == 400
    assert send(client, manuscript, office, when="later", due_at="2020-01-01T10:00").status_code == 409
    assert not Schedule.objects.exists()


# At a moment


@pytest.fixture
def scheduled(as_, office):
    def do(**more):
        manuscript = office.passed(**more)
        response = send(as_("publisher"), manuscript, office, when="later", due_at="2023-11-20T13:00")
        assert response.status_code == 302
        return manuscript

    return do


def test_it_is_released_when_its_moment_has_come_and_not_before(scheduled, reader, now):
    manuscript = scheduled()
    assert list(scheduling.run()) == []
    assert reader.get(f"/public/{manuscript.number}/").status_code == 404
    now(LATER)
    assert [one.state for one in scheduling.run()] == ["released"]
    assert reader.get(f"/public/{manuscript.number}/").status_code == 200
    assert list(scheduling.run()) == []
    assert Release.objects.count() == 1
    assert [str(one.message) for one in verify()] == []


def test_an_edit_meanwhile_means_it_is_not_released_and_those_concerned_see_why(
    scheduled, office, reader, now, as_
):
    manuscript = scheduled()
    office.save(manuscript, office.content(title="改了"))
    office.submit(manuscript)
    now(LATER)
    assert [one.state for one in scheduling.run()] == ["refused"]
    assert not Release.objects.exists()
    assert reader.get(f"/public/{manuscript.number}/").status_code == 404
    for role in ("publisher", "editor"):
        for address in (url(manuscript), "/publication/", "/"):
            said = as_(role).get(address, headers={"accept-language": "en"}).content.decode()
            assert "The text changed since you opened it." in said, (role, address)
    assert list(scheduling.run()) == []


def test_who_lost_the_right_meanwhile_releases_nothing(scheduled, now):
    scheduled()
    RoleAssignment.objects.filter(role="publisher").update(until=NOW.date() - dt.timedelta(days=1))
    now(LATER)
    assert [one.state for one in scheduling.run()] == ["refused"]
    assert not Release.objects.exists()


def test_an_embargo_holds_until_its_moment(as_, office, now):
    embargo = NOW + dt.timedelta(hours=2)
    manuscript = office.passed(embargo=embargo)
    client = as_("publisher")
    assert send(client, manuscript, office).status_code == 409
    assert send(client, manuscript, office, when="later", due_at="2023-11-20T11:00").status_code == 409
    assert send(client, manuscript, office, when="later", due_at="2023-11-20T13:00").status_code == 302
    now(LATER)
    assert [one.state for one in scheduling.run()] == ["released"]


def test_a_cancelled_schedule_releases_nothing(scheduled, as_, now):
    scheduled()
    waiting = Schedule.objects.get()
    assert as_("editor").post(f"/publication/schedules/{waiting.pk}/cancel/").status_code == 403
    assert as_("publisher").post(f"/publication/schedules/{waiting.pk}/cancel/").status_code == 302
    now(LATER)
    assert list(scheduling.run()) == []
    assert not Release.objects.exists()


def test_a_release_by_hand_takes_the_schedule_with_it(scheduled, as_, office, now):
    manuscript = scheduled()
    assert send(as_("publisher"), manuscript, office).status_code == 302
    now(LATER)
    assert list(scheduling.run()) == []
    assert Release.objects.count() == 1
    assert Schedule.objects.get().state == "cancelled"


def test_one_schedule_waits_on_a_channel(scheduled, as_, office):
    manuscript = scheduled()
    response = send(as_("publisher"), manuscript, office, when="later", due_at="2023-11-21T13:00")
    assert response.status_code == 409
    assert Schedule.objects.count() == 1


def test_two_who_come_at_once_release_once(scheduled, now):
    scheduled()
    now(LATER)
    first, second = scheduling.due(LATER), scheduling.due(LATER)
    assert actions.release_due(first[0], now=LATER) == "released"
    assert actions.release_due(second[0], now=LATER) is None
    assert Release.objects.count() == 1


def test_who_dies_between_release_and_settling_leaves_it_waiting(scheduled, now, monkeypatch):
    scheduled()
    now(LATER)

    def die(*_args, **_kwargs):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(actions, "_settle", die)
        with pytest.raises(KeyboardInterrupt):
            list(scheduling.run())
    assert not Release.objects.exists()
    assert Schedule.objects.get().state == "waiting"
    assert [one.state for one in scheduling.run()] == ["released"]


def test_what_the_database_refuses_is_tried_again(scheduled, now, monkeypatch, caplog):
    from django.db import OperationalError

    scheduled()
    now(LATER)

    def locked(*_args, **_kwargs):
        raise OperationalError("database is locked")

    monkeypatch.setattr(scheduling, "close_old_connections", lambda: None)
    monkeypatch.setattr(scheduling.connections, "close_all", lambda: None)
    looker = scheduling.Scheduler(every=0.01)
    with monkeypatch.context() as patch:
        patch.setattr(actions.desk, "release", locked)
        looker.look()
    assert Schedule.objects.get().state == "waiting"
    looker.look()
    assert Schedule.objects.get().state == "released"


# Corrections and withdrawals


def test_a_withdrawal_passes_its_line_and_is_done_here(as_, office, publish, change, reader):
    manuscript = publish()
    change(manuscript, Purpose.WITHDRAW, note="现予撤回。")
    client = as_("publisher")
    assert "现予撤回。" in client.get(url(manuscript)).content.decode()
    data = {"seen": office.seen(manuscript), "channels": ["site"]}
    assert as_("editor").post(url(manuscript, "withdraw/"), data).status_code == 403
    assert client.post(url(manuscript, "withdraw/"), data).status_code == 302
    assert Withdrawal.objects.count() == 1
    assert reader.get(f"/public/{manuscript.number}/").status_code == 410


def test_a_withdrawal_that_has_not_passed_is_refused(as_, office, publish, reader):
    from taizhang.desk import actions as desk

    manuscript = publish()
    with office.book("editor") as book:
        desk.reopen(manuscript, purpose=Purpose.WITHDRAW, reason="x", by=office.account("editor"), book=book)
    office.save(manuscript, office.content(note="撤回"))
    office.submit(manuscript)
    client = as_("publisher")
    data = {"seen": office.seen(manuscript), "channels": ["site"]}
    client.post(url(manuscript, "withdraw/"), data)
    assert not Withdrawal.objects.exists()
    assert reader.get(f"/public/{manuscript.number}/").status_code == 200


def test_a_correction_waits_for_its_line(as_, office, publish, change, reader):
    manuscript = publish(title="旧题")
    change(manuscript, Purpose.CORRECT, title="新题", note="更正")
    assert "旧题" in reader.get(f"/public/{manuscript.number}/").content.decode()
    assert send(as_("publisher"), manuscript, office).status_code == 302
    assert "新题" in reader.get(f"/public/{manuscript.number}/").content.decode()


# Addresses, packages, adoptions


def test_an_address_is_recorded_when_it_is_known(as_, office, publish):
    manuscript = office.passed(channels=("wechat",))
    released = office.release(manuscript, channel="wechat")
    client = as_("publisher")
    assert (
        client.post(f"/publication/releases/{released.pk}/address/", {"address": "ftp://x"}).status_code
        == 302
    )
    assert "ftp://x" not in client.get(url(manuscript)).content.decode().replace("“ftp://x”", "")
    client.post(f"/publication/releases/{released.pk}/address/", {"address": "https://mp.example.cn/s/1"})
    assert "https://mp.example.cn/s/1" in client.get(url(manuscript)).content.decode()
    assert client.get(url(manuscript, "public/"))["Location"] == "https://mp.example.cn/s/1"
    assert (
        as_("editor").post(f"/publication/releases/{released.pk}/address/", {"address": "x"}).status_code
        == 403
    )
    assert [str(one.message) for one in verify()] == []


def test_the_package_holds_the_text_in_every_form(as_, office):
    manuscript = office.passed(channels=("wechat",), **with_picture())
    released = office.release(manuscript, channel="wechat")
    client = as_("publisher")
    with zipfile.ZipFile(
        io.BytesIO(client.get(f"/publication/releases/{released.pk}/package.zip").content)
    ) as z:
        names = z.namelist()
        assert names == [
            "README.txt", "article.docx", "article.html", "article.txt", "attachments/1-日程安排.pdf", "pictures/1.png",
        ]  # fmt: skip
        assert z.read("pictures/1.png") == png()
        page_ = z.read("article.html").decode()
        assert 'src="pictures/1.png"' in page_
        assert "style=" in page_
        assert "科普周在科技馆启动。" in z.read("article.txt").decode("utf-8-sig")
        opened = docx.Document(io.BytesIO(z.read("article.docx")))
    assert "科普周在科技馆启动。" in [each.text for each in opened.paragraphs]
    assert len(opened.inline_shapes) == 1
    shown = page(client.get(f"/publication/releases/{released.pk}/package/"))
    assert "〔启动现场〕" in shown.xpath("//textarea[@id='copy-html']")[0].text
    assert "style=" in shown.xpath("//textarea[@id='copy-html']")[0].text


def test_the_package_of_an_altered_text_is_not_handed_out(as_, office):
    from taizhang.journal import guard

    manuscript = office.passed(channels=("wechat",))
    released = office.release(manuscript, channel="wechat")
    guard.remove()
    manuscript.versions.update(body="<p>改过</p>")
    guard.install()
    for tail in ("package/", "package.zip", "text.docx"):
        assert as_("publisher").get(f"/publication/releases/{released.pk}/{tail}").status_code == 404


def test_an_adoption_is_one_click_away_and_shown_beside_its_text(as_, office, publish):
    manuscript = publish(title="被采用的")
    entry = Entry.objects.get(kind="information")
    client = as_("clerk")
    shown = page(client.get(url(manuscript)))
    button = shown.xpath("//a[contains(@href, '/kinds/adoption/new/')]/@href")[0]
    form = page(client.get(button))
    assert form.xpath("//input[@name='title']/@value") == ["被采用的"]
    assert form.xpath("//input[@name='about'][@checked]/@value") == [str(entry.fact)]
    fields = {
        "id": form.xpath("//input[@name='id']/@value")[0], "title": "被采用的", "about": str(entry.fact),
        "unit": str(entry.unit_id), "occurred_on": "2023-11-20", "f.outlet": "省日报", "f.level": "province",
        "f.link": "https://paper.example.cn/1",
    }  # fmt: skip
    answer = client.post(button, fields)
    assert answer.status_code == 302, page(answer).xpath("//*[contains(@class, 'error')]")[0].text_content()
    said = client.get(url(manuscript)).content.decode()
    assert "省日报" in said
    assert "省级" in said


def test_from_a_count_it_is_two_clicks_to_the_page_that_earned_it(as_, office, publish):
    manuscript = publish()
    entry = Entry.objects.get(kind="information")
    client = as_("clerk")
    links = page(client.get(f"/ledger/entries/{entry.pk}/")).xpath("//a/@href")
    assert url(manuscript) in links
    assert client.get(url(manuscript, "public/"))["Location"] == f"/public/{manuscript.number}/"
    assert url(manuscript, "public/") in links


@pytest.mark.parametrize("tab", ["", "?tab=scheduled", "?tab=released", "?tab=nonsense"])
def test_the_lists_say_what_is_ready_scheduled_and_out(as_, office, publish, scheduled, tab):
    publish(title="已发的"), scheduled(title="定时的"), office.passed(title="待发的")
    said = as_("publisher").get(f"/publication/{tab}").content.decode()
    expected = {"": ["定时的", "待发的"], "?tab=scheduled": ["定时的"], "?tab=released": ["已发的"]}
    for title in ("已发的", "定时的", "待发的"):
        assert (title in said) is (title in expected.get(tab, expected[""])), title


def test_pages_ask_the_database_little(as_, office, publish, scheduled):
    for number in range(3):
        publish(title=f"已发{number}"), scheduled(title=f"定时{number}"), office.passed(title=f"待发{number}")
    manuscript = office.passed(title="一篇", channels=BOTH)
    client = as_("publisher")
    send(client, manuscript, office)
    for address in (
        "/publication/",
        "/publication/?tab=scheduled",
        "/publication/?tab=released",
        url(manuscript),
    ):
        client.get(address)
        with CaptureQueriesContext(connection) as asked:
            client.get(address)
        assert len(asked) <= MOST, [query["sql"][:100] for query in asked]
