"""What feed readers and search engines are told: RSS, Atom, the site map, what robots may read."""

import datetime as dt
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.sitemaps import Sitemap
from django.contrib.sitemaps.views import sitemap as django_sitemap
from django.contrib.syndication.views import Feed
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed, Rss201rev2Feed, SyndicationFeed
from django.utils.html import escape
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from taizhang.publication import fragment, published
from taizhang.publication.published import Column, Text
from taizhang.publication.site_views import Place, address, namespace, open_page, place
from taizhang.publication.words import line
from taizhang.rules.queries import history

NEWEST = 30


class _Texts(Feed):  # type: ignore[type-arg] # it is generic in the stubs only
    """The newest texts of the site, or of one column. Made anew for each request."""

    def __init__(self, request: HttpRequest, around: Place, column: Column | None, self_url: str) -> None:
        self._request, self._around, self._column, self._self = request, around, column, self_url
        self.language = get_language()

    def title(self) -> str:
        where = self._column.label.said_in(self.language or "zh") if self._column else _("Public information")
        return f"{self._around.name} · {where}"

    def link(self) -> str:
        if self._column:
            return address(self._request, "column", self._column.id)
        return address(self._request, "index")

    def feed_url(self) -> str:
        return self._self

    def description(self) -> str:
        return _("Texts published by {name}").format(name=self._around.name)

    def items(self) -> list[Text]:
        wanted = self._column.id if self._column else ""
        shown = [each for each in self._around.shelf if wanted in ("", each.column)]
        return published.read(shown[:NEWEST])

    def item_title(self, item: Any) -> str:
        return line(item.content.title)

    def item_description(self, item: Any) -> str:
        words = fragment.gist(item.content, longest=300)
        note = line(item.content.note) if item.is_corrected else ""
        # readers take a description for HTML, so words must come to them escaped twice
        return escape(f"{_('Correction')}{_(': ')}{note} {words}" if note else words)

    def item_link(self, item: Any) -> str:
        return address(self._request, "article", item.manuscript.number)

    def item_guid(self, item: Any) -> str:
        return f"urn:uuid:{item.manuscript.pk}"

    item_guid_is_permalink = False

    def item_pubdate(self, item: Any) -> dt.datetime:
        return timezone.localtime(item.since)

    def item_updateddate(self, item: Any) -> dt.datetime:
        return timezone.localtime(item.release.at)

    def item_author_name(self, item: Any) -> str:
        return line(item.content.byline) or line(item.manuscript.unit.name)

    def item_categories(self, item: Any) -> list[str]:
        column = self._around.known.get(item.manuscript.type)
        return [column.label.said_in(self.language or "zh")] if column else []


def _feed(request: HttpRequest, kind: type[SyndicationFeed], name: str, column: str = "") -> HttpResponse:
    around = place(request)
    found = around.column(column) if column else None
    url = address(request, f"column_{name}", column) if column else address(request, name)
    feed = _Texts(request, around, found, url)
    feed.feed_type = kind
    return feed(request)


@open_page
def rss(request: HttpRequest, column: str = "") -> HttpResponse:
    return _feed(request, Rss201rev2Feed, "rss", column)


@open_page
def atom(request: HttpRequest, column: str = "") -> HttpResponse:
    return _feed(request, Atom1Feed, "atom", column)


class _Map(Sitemap):  # type: ignore[type-arg] # it is generic in the stubs only
    """Every text that stands, and the columns."""

    limit = 5000

    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    def items(self) -> Any:
        return published.shelf(history())

    def location(self, item: Any) -> str:
        return address(self._request, "article", item.number)

    def lastmod(self, item: Any) -> dt.datetime:
        when: dt.datetime = item.at
        return when


@open_page
def sitemap(request: HttpRequest) -> HttpResponseBase:
    return django_sitemap(request, sitemaps={namespace(request): _Map(request)}).render()


@login_not_required
@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Tell robots what they may read: the public site, where there is one, and nothing else."""
    rules = ["User-agent: *"]
    if settings.PUBLIC_SITE:
        rules += [f"Allow: {reverse('site:index')}", f"Allow: /{settings.STATIC_URL.strip('/')}/"]
    rules += ["Disallow: /"]
    if settings.PUBLIC_SITE:
        rules += [f"Sitemap: {request.build_absolute_uri(reverse('site:sitemap'))}"]
    return HttpResponse("\n".join(rules) + "\n", content_type="text/plain; charset=utf-8")
