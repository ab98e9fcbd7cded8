from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.templatetags.static import static
from django.urls import URLPattern, URLResolver, include, path
from django.views.i18n import set_language

from taizhang.publication import feeds, site_urls
from taizhang.web import design, home, why


def favicon(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - the same for everybody
    """Lead browsers that ask for the old address to our mark."""
    return redirect(static("taizhang/img/mark.svg"), permanent=True)


urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.home, name="home"),
    path("why/", why.why, name="why"),
    path("why/rows/", why.why_rows, name="why_rows"),
    path("accounts/", include("taizhang.org.login_urls")),
    path("organisation/", include("taizhang.org.urls")),
    path("ledger/", include("taizhang.ledger.urls")),
    path("scheme/", include("taizhang.web.scheme_urls")),
    path("duties/", include("taizhang.duties.urls")),
    path("scores/", include("taizhang.appraisals.urls")),
    path("reports/", include("taizhang.reports.urls")),
    path("desk/", include("taizhang.desk.urls")),
    path("publication/", include("taizhang.publication.urls")),
    path("journal/", include("taizhang.journal.urls")),
    path("check/", include("taizhang.web.check_urls")),
    path("public/en/", include(site_urls, namespace="site_en")),
    path("public/", include(site_urls)),
    path("robots.txt", feeds.robots, name="robots"),
    path("i18n/setlang/", login_not_required(set_language), name="set_language"),
    path("favicon.ico", login_not_required(favicon), name="favicon"),
    path("admin/", admin.site.urls),
    path("design/", design.gallery, name="design"),
]

handler400 = "taizhang.web.errors.bad_request"
handler403 = "taizhang.web.errors.forbidden"
handler404 = "taizhang.web.errors.not_found"
handler500 = "taizhang.web.errors.server_error"
