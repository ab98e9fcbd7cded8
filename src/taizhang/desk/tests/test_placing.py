from taizhang.desk import placing
from taizhang.desk.access import Visitor
from taizhang.desk.models import Place, Purpose
from taizhang.journal.clock import day_of
from taizhang.org.access import access_of
from taizhang.rules.queries import history


def visitor(office, name):
    return Visitor(access_of(office.account(name), day=day_of(office.now()), schemes=history()))


def waiting(office, name):
    return [one.manuscript for one in placing.waiting_for(visitor(office, name))]


def state(manuscript):
    kept = Place.objects.get(pk=manuscript.pk)
    return kept.state, kept.station.code if kept.station else None, kept.dots


def test_where_a_text_is_follows_every_act(office):
    manuscript = office.start()
    assert state(manuscript) == ("writing", None, "")
    office.submit(manuscript)
    assert state(manuscript) == ("on_the_way", "review1", "h------")
    office.approve(manuscript, "review1")
    assert state(manuscript) == ("on_the_way", "proof1", "ph-----")
    office.send_back(manuscript, "proof1")
    assert state(manuscript) == ("returned", None, "v------")
    office.submit(manuscript)
    office.approve_all(manuscript)
    assert state(manuscript) == ("passed", None, "ppppppp")
    office.release(manuscript)
    assert state(manuscript)[0] == "released"


def test_each_finds_what_waits_for_them_and_nothing_else(office):
    manuscript = office.start()
    office.submit(manuscript)
    assert waiting(office, "section_head") == [manuscript]
    assert waiting(office, "deputy") == waiting(office, "editor") == []
    office.approve(manuscript, "review1")
    assert waiting(office, "section_head") == []
    assert waiting(office, "proofreader") == [manuscript]
    office.send_back(manuscript, "proof1")
    assert waiting(office, "editor") == [manuscript]
    assert waiting(office, "editor2") == []


def test_who_sat_at_another_level_is_not_asked_again(office):
    manuscript = office.start()
    office.submit(manuscript)
    office.approve_all(manuscript, until="proof2")
    assert waiting(office, "deputy") == []  # sat at the second level; the third is for the head
    assert waiting(office, "head") == [manuscript]
    office.approve(manuscript, "review3")
    assert waiting(office, "proofreader") == []  # the third proof is apart from the first
    assert waiting(office, "proofreader2") == [manuscript]


def test_what_passed_waits_for_who_releases(office):
    manuscript = office.passed()
    assert waiting(office, "publisher") == [manuscript]
    office.release(manuscript)
    assert waiting(office, "publisher") == []


def test_worked_out_anew_the_rows_are_the_same(office):
    texts = [office.start(), office.passed()]
    office.submit(texts[0])
    office.approve_all(texts[0], until="proof1")
    office.release(texts[1])
    with office.book("publisher") as book:
        from taizhang.desk import actions

        actions.reopen(
            texts[1], purpose=Purpose.CORRECT, reason="错字", by=office.account("publisher"), book=book
        )
    before = list(Place.objects.order_by("pk").values())
    assert placing.again(calendar=history().in_force(day_of(office.now())).scheme.working_days) == 2
    assert list(Place.objects.order_by("pk").values()) == before


def test_nobody_waits_for_a_page_longer_than_one_query(office, django_assert_max_num_queries):
    for _text in range(4):
        office.submit(office.start())
    who = visitor(office, "section_head")
    assert who.chairs is not None
    assert who.access.tree.root
    with django_assert_max_num_queries(1):
        assert len(placing.waiting_for(who)) == 4
