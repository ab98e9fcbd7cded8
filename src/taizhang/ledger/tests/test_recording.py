"""The clerk records: what is right is posted once, what is wrong comes back with everything that was typed."""

import datetime as dt
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from taizhang.journal import verify
from taizhang.ledger import store
from taizhang.ledger.models import Entry

NEW = reverse("ledger:new", args=["outreach"])


def test_a_clerk_records_an_entry_and_sees_it(clerk, outreach, only_entry):
    response = clerk.post(NEW, outreach(), follow=True)
    entry = only_entry()
    assert response.redirect_chain[-1][0] == reverse("ledger:entry", args=[entry.pk])
    assert (entry.title, entry.quantity, entry.quantity_unit) == ("Science day", Decimal(120), "人次")
    assert entry.recorded_by == "clerk Clerk"
    assert "Recorded: Science day" in response.text
    assert list(verify.verify()) == []


def test_every_type_of_field_is_taken(clerk, outreach, bureau, only_entry):
    typed = outreach(**{
        "f.groups": ["staff", "pupils"],
        "f.place": "Hall",
        "f.hours": "１.５",
        "f.host": str(bureau.units["publicity"].pk),
        "f.speaker": "Deputy (S003)",
        "f.page": "https://example.org/1",
        "f.note": "first line\nsecond line",
        "f.held_until": "2023-11-11",
        "f.sessions": "2",
    })  # fmt: skip
    clerk.post(NEW, typed)
    assert only_entry().values == {
        "topic": "policy",
        "groups": ["pupils", "staff"],
        "place": "Hall",
        "hours": "1.5",
        "host": bureau.units["publicity"].pk,
        "speaker": bureau.people["deputy"].pk,
        "page": "https://example.org/1",
        "note": "first line\nsecond line",
        "held_until": "2023-11-11",
        "sessions": 2,
    }


@pytest.mark.parametrize(
    ("typed", "number", "approximate"), [("1,200余", 1200, True), ("１２０", 120, False)]
)
def test_numbers_are_taken_as_people_write_them(clerk, outreach, only_entry, typed, number, approximate):
    clerk.post(NEW, outreach(quantity=typed))
    assert (only_entry().quantity, only_entry().approximate) == (number, approximate)


def test_yes_no_and_not_stated_are_three_answers(clerk, study):
    new = reverse("ledger:new", args=["study"])
    for title, answer in (("a", "yes"), ("b", "no"), ("c", "")):
        clerk.post(new, study(title=title, **{"f.special": answer}))
    found = {entry.title: entry.values.get("special") for entry in Entry.objects.all()}
    assert found == {"a": True, "b": False, "c": None}


def test_all_problems_are_told_at_once_and_input_is_kept(clerk, outreach):
    typed = outreach(
        quantity="lots", title="", **{"f.hours": "25", "f.page": "example.org", "f.place": "Hall"}
    )
    response = clerk.post(NEW, typed)
    errors = response.context["form"].errors
    assert set(errors) == {"quantity", "title", "f.hours", "f.page"}
    assert "At most 24." in errors["f.hours"]
    assert 'value="Hall"' in response.text
    assert 'value="lots"' in response.text
    assert not Entry.objects.exists()


def test_problems_are_told_in_chinese_to_a_chinese_reader(client_for, outreach):
    response = client_for("clerk").post(NEW, outreach(title=""))
    assert "填" in response.context["form"].errors["title"][0]


def test_a_day_to_come_is_refused_unless_the_kind_is_planned(clerk, outreach, study):
    refused = clerk.post(NEW, outreach(occurred_on="2023-12-01"))
    assert "has not come yet" in refused.context["form"].errors["occurred_on"][0]
    clerk.post(reverse("ledger:new", args=["study"]), study(occurred_on="2023-12-01"))
    assert Entry.objects.get().occurred_on == dt.date(2023, 12, 1)


def test_a_form_sent_twice_is_recorded_once(clerk, outreach):
    typed = outreach()
    clerk.post(NEW, typed)
    response = clerk.post(NEW, typed, follow=True)
    assert Entry.objects.count() == 1
    assert "recorded already" in response.text


def test_a_probable_duplicate_is_recorded_only_when_confirmed(clerk, outreach):
    clerk.post(NEW, outreach())
    warned = clerk.post(NEW, outreach())
    assert Entry.objects.count() == 1
    assert "Probably recorded already" in warned.text
    clerk.post(NEW, outreach(confirm=warned.context["desk"].duplicates.seal))
    assert Entry.objects.count() == 2


