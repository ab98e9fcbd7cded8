import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django import forms
from django.contrib.auth.models import AnonymousUser
from django.template import RequestContext, Template
from django.test import RequestFactory
from django.utils import translation

from taizhang.core.messages import Message
from taizhang.core.paging import page_of
from taizhang.core.values import Citation, Figure, NotApplicable, Period, PeriodKind, Scope, Undefined
from taizhang.web import wording
from taizhang.web.templatetags.taizhang import LAMPS

NOW = dt.datetime(2023, 12, 1, tzinfo=dt.UTC)


def figure(value: Decimal | Undefined | NotApplicable, **more: Any) -> Figure:
    given: dict[str, Any] = {
        "indicator": "talks",
        "unit": "人次",
        "citation": Citation("s", dt.date(2023, 1, 1), "s.yaml", 3, ""),
        "period": Period.year(2023),
        "scope": Scope(unit="office"),
        "as_of": NOW,
    }
    return Figure(value=value, **{**given, **more})


def shown(template: str, *, path: str = "/x/", **context: Any) -> str:
    request = RequestFactory().get(path)
    request.user = AnonymousUser()
    return Template(template).render(RequestContext(request, context))


@pytest.mark.parametrize(("language", "printed"), [("zh-hans", "1200余人次"), ("en", "over 1,200 人次")])
def test_a_figure_is_printed_the_way_its_language_counts(language: str, printed: str) -> None:
    with translation.override(language):
        assert wording.figure_text(figure(Decimal(1200), approximate=True)) == printed


@pytest.mark.parametrize(
    ("value", "digits", "printed"),
    [
        ("83.35", 1, "83.4%"),
        ("83.25", 1, "83.3%"),
        ("0.5", 0, "1%"),
        ("-0.5", 0, "-1%"),
        ("100", 2, "100.00%"),
    ],
)
def test_rounding_is_half_up_and_only_in_print(value: str, digits: int, printed: str) -> None:
    one = figure(Decimal(value), percent=True, digits=digits, unit="")
    assert wording.figure_text(one) == printed


def test_zero_unknown_and_not_applicable_look_different() -> None:
    reason = Message("Nobody was due.")
    with translation.override("en"):
        printed = {
            wording.figure_text(figure(v)) for v in (Decimal(0), Undefined(reason), NotApplicable(reason))
        }
    assert len(printed) == 3


def test_a_figure_leads_to_its_why_with_and_without_script() -> None:
    html = shown("{% figure f %}", f=figure(Decimal(12)))
    url = "/why/?indicator=talks&amp;period=2023&amp;unit=office&amp;as_of=2023-12-01T00%3A00%3A00%2B00%3A00"
    assert f'href="{url}"' in html
    assert f'hx-get="{url}"' in html


def test_a_figure_that_is_no_number_says_why_on_the_spot() -> None:
    html = shown("{% figure f %}", f=figure(Undefined(Message("Nobody was <due>."))))
    assert 'title="Nobody was &lt;due&gt;."' in html


@pytest.mark.parametrize("state", LAMPS)
def test_a_lamp_is_told_in_words_too(state: str) -> None:
    with translation.override("en"):
        assert str(LAMPS[state]) in shown("{% lamp state label='Study' %}", state=state)
        assert f"#{state}" in shown("{% lamp state %}", state=state)


def test_what_users_wrote_never_becomes_markup() -> None:
    nasty = "<script>x</script>"
    for template in (
        "{% tag x %}",
        "{% crumb x %}",
        "{% lamp 'due' label=x href=x %}",
        "{% sheet x %}{{ x }}{% endsheet %}",
    ):
        assert "<script>" not in shown(template, x=nasty), template


def test_sorting_turns_round_and_keeps_the_filters() -> None:
    template = "{% sort_header 'day' 'Day' %}"
    assert 'href="?unit=office&amp;sort=day"' in shown(template, path="/x/?unit=office&page=4")
    turned = shown(template, path="/x/?sort=day")
    assert 'href="?sort=-day"' in turned
    assert 'aria-sort="ascending"' in turned


def test_the_pager_keeps_the_query_and_owns_up_to_not_having_counted() -> None:
    with translation.override("en"):
        html = shown("{% pager p %}", p=page_of(range(30), 2, size=5, cap=20), path="/x/?unit=office&page=2")
    assert "20+" in html
    assert 'href="?unit=office&amp;page=3"' in html


@pytest.mark.parametrize(
    ("period", "chinese", "english"),
    [
        ("2023", "2023年", "2023"),
        ("2023-Q2", "2023年第二季度", "the second quarter of 2023"),
        ("2023-H2", "2023年下半年", "the second half of 2023"),
        ("2023-02", "2023年2月", "February 2023"),
    ],
)
def test_periods_have_names(period: str, chinese: str, english: str) -> None:
    with translation.override("en"):
        assert wording.period_name(Period.parse(period)) == english
    with translation.override("zh-hans"):
        assert wording.period_name(Period.parse(period)) == chinese


def test_the_period_switcher_steps_back_and_on() -> None:
    html = shown("{% period_switcher p %}", p=Period.containing(PeriodKind.QUARTER, dt.date(2023, 1, 1)))
    assert 'href="?period=2022-Q4"' in html
    assert 'href="?period=2023-Q2"' in html


class Form(forms.Form):
    name = forms.CharField(help_text="As on the door")
    note = forms.CharField(required=False)


def test_a_refused_form_leads_from_its_summary_to_the_field_and_its_error() -> None:
    with translation.override("en"):
        html = str(Form({"name": ""}))
    assert 'href="#id_name"' in html
    assert 'id="id_name_error"' in html
    assert 'aria-describedby="id_name_helptext id_name_error"' in html
    assert 'aria-invalid="true"' in html


def test_a_form_not_sent_yet_complains_of_nothing() -> None:
    assert "error-summary" not in str(Form())
