from django.urls import URLPattern, path

from taizhang.journal import views

app_name = "journal"
urlpatterns: list[URLPattern] = [
    path("", views.lines, name="index"),
    path("verify/", views.verify, name="verify"),
    path("<int:seq>/", views.line, name="line"),
]
