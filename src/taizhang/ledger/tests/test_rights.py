"""Who sees and does what. What may not be seen is not there (404); what may not be done is refused (403)."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from taizhang.ledger import queries
from taizhang.ledger.models import Entry
from taizhang.org.access import access_of


def address(name, *args):
    return reverse(f"ledger:{name}", args=args)


def listed(client, kind="outreach"):
    return [entry.title for entry in client.get(address("list", kind)).context["page"]]


@pytest.fixture
def two(post_entry):
    """One event in each section."""
    return {unit: post_entry("outreach", title=unit, unit=unit) for unit in ("office", "publicity")}


def test_a_section_head_sees_the_own_section_only(client_for, two):
    head = client_for("section_head")
    assert listed(head) == ["publicity"]
    assert head.get(address("entry", two["publicity"].pk)).status_code == 200
    for page in ("entry", "correct"):
        assert head.get(address(page, two["office"].pk)).status_code == 404
    assert head.post(address("withdraw", two["office"].pk), {"reason": "x"}).status_code == 404


def test_an_information_officer_sees_the_own_rows_only(client_for, post_entry):
    post_entry("information", title="About me", person="officer")
    post_entry("information", title="Recorded by me", person="clerk", by="officer")
    post_entry("information", title="Neither", person="clerk")
    assert sorted(listed(client_for("officer"), "information")) == ["About me", "Recorded by me"]


def test_an_own_row_stays_in_sight_when_somebody_else_corrects_it(client_for, post_entry, outreach):
    mine = post_entry("outreach", by="officer", title="Mine")
    client_for("clerk").post(address("correct", mine.pk), outreach(title="Mine, corrected", reason="Title"))
    officer = client_for("officer")
    assert listed(officer) == ["Mine, corrected"]
    assert officer.get(address("entry", mine.pk)).status_code == 200


def test_an_information_officer_records_own_rows_only(client_for, bureau):
    officer = client_for("officer", language="en")
    form = officer.get(address("new", "information")).context["form"]
    assert form["person"].value() == "Officer (S001)"
    typed = {"occurred_on": "2023-11-10", "unit": str(bureau.units["office"].pk), "title": "Item"}
    assert officer.post(address("new", "information"), {**typed, "person": "Clerk"}).status_code == 403
    officer.post(address("new", "information"), {**typed, "person": "Officer"})
    assert Entry.objects.get().person == bureau.people["officer"]


def test_the_form_offers_only_units_on_which_the_visitor_may_record(client_for, bureau, outreach):
    head = client_for("section_head")
    choices = dict(head.get(address("new", "outreach")).context["form"].fields["unit"].choices)
    assert set(choices) == {str(bureau.units["publicity"].pk)}
    response = head.post(address("new", "outreach"), outreach())
    assert "unit" in response.context["form"].errors
    assert not Entry.objects.exists()


def test_kinds_are_kept_only_by_their_kinds_of_units(clerk, bureau):
    choices = dict(clerk.get(address("new", "finding")).context["form"].fields["unit"].choices)
    assert str(bureau.units["bureau"].pk) not in choices


@pytest.mark.parametrize("role", ["deputy", "auditor"])
def test_who_only_reads_is_offered_nothing_to_write(client_for, two, role, outreach):
    client = client_for(role, language="en")
    entry = two["office"]
    page = client.get(address("entry", entry.pk))
    assert page.status_code == 200
    assert address("correct", entry.pk) not in page.text
    assert address("new", "outreach") not in client.get(address("list", "outreach")).text
    for refused in ("new",):
        assert client.get(address(refused, "outreach")).status_code == 403
        assert client.post(address(refused, "outreach"), outreach()).status_code == 403
    assert client.get(address("correct", entry.pk)).status_code == 403
    assert client.post(address("withdraw", entry.pk), {"reason": "x"}).status_code == 403
    assert Entry.objects.count() == 2


def test_an_administrator_sees_no_content(client_for, two):
    admin = client_for("administrator")
    assert admin.get(address("list", "outreach")).status_code == 404
    assert admin.get(address("entry", two["office"].pk)).status_code == 404
    assert admin.get(address("index")).status_code == 403


def test_nobody_gets_in_without_logging_in(client, two):
    for page in (address("index"), address("entry", two["office"].pk), address("people")):
        assert client.get(page).status_code == 302


def test_the_condition_and_the_single_answer_agree(client_for, bureau, two, post_entry, schemes):
    post_entry("information", person="officer")
    post_entry("information", person="clerk", by="officer")
    post_entry("study", unit="bureau")
    for role in bureau.people:
        access = access_of(bureau.account(role), day=two["office"].occurred_on, schemes=schemes)
        for permission in ("read", "correct", "export"):
            found = set(Entry.objects.filter(queries.visible(access, permission)))
            assert found == {entry for entry in Entry.objects.all() if queries.may(access, permission, entry)}


# Files


@pytest.fixture
def evidence(clerk, outreach):
    file = SimpleUploadedFile("会议纪要<script>.html", b"<script>alert(1)</script>", content_type="text/html")
    clerk.post(address("new", "outreach"), outreach(evidence=file))
    return Entry.objects.get().evidence.get()


def test_a_file_is_handed_out_unopened(auditor, evidence):
    response = auditor.get(address("evidence", evidence.pk))
    assert response.getvalue() == b"<script>alert(1)</script>"
    assert response["Content-Disposition"].startswith("attachment")
    assert response["Content-Type"] == "application/octet-stream"
    assert response["X-Content-Type-Options"] == "nosniff"


def test_a_file_of_an_entry_out_of_sight_is_not_there(client_for, evidence):
    assert client_for("section_head").get(address("evidence", evidence.pk)).status_code == 404


def test_an_altered_file_is_not_handed_out(auditor, evidence, settings):
    from taizhang.ledger import store

    store.path_of(evidence.sha256).write_bytes(b"something else")
    response = auditor.get(address("evidence", evidence.pk))
    assert response.status_code == 404