def test_a_confirmation_holds_only_for_the_duplicates_that_were_shown(clerk, outreach):
    clerk.post(NEW, outreach())
    seal = clerk.post(NEW, outreach()).context["desk"].duplicates.seal
    clerk.post(NEW, outreach(confirm=seal))
    warned = clerk.post(NEW, outreach(confirm=seal))
    assert warned.context["desk"].duplicates is not None
    assert Entry.objects.count() == 2


def test_record_then_another_keeps_unit_and_day(clerk, outreach):
    response = clerk.post(NEW, outreach(again="1"), follow=True)
    form = response.context["form"]
    assert form["occurred_on"].value() == dt.date(2023, 11, 10)
    assert not form["title"].value()


def test_a_name_that_two_people_bear_asks_for_the_number(clerk, outreach, bureau):
    type(bureau.people["deputy"]).objects.create(code="S900", name="Deputy")
    response = clerk.post(NEW, outreach(**{"f.speaker": "Deputy"}))
    assert "Deputy (S003)" in response.context["form"].errors["f.speaker"][0]


def test_people_are_suggested_while_typing(clerk, bureau):
    response = clerk.get(reverse("ledger:people"), {"field": "f.speaker", "f.speaker": "dep"})
    assert "Deputy (S003)" in response.text
    assert "Auditor" not in response.text


def test_the_period_it_counts_for_may_be_another_than_that_of_its_day(clerk, bureau):
    typed = {
        "occurred_on": "2023-11-03", "unit": str(bureau.units["office"].pk), "title": "Late proof",
        "person": "officer", "counts_for": "2023-10",
    }  # fmt: skip
    clerk.post(reverse("ledger:new", args=["information"]), {**typed, "person": "Officer"})
    assert Entry.objects.get().counts_for == dt.date(2023, 10, 1)


# What it is about


def closure(bureau, **more):
    return {
        "occurred_on": "2023-11-15", "unit": str(bureau.units["publicity"].pk), "title": "Seen and closed", **more,
    }  # fmt: skip


def a_finding(post_entry, **more):
    kept = store.keep([b"photo"])
    from taizhang.ledger.drafts import Attachment

    files = (Attachment(kept, "photo.jpg", "image/jpeg"),)
    return post_entry("finding", by="section_head", unit="publicity", evidence=files, **more)


def test_the_finding_named_in_the_address_is_chosen_with_its_unit(clerk, bureau, post_entry):
    finding = a_finding(post_entry)
    form = clerk.get(reverse("ledger:new", args=["closure"]), {"about": finding.pk}).context["form"]
    assert form["about"].value() == str(finding.fact)
    assert form["unit"].value() == bureau.units["publicity"].pk


def test_only_what_is_open_is_offered_and_words_find_it(clerk, bureau, post_entry):
    new = reverse("ledger:new", args=["closure"])
    shut, still = a_finding(post_entry, title="Old notice"), a_finding(post_entry, title="Broken link")
    clerk.post(new, closure(bureau, about=str(shut.fact)))
    assert [entry.title for entry in clerk.get(new).context["desk"].candidates] == ["Broken link"]
    found = clerk.get(reverse("ledger:about", args=["closure"]), {"about_q": "broken"})
    assert str(still.fact) in found.text
    assert "nothing open" in clerk.get(reverse("ledger:about", args=["closure"]), {"about_q": "zzz"}).text


def test_whoever_found_may_not_close(client_for, bureau, post_entry):
    finding = a_finding(post_entry)
    typed = closure(bureau, about=str(finding.fact))
    response = client_for("section_head", language="en").post(reverse("ledger:new", args=["closure"]), typed)
    assert "may not record this one" in response.text
    assert Entry.objects.filter(kind="closure").count() == 0


def test_looking_for_what_it_is_about_keeps_what_was_typed(clerk, bureau, post_entry):
    a_finding(post_entry, title="Broken link")
    response = clerk.post(
        reverse("ledger:new", args=["closure"]),
        closure(bureau, look="about", about_q="broken", occurred_on=""),
    )
    assert response.context["form"]["title"].value() == "Seen and closed"
    assert not response.context["form"].errors


# Evidence


def upload(name="minutes.pdf", content=b"%PDF"):
    return SimpleUploadedFile(name, content, content_type="application/pdf")


