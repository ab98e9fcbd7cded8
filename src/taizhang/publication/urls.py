from django.urls import URLPattern, path

from taizhang.publication import views

app_name = "publication"
urlpatterns: list[URLPattern] = [
    path("", views.index, name="index"),
    path("<uuid:id>/", views.release, name="release"),
    path("<uuid:id>/public/", views.public, name="public"),
    path("<uuid:id>/withdraw/", views.withdraw, name="withdraw"),
    path("<uuid:id>/files/<str:sha256>/", views.file, name="file"),
    path("schedules/<uuid:id>/cancel/", views.cancel, name="cancel"),
    path("releases/<uuid:id>/address/", views.locate, name="locate"),
    path("releases/<uuid:id>/package/", views.pasting, name="package"),
    path("releases/<uuid:id>/package.zip", views.archive, name="archive"),
    path("releases/<uuid:id>/text.docx", views.word, name="word"),
    path("releases/<uuid:id>/files/<str:sha256>/", views.released_file, name="released_file"),
]
