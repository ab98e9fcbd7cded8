from django.urls import path

from taizhang.appraisals import (
    views_papers,
    views_runs,
    views_sheets,
    views_talks,
    views_tasks,
    views_verifying,
    views_why,
)

app_name = "appraisals"
_RUN = "runs/<str:appraisal>/<str:period>/"

urlpatterns = [
    path("", views_runs.index, name="index"),
    path("mine/", views_tasks.mine, name="mine"),
    path("list/", views_tasks.responsibilities, name="list"),
    path("why/", views_why.why, name="why"),
    path(_RUN, views_runs.run, name="run"),
    path(f"{_RUN}why/", views_why.why_run, name="why_run"),
    path(f"{_RUN}begin/", views_runs.begin, name="begin"),
    path(f"{_RUN}compute/", views_runs.compute, name="compute"),
    path(f"{_RUN}send/", views_runs.send, name="send"),
    path(f"{_RUN}confirm/", views_runs.confirm, name="confirm"),
    path(f"{_RUN}lock/", views_runs.lock, name="lock"),
    path(f"{_RUN}sheets/", views_runs.sheets, name="sheets"),
    path(f"{_RUN}verify/", views_verifying.verify, name="verify"),
    path(f"{_RUN}circular/", views_papers.new_circular, name="new_circular"),
    path("verify/", views_verifying.index, name="verifications"),
    path("sheets/<uuid:id>/", views_sheets.sheet, name="sheet"),
    path("sheets/<uuid:id>/object/", views_sheets.object_, name="object"),
    path("sheets/<uuid:id>/sign/", views_sheets.counter_sign, name="counter_sign"),
    path("sheets/<uuid:id>/correct/", views_sheets.correct, name="correct"),
    path("objections/", views_sheets.objections, name="objections"),
    path("objections/<int:pk>/", views_sheets.answer, name="answer"),
    path("exemptions/", views_talks.exemptions, name="exemptions"),
    path("exemptions/ask/", views_talks.ask_exemption, name="ask_exemption"),
    path("exemptions/<int:pk>/decide/", views_talks.decide_exemption, name="decide_exemption"),
    path("talks/", views_talks.talks, name="talks"),
    path("talks/<int:pk>/", views_talks.talk, name="talk"),
    path("circulars/<uuid:id>/", views_papers.circular, name="circular"),
    path("circulars/<uuid:id>/<str:form>/", views_papers.download_circular, name="download_circular"),
    path("assess/", views_papers.assess, name="assess"),
    path("assess/<str:form>/", views_papers.download_assessment, name="download_assessment"),
]
