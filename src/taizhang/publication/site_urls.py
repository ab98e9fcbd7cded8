"""Addresses of the public site; included once for each of its languages."""

from django.urls import URLPattern, path

from taizhang.publication import feeds, site_views

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
    path("<str:number>/files/<str:sha256>/", site_views.file, name="file"),
]
