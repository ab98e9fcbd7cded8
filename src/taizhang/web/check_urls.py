from django.urls import path

from taizhang.web import checking

app_name = "check"
urlpatterns = [
    path("", checking.index, name="index"),
    path("commented/", checking.commented, name="commented"),
    path("copy/<str:ending>/", checking.copy, name="copy"),
    path("report/", checking.report, name="report"),
]
