"""Addresses of what is said and handed over."""

from django.urls import path

from onward.interfaces.portal import conversation, files

JOURNEY = "journeys/<str:journey>"
TASK = "tasks/<str:task>"
COMMENT = "comments/<str:comment>"
FILE = "files/<str:file>"

urlpatterns = [
    path(f"{JOURNEY}/conversation", conversation.conversation, name="portal_conversation"),
    path(f"{JOURNEY}/documents", files.documents, name="portal_documents"),
    path(f"{JOURNEY}/comments", conversation.write_in_journey, name="portal_journey_comments"),
    path(f"{JOURNEY}/talk", conversation.journey_talk, name="portal_journey_talk"),
    path(f"{JOURNEY}/people.json", conversation.journey_people, name="portal_journey_callable"),
    path(f"{JOURNEY}/uploads", files.add_to_journey, {"kind": "file"}, name="portal_journey_uploads"),
    path(f"{JOURNEY}/links", files.add_to_journey, {"kind": "link"}, name="portal_journey_links"),
    path(f"{TASK}/comments", conversation.write_about_task, name="portal_task_comments"),
    path(f"{TASK}/talk", conversation.task_talk, name="portal_task_talk"),
    path(f"{TASK}/people.json", conversation.task_people, name="portal_task_callable"),
    path(f"{TASK}/uploads", files.add_to_task, {"kind": "file"}, name="portal_task_uploads"),
    path(f"{TASK}/links", files.add_to_task, {"kind": "link"}, name="portal_task_links"),
    path(COMMENT, conversation.comment, name="portal_comment"),
    path(f"{COMMENT}/removal", conversation.removal, name="portal_comment_removal"),
    path(f"{COMMENT}/restoration", conversation.restoration, name="portal_comment_restoration"),
    path(f"{COMMENT}/answer", conversation.answer, name="portal_comment_answer"),
    path(f"{FILE}/removal", files.removal, name="portal_file_removal"),
    path(f"{FILE}/restoration", files.restoration, name="portal_file_restoration"),
    path(f"{FILE}/<str:name>", files.file, name="portal_file"),
]
