"""No page asks the database more than twelve things, however much there is to show."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from taizhang.conftest import SCHEME

MOST = 12
DUTIES = """\
duties:
  monthly_study: {name: Study, every: month, of: studies, for: {unit_kinds: [bureau, section]}}
  closing: {name: Closing, every: quarter, of: findings, for: {unit_kinds: section}}
targets:
  covered: {name: All covered, of: study_coverage, at_least: 90, for: {unit_kinds: bureau}}
"""
PAGES = [
    ("deputy", "home", ""),
    ("clerk", "home", ""),
    ("deputy", "duties:matrix", "?by=unit"),
    ("deputy", "duties:gaps", ""),
    ("deputy", "duties:gaps", "?as_of=2023-11-10"),
    ("clerk", "duties:todo", ""),
    ("deputy", "duties:responsibilities", ""),
    ("deputy", "why", "?indicator=study_coverage&period=2023"),
    ("deputy", "why", "?indicator=studies&period=2023&as_of=2023-11-10"),
    ("deputy", "why_rows", "?indicator=studies&period=2023"),
    ("deputy", "rules:index", ""),
    ("auditor", "journal:index", ""),
]


@pytest.fixture
def scheme_text() -> str:
    return SCHEME + DUTIES


@pytest.mark.parametrize(("role", "name", "query"), PAGES)
def test_a_page_asks_little(role, name, query, client_for, post_entry):
    for day in range(1, 15):
        post_entry("study", occurred_on=f"2023-11-{day:02}", attendance={"clerk": "attended"})
        post_entry("outreach", occurred_on=f"2023-10-{day:02}")
        post_entry("finding", unit="publicity", occurred_on=f"2023-09-{day:02}", evidence=_minutes())
    client, url = client_for(role), reverse(name) + query
    assert client.get(url).status_code == 200  # counts that were never kept are kept now
    with CaptureQueriesContext(connection) as asked:
        client.get(url)
    assert len(asked) <= MOST, [query["sql"][:90] for query in asked]


def _minutes():
    from taizhang.ledger import store
    from taizhang.ledger.drafts import Attachment

    return (Attachment(store.keep([b"minutes"]), "minutes.txt", "text/plain"),)
