from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from taizhang.web import design, home

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.home, name="home"),
    path("i18n/", include("django.conf.urls.i18n")),
    path("admin/", admin.site.urls),
    path("design/", design.gallery, name="design"),
]
