"""The outline of a circular: its places are checked, the usual one is sound, and nobody is ranked without the switch."""

import pytest

from taizhang.core.scheme.circular import FIGURES, Place, language_of, pieces, usual
from taizhang.core.scheme.errors import SchemeErrors
from taizhang.core.scheme.load import load_text
from taizhang.core.scheme.placeholders import BadPlaceholder
from taizhang.core.scheme.references.circulars import faults_of
from taizhang.core.scheme.tests.test_points_refused import TEXT


def refused(old, new):
    assert old in TEXT
    with pytest.raises(SchemeErrors) as caught:
        load_text(TEXT.replace(old, new, 1), path="every-key.yaml")
    return "\n".join(map(str, caught.value.errors))


def test_places_are_words_figures_and_names():
    assert pieces("{unit}: {met}, {levels:province}, {names:missed}, {{x}}") == (
        Place("word", "unit"), ": ", Place("figure", "met"), ", ", Place("figure", "levels:province"), ", ",
        Place("names", "missed"), ", {x}",
    )  # fmt: skip
    with pytest.raises(BadPlaceholder):
        pieces("{one two}")


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_usual_outline_has_no_fault_and_is_in_its_language(language):
    outline = usual(language)
    assert language_of(outline) == language
    assert [
        fault for block in outline.body for text in block.texts for fault in faults_of(text, values={})
    ] == []
    assert {block.when.of for block in outline.body if block.when} <= set(FIGURES)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("{met} fulfilled", "{mett} fulfilled", "Did you mean “met”?"),
        ("{levels:town} were", "{levels:village} were", "“level” is never “village”"),
        ("{names:missed}.", "{names:everybody}.", "no names of “everybody”"),
        ("{late} came late", "{late came late", "stands alone"),
        ("when: {of: missed, more_than: 0}", "when: {of: misses, more_than: 0}", "Did you mean “missed”?"),
        ("when: {of: late, at_least: 1}", "when: {of: year, at_least: 1}", "a word and not a figure"),
        ("{appraisal} of {period}", "{met} of {period}", "Only words can stand there"),
        ("table: {of: levels}", "table: {of: level}", "Did you mean “levels”?"),
        ("table: {of: levels}", "table: {of: ranking}", "The appraisal ranks nobody"),
        ("table: {of: talks}", "table: {of: talks, columns: [met]}", "Only the table of units has columns"),
        ("columns: [scored, missed,", "columns: [score, missed,", "Did you mean “scored”?"),
        (
            "{kind: printing, by: level}",
            "{kind: evening, by: form}",
            "No quota and no rule of this appraisal looks at",
        ),
        ("{kind: printing, by: level}", "{kind: printing, by: levels}", "Did you mean “level”?"),
        (
            "breakdowns: {levels:",
            "breakdowns: {talks: {kind: printing, by: level}, levels:",
            "is something else",
        ),
    ],
)
def test_a_fault_is_told_with_its_remedy(old, new, said):
    assert said in refused(old, new)


def test_a_ranking_is_allowed_where_the_scheme_ranks():
    text = TEXT.replace("ranking: false", "ranking: true").replace(
        "table: {of: levels}", "table: {of: ranking}"
    )
    assert load_text(text, path="every-key.yaml").scheme.appraisals["monthly"].circular is not None
