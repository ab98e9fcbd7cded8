"""Every rule is tested by the examples it is registered with."""

import pytest

from taizhang.proof import check, rules
from taizhang.proof.draft import Draft
from taizhang.proof.registry import Rule

RULES = [pytest.param(rule, id=rule.code) for rule in rules()]


@pytest.mark.parametrize("rule", RULES)
def test_passes_over_its_good_example(rule: Rule) -> None:
    assert list(rule.findings(Draft(rule.good))) == []


@pytest.mark.parametrize("rule", [r for r in RULES if r.values[0].bad])
def test_marks_its_bad_example(rule: Rule) -> None:
    found = list(rule.findings(Draft(rule.bad)))
    assert found
    assert {f.code for f in found} == {rule.code}
    assert all(rule.bad[f.start : f.end] == f.quote for f in found)


@pytest.mark.parametrize("rule", RULES)
def test_says_what_it_found_in_words(rule: Rule) -> None:
    for finding in rule.findings(Draft(rule.bad)):
        assert "{" not in str(finding.message)


def test_codes_are_unique() -> None:
    codes = [rule.code for rule in rules()]
    assert len(codes) == len(set(codes))


@pytest.mark.parametrize("rule", RULES)
def test_good_examples_have_no_error_of_any_rule(rule: Rule) -> None:
    assert [f for f in check(rule.good, spelling=False) if f.severity == "error"] == []
