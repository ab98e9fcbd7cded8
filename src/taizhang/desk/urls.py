from django.urls import path

from taizhang.desk import views, views_edit, views_record, views_review, views_statistics

app_name = "desk"
urlpatterns = [
    path("", views.index, name="index"),
    path("waiting/", views.waiting, name="waiting"),
    path("all/", views.all_, name="all"),
    path("all/export/", views.export, name="export"),
    path("statistics/", views_statistics.statistics_page, name="statistics"),
    path("statistics/export/", views_statistics.statistics_export, name="statistics_export"),
    path("new/", views_edit.new, name="new"),
    path("<uuid:id>/", views_record.manuscript, name="manuscript"),
    path("<uuid:id>/edit/", views_edit.edit, name="edit"),
    path("<uuid:id>/save/", views_edit.save, name="save"),
    path("<uuid:id>/check/", views_edit.check, name="check"),
    path("<uuid:id>/pictures/", views_edit.upload, name="upload"),
    path("<uuid:id>/pictures/<str:sha256>/", views_edit.picture, name="picture"),
    path("<uuid:id>/attachments/", views_edit.attach, name="attach"),
    path("<uuid:id>/attachments/<str:sha256>/", views_edit.attachment, name="attachment"),
    path("<uuid:id>/submit/", views_edit.submit, name="submit"),
    path("<uuid:id>/recall/", views_edit.recall, name="recall"),
    path("<uuid:id>/copies/<int:pk>/", views_edit.copy, name="copy"),
    path("<uuid:id>/review/", views_review.review, name="review"),
    path("<uuid:id>/decide/", views_review.decide, name="decide"),
    path("<uuid:id>/finding/", views_review.finding, name="finding"),
    path("<uuid:id>/comments/", views_review.comment, name="comment"),
    path("<uuid:id>/comments/<uuid:pk>/resolve/", views_review.resolve, name="resolve"),
    path("<uuid:id>/correct/", views_review.correct, name="correct"),
    path("<uuid:id>/versions/<int:number>/", views_record.version, name="version"),
    path("<uuid:id>/versions/<int:number>/restore/", views_edit.restore, name="restore"),
    path("<uuid:id>/compare/", views_record.compare, name="compare"),
    path("<uuid:id>/reopen/", views_record.reopen, name="reopen"),
    path("<uuid:id>/form/", views_record.form, name="form"),
    path("<uuid:id>/form/<str:ending>/", views_record.form_file, name="form_file"),
]
