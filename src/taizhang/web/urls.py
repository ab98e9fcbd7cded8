from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from taizhang.web import design, home, why

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.home, name="home"),
    path("why/", why.why, name="why"),
    path("why/rows/", why.why_rows, name="why_rows"),
    path("i18n/", include("django.conf.urls.i18n")),
    path("admin/", admin.site.urls),
    path("design/", design.gallery, name="design"),
]
