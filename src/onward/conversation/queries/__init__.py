"""What is read of conversations and files, always through the one who asks: contacts get what is shared with them."""

from onward.conversation.queries.asked import (
    MentionView,
    Unanswered,
    open_mentions,
    open_questions,
    questions_open,
    spoken_to,
    unanswered,
)
from onward.conversation.queries.comments import (
    MOST,
    CommentView,
    comment_view,
    conversation,
    histories,
    latest_notes,
)
from onward.conversation.queries.day import Call, Called, Held, calls_for, last_called, named
from onward.conversation.queries.files import FileView, content_of, file_view, files
from onward.conversation.queries.people import MAY_BE_CALLED, audience, callable_people
from onward.conversation.queries.rows import account_of

__all__ = [
    "MAY_BE_CALLED",
    "MOST",
    "Call",
    "Called",
    "CommentView",
    "FileView",
    "Held",
    "MentionView",
    "Unanswered",
    "account_of",
    "audience",
    "callable_people",
    "calls_for",
    "comment_view",
    "content_of",
    "conversation",
    "file_view",
    "files",
    "histories",
    "last_called",
    "latest_notes",
    "named",
    "open_mentions",
    "open_questions",
    "questions_open",
    "spoken_to",
    "unanswered",
]
