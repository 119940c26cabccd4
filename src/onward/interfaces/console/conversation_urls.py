"""Addresses of what is said and handed over."""

from django.urls import path

from onward.interfaces.console import conversation, files

JOURNEY = "journeys/<str:ref>"
TASK = "tasks/<str:ref>"
COMMENT = "comments/<str:comment>"
FILE = "files/<str:file>"

urlpatterns = [
    path(f"{JOURNEY}/comments", conversation.write_in_journey, name="journey_comments"),
    path(f"{JOURNEY}/talk", conversation.journey_talk, name="journey_talk"),
    path(f"{JOURNEY}/people.json", conversation.journey_people, name="journey_callable"),
    path(f"{JOURNEY}/uploads", files.add_to_journey, {"kind": "file"}, name="journey_uploads"),
    path(f"{JOURNEY}/links", files.add_to_journey, {"kind": "link"}, name="journey_links"),
    path(f"{TASK}/comments", conversation.write_about_task, name="task_comments"),
    path(f"{TASK}/talk", conversation.task_talk, name="task_talk"),
    path(f"{TASK}/people.json", conversation.task_people, name="task_callable"),
    path(f"{TASK}/uploads", files.add_to_task, {"kind": "file"}, name="task_uploads"),
    path(f"{TASK}/links", files.add_to_task, {"kind": "link"}, name="task_links"),
    path(COMMENT, conversation.comment, name="comment"),
    path(f"{COMMENT}/removal", conversation.removal, name="comment_removal"),
    path(f"{COMMENT}/restoration", conversation.restoration, name="comment_restoration"),
    path(f"{COMMENT}/answer", conversation.answer, name="comment_answer"),
    path(f"{FILE}/removal", files.removal, name="file_removal"),
    path(f"{FILE}/restoration", files.restoration, name="file_restoration"),
    path(f"{FILE}/<str:name>", files.file, name="file"),
]