def test_a_file_survives_a_refused_form(clerk, outreach):
    refused = clerk.post(NEW, outreach(title="", evidence=upload()))
    (token, file, _size) = refused.context["files"][0]
    assert file.name == "minutes.pdf"
    clerk.post(NEW, outreach(kept=token))
    evidence = Entry.objects.get().evidence.get()
    assert (evidence.name, evidence.size) == ("minutes.pdf", 4)
    assert store.digest_on_disk(evidence.sha256) == evidence.sha256


def test_a_token_is_no_use_to_another_account(clerk, client_for, outreach):
    token = clerk.post(NEW, outreach(title="", evidence=upload())).context["files"][0][0]
    client_for("section_head").post(NEW, outreach(kept=token, unit=""))
    assert not client_for("section_head").post(NEW, outreach(kept=token, title="")).context["files"]


def test_several_files_are_taken_and_an_unticked_one_is_left_out(clerk, outreach):
    refused = clerk.post(NEW, outreach(title="", evidence=[upload("a.pdf"), upload("b.pdf", b"other")]))
    tokens = {file.name: token for token, file, _size in refused.context["files"]}
    clerk.post(NEW, outreach(kept=tokens["b.pdf"], evidence=upload("c.pdf", b"third")))
    assert {file.name for file in Entry.objects.get().evidence.all()} == {"b.pdf", "c.pdf"}


@pytest.mark.parametrize(("content", "words"), [(b"", "is empty"), (b"x" * 2000, "at most 1 KB")])
def test_a_file_that_cannot_be_taken_is_refused_with_the_reason(clerk, outreach, settings, content, words):
    settings.EVIDENCE_MAX_BYTES = 1000
    response = clerk.post(NEW, outreach(evidence=upload(content=content)))
    assert words in response.context["form"].errors["evidence"][0]
    assert not Entry.objects.exists()


def test_required_evidence_is_asked_for(clerk, bureau):
    typed = {"occurred_on": "2023-11-10", "unit": str(bureau.units["office"].pk), "title": "Idle account"}
    response = clerk.post(reverse("ledger:new", args=["finding"]), typed)
    assert "Attach at least one file" in response.context["form"].errors["evidence"][0]


# Quick entry


def test_quick_entry_offers_the_kind_used_last_first(clerk, post_entry):
    quick = reverse("ledger:quick")
    assert [name for name, _kind in clerk.get(quick).context["kinds"]] == ["study", "outreach"]
    post_entry("outreach")
    assert [name for name, _kind in clerk.get(quick).context["kinds"]] == ["outreach", "study"]


def test_a_quick_entry_is_answered_with_a_fresh_form(clerk, outreach):
    response = clerk.post(NEW, outreach(quick="1"), headers={"hx-request": "true"})
    assert "ledger/quick_form.html" in [template.name for template in response.templates]
    assert response.context["just_recorded"] == Entry.objects.get()
    assert not response.context["form"].is_bound


def test_a_refused_quick_entry_keeps_what_was_typed(clerk, outreach):
    response = clerk.post(NEW, outreach(quick="1", title=""), headers={"hx-request": "true"})
    assert response.context["form"].errors
    assert 'value="120"' in response.text


@pytest.mark.parametrize(
    ("asked", "chosen"),
    [("2023-10", "2023-10"), ("2023-11", ""), ("2023-Q3", ""), ("nonsense", ""), ("0001-01", "")],
)
def test_an_address_may_say_what_a_new_entry_counts_for(bureau, clerk, asked, chosen):
    """Today is 20 November: October is told, November goes without saying."""
    form = clerk.get(reverse("ledger:new", args=["information"]), {"unit": "publicity", "counts_for": asked})
    form = form.context["form"]
    assert form["counts_for"].value() == chosen
    assert form["unit"].value() == bureau.units["publicity"].pk


@pytest.mark.parametrize("title", ["\u200b", " \u3000\u00a0", "\u202e\u200d\ufeff"])
def test_a_title_that_nobody_can_see_is_none(bureau, clerk, title):
    sent = {
        "title": title,
        "occurred_on": "2023-11-01",
        "unit": bureau.units["office"].pk,
        "f.form": "session",
    }
    answer = clerk.post(reverse("ledger:new", args=["study"]), sent)
    assert answer.status_code == 200
    assert "title" in answer.context["form"].errors
    assert not Entry.objects.exists()
