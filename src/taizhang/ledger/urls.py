from django.urls import URLPattern, path

from taizhang.ledger import views, views_attendance, views_export, views_record

app_name = "ledger"
urlpatterns: list[URLPattern] = [
    path("", views.index, name="index"),
    path("quick/", views_record.quick, name="quick"),
    path("people/", views_record.people, name="people"),
    path("evidence/<int:pk>/", views.evidence, name="evidence"),
    path("entries/<uuid:id>/", views.entry, name="entry"),
    path("entries/<uuid:id>/correct/", views_record.correct, name="correct"),
    path("entries/<uuid:id>/withdraw/", views_record.withdraw, name="withdraw"),
    path("entries/<uuid:id>/attendance/", views_attendance.attendance, name="attendance"),
    path("entries/<uuid:id>/attendance/<int:person_id>/", views_attendance.make_up, name="make_up"),
    path("entries/<uuid:id>/sign-in/", views_attendance.sign_in_for_entry, name="entry_sign_in"),
    # Kinds are named by whoever writes the scheme: a prefix keeps them apart from the addresses above.
    path("kinds/<str:kind>/", views.kind_list, name="list"),
    path("kinds/<str:kind>/new/", views_record.new, name="new"),
    path("kinds/<str:kind>/roster/", views_attendance.roster, name="roster"),
    path("kinds/<str:kind>/sign-in/", views_attendance.sign_in, name="sign_in"),
    path("kinds/<str:kind>/about/", views_record.about, name="about"),
    path("kinds/<str:kind>/export/<str:format>/", views_export.export, name="export"),
]
