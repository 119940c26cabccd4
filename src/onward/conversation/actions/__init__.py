"""What people say and hand over, and how they take it back."""

from onward.conversation.actions.comments import (
    edit_comment,
    remove_comment,
    restore_comment,
    see_mentions,
    write_comment,
)
from onward.conversation.actions.files import add_file, add_link, erase_removed, remove_file, restore_file
from onward.conversation.actions.forgetting import forget_demo
from onward.conversation.actions.questions import reopen_question, settle_question

__all__ = [
    "add_file",
    "add_link",
    "edit_comment",
    "erase_removed",
    "forget_demo",
    "remove_comment",
    "remove_file",
    "reopen_question",
    "restore_comment",
    "restore_file",
    "see_mentions",
    "settle_question",
    "write_comment",
]
