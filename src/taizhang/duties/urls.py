from django.urls import path

from taizhang.duties import views

app_name = "duties"
_ONE = "of/<str:duty>/<str:unit>/<str:period>/"

urlpatterns = [
    path("", views.matrix_page, name="matrix"),
    path("todo/", views.todo, name="todo"),
    path("gaps/", views.gaps, name="gaps"),
    path("responsibilities/", views.responsibilities, name="responsibilities"),
    path(_ONE, views.occurrence, name="occurrence"),
    path(f"{_ONE}verify/", views.verify, name="verify"),
    path(f"{_ONE}reopen/", views.reopen, name="reopen"),
    path(f"{_ONE}exempt/", views.exempt, name="exempt"),
    path(f"{_ONE}lift/", views.lift, name="lift"),
]
