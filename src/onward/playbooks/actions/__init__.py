"""What is changed in playbooks: a draft is written, a version is published; no version is ever edited."""

from onward.playbooks.actions.drafting import (
    begin_draft,
    draft_planned,
    drop_draft,
    publish_draft,
    remark_on_draft,
    save_draft,
    undo_draft,
)
from onward.playbooks.actions.plans import keep_plan, keep_sheet
from onward.playbooks.actions.publishing import Published, publish
from onward.playbooks.actions.shipped import publish_shipped

__all__ = [
    "Published",
    "begin_draft",
    "draft_planned",
    "drop_draft",
    "keep_plan",
    "keep_sheet",
    "publish",
    "publish_draft",
    "publish_shipped",
    "remark_on_draft",
    "save_draft",
    "undo_draft",
]
