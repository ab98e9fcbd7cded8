from django.urls import path

from taizhang.web import schemes

app_name = "rules"

urlpatterns = [
    path("", schemes.index, name="index"),
    path("adopt/", schemes.adopt_page, name="adopt"),
    path("<str:effective>/", schemes.version, name="version"),
    path("<str:effective>/text/", schemes.text, name="text"),
    path("<str:old>/<str:new>/changes/", schemes.compare, name="compare"),
]
