from django.urls import path

from taizhang.reports import views, views_edit, views_frozen

app_name = "reports"

urlpatterns = [
    path("", views.index, name="index"),
    path("new/", views.new, name="new"),
    path("diff/", views_frozen.diff, name="diff"),
    path("official.css", views.stylesheet, name="stylesheet"),
    path("<uuid:id>/", views.report, name="report"),
    path("<uuid:id>/download/<str:form>/", views.download, name="download"),
    path("<uuid:id>/versions/<int:pk>/", views.revision, name="revision"),
    path("<uuid:id>/edit/", views_edit.edit, name="edit"),
    path("<uuid:id>/save/", views_edit.save, name="save"),
    path("<uuid:id>/figures/", views_edit.figures, name="figures"),
    path("<uuid:id>/refill/", views_edit.refill, name="refill"),
    path("<uuid:id>/versions/<int:pk>/restore/", views_edit.restore, name="restore"),
    path("<uuid:id>/freeze/", views_frozen.freeze, name="freeze"),
    path("frozen/<uuid:id>/", views_frozen.frozen, name="frozen"),
    path("frozen/<uuid:id>/verify/", views_frozen.verify, name="verify"),
    path("frozen/<uuid:id>/now/", views_frozen.now, name="now"),
    path("frozen/<uuid:id>/download/<str:form>/", views_frozen.download, name="download_frozen"),
]
