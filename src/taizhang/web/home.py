"""The first page after logging in."""

from django.http import HttpResponse
from django.shortcuts import render

from taizhang.org.middleware import VisitRequest


def home(request: VisitRequest) -> HttpResponse:
    return render(request, "web/home.html", {"access": request.visit.access})
