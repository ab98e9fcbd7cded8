from django.urls import path

from taizhang.org import account_views, views

app_name = "org"
urlpatterns = [
    path("", views.index, name="index"),
    path("units/new/", views.open_unit, name="open_unit"),
    path("units/<int:pk>/", views.unit, name="unit"),
    path("units/<int:pk>/change/", views.change_unit, name="change_unit"),
    path("units/<int:pk>/move/", views.move_unit, name="move_unit"),
    path("units/<int:pk>/close/", views.close_unit, name="close_unit"),
    path("units/<int:pk>/reopen/", views.reopen_unit, name="reopen_unit"),
    path("people/", views.people, name="people"),
    path("people/suggest/", views.suggest, name="suggest"),
    path("people/new/", views.add_person, name="add_person"),
    path("people/<int:pk>/", views.person, name="person"),
    path("people/<int:pk>/change/", views.change_person, name="change_person"),
    path("people/<int:pk>/leave/", views.leave, name="leave"),
    path("posts/new/", views.appoint, name="appoint"),
    path("posts/<int:pk>/", views.change_post, name="change_post"),
    path("groups/", views.groups, name="groups"),
    path("groups/new/", views.join_group, name="join_group"),
    path("groups/<int:pk>/", views.change_membership, name="change_membership"),
    path("roles/", views.roles, name="roles"),
    path("roles/new/", views.assign_role, name="assign_role"),
    path("roles/<int:pk>/", views.change_assignment, name="change_assignment"),
    path("accounts/", account_views.index, name="accounts"),
    path("accounts/new/", account_views.open_account, name="open_account"),
    path("accounts/<int:pk>/password/", account_views.reset_password, name="reset_password"),
    path("accounts/<int:pk>/active/", account_views.set_active, name="set_active"),
]
