"""Addresses of the public site; included once for each of its languages."""

from django.urls import URLPattern, path, register_converter

from taizhang.publication import feeds, site_views


class Sha256:
    """The digest of a file."""

    regex = "[0-9a-f]{64}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(Sha256, "sha256")

app_name = "site"
urlpatterns: list[URLPattern] = [
    path("", site_views.index, name="index"),
    path("search/", site_views.find, name="search"),
    path("notices/", site_views.notices, name="notices"),
    path("rss.xml", feeds.rss, name="rss"),
    path("atom.xml", feeds.atom, name="atom"),
    path("sitemap.xml", feeds.sitemap, name="sitemap"),
    path("columns/<str:column>/", site_views.column, name="column"),
    path("columns/<str:column>/rss.xml", feeds.rss, name="column_rss"),
    path("columns/<str:column>/atom.xml", feeds.atom, name="column_atom"),
    path("<str:number>/", site_views.article, name="article"),
    path("<str:number>/files/<sha256:sha256>/", site_views.file, name="file"),
]
