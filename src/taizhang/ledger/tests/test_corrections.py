"""Corrections and withdrawals: nothing is lost, nobody's change is overwritten unseen."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from taizhang.journal import verify
from taizhang.ledger.models import Entry


def address(name, entry, *more):
    return reverse(f"ledger:{name}", args=[entry.pk, *more])


@pytest.fixture
def event(post_entry):
    return post_entry("outreach", title="Science day", occurred_on="2023-11-10")


def current():
    return Entry.objects.get(superseded_at=None)


def test_the_form_of_a_correction_is_filled_with_what_stands(clerk, event):
    form = clerk.get(address("correct", event)).context["form"]
    assert form["title"].value() == "Science day"
    assert form["quantity"].value() == "100"
    assert form["f.topic"].value() == "policy"


def test_a_correction_is_a_newer_version_with_its_reason(clerk, event, outreach):
    clerk.post(address("correct", event), outreach(quantity="130", reason="Miscounted"))
    assert (current().quantity, current().reason, current().supersedes_id) == (130, "Miscounted", event.pk)
    assert list(verify.verify()) == []


def test_a_correction_without_a_reason_is_refused(clerk, event, outreach):
    response = clerk.post(address("correct", event), outreach(quantity="130"))
    assert "reason" in response.context["form"].errors
    assert current() == event


def test_nothing_changed_is_nothing_to_record(clerk, event, outreach):
    response = clerk.post(address("correct", event), outreach(quantity="100", reason="Just looking"))
    assert "Nothing was changed" in response.text
    assert current() == event


def test_the_page_shows_what_each_version_changed(clerk, event, outreach):
    clerk.post(address("correct", event), outreach(quantity="130", reason="Miscounted"))
    page = clerk.get(address("entry", event))
    newest, first = page.context["history"]
    assert [(c.before, c.after) for c in newest["changes"]] == [("100 人次", "130 人次")]
    assert first["is_first"]
    assert "Miscounted" in page.text


def test_what_somebody_else_changed_meanwhile_is_shown_and_the_form_kept(clerk, client_for, event, outreach):
    opened = clerk.get(address("correct", event)).context["entry"]
    head = client_for("section_head", language="en")
    assert head.get(address("correct", event)).status_code == 404
    clerk.post(address("correct", event), outreach(quantity="130", reason="Miscounted"))

    late = outreach(quantity="140", reason="I counted too", version=str(opened.pk))
    shown = clerk.post(address("correct", event), late)
    assert [(c.before, c.after) for c in shown.context["desk"].newer] == [("100 人次", "130 人次")]
    assert shown.context["form"]["quantity"].value() == "140"
    assert current().quantity == 130

    clerk.post(address("correct", event), {**late, "version": str(shown.context["entry"].pk)})
    assert current().quantity == 140


def test_what_was_withdrawn_meanwhile_is_not_corrected(clerk, event, outreach):
    clerk.post(address("withdraw", event), {"reason": "Cancelled"})
    response = clerk.post(
        address("correct", event), outreach(reason="Late", version=str(event.pk)), follow=True
    )
    assert "withdrawn" in response.text
    assert current().voids


def test_a_withdrawal_needs_a_reason_and_is_seen_with_it(clerk, event):
    refused = clerk.post(address("withdraw", event), follow=True)
    assert "Say why" in refused.text
    page = clerk.post(address("withdraw", event), {"reason": "It did not take place"}, follow=True)
    assert current().voids
    assert "It did not take place" in page.text
    assert list(verify.verify()) == []


def test_a_wrong_file_can_be_taken_out_and_a_right_one_put_in(clerk, outreach):
    new = reverse("ledger:new", args=["outreach"])
    clerk.post(new, outreach(evidence=SimpleUploadedFile("wrong.pdf", b"wrong")))
    entry = current()
    right = SimpleUploadedFile("right.pdf", b"right")
    clerk.post(address("correct", entry), outreach(evidence=right, reason="Wrong file"))
    assert [file.name for file in current().evidence.all()] == ["right.pdf"]
    assert [file.name for file in entry.evidence.all()] == ["wrong.pdf"]
    page = clerk.get(address("entry", entry))
    assert [(c.before, c.after) for c in page.context["history"][0]["changes"]] == [
        ("wrong.pdf", "–"),
        ("–", "right.pdf"),
    ]


def test_files_left_ticked_stay(clerk, outreach):
    clerk.post(reverse("ledger:new", args=["outreach"]), outreach(evidence=SimpleUploadedFile("a.pdf", b"a")))
    entry = current()
    kept = [token for token, _file, _size in clerk.get(address("correct", entry)).context["files"]]
    clerk.post(address("correct", entry), outreach(quantity="130", kept=kept, reason="Miscounted"))
    assert [file.name for file in current().evidence.all()] == ["a.pdf"]


def test_moving_an_entry_needs_the_right_on_both_units(client_for, bureau, post_entry, outreach):
    mine = post_entry("outreach", by="section_head", unit="publicity", title="Science day")
    head = client_for("section_head", language="en")
    moved = outreach(unit=str(bureau.units["office"].pk), quantity="100", reason="Wrong unit")
    response = head.post(address("correct", mine), moved)
    assert current() == mine
    assert response.status_code in (200, 403)
    clerk = client_for("clerk")
    clerk.post(address("correct", mine), moved)
    assert current().unit == bureau.units["office"]


def test_the_source_of_an_entry_stays_with_its_corrections(clerk, post_entry, outreach):
    entry = post_entry("outreach", title="Science day", source={"file": "2023.xlsx", "cell": "B7"})
    clerk.post(address("correct", entry), outreach(reason="Date was wrong"))
    assert current().source == {"file": "2023.xlsx", "cell": "B7"}
