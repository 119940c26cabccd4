"""Addresses of My work: the first page, what is done from it in place, and what is reached from everywhere."""

from django.urls import path

from onward.interfaces.console import my_work, search, shortcuts

TASK = "work/tasks/<str:ref>"

urlpatterns = [
    path("", my_work.page, name="home"),
    path("search", search.page, name="search"),
    path("keys", shortcuts.page, name="shortcuts"),
    path("me/preferences", shortcuts.preference, name="preferences"),
    path(f"{TASK}/completion", my_work.complete, name="work_completion"),
    path(f"{TASK}/reopening", my_work.reopen, name="work_reopening"),
    path(f"{TASK}/date", my_work.move, name="work_date"),
    path(f"{TASK}/person", my_work.assign, name="work_person"),
    path(f"{TASK}/reminder", my_work.remind, name="work_reminder"),
    path("work/check-ins/<str:ref>/holding", my_work.hold, name="work_holding"),
    path("work/comments/<str:ref>/answer", my_work.answer, name="work_answer"),
]
