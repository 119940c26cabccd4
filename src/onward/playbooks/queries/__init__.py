"""What is read of playbooks: versions as they run, lists for pages, folders of files."""

from onward.playbooks.decisions.choosing import Choice
from onward.playbooks.queries.drafts import DraftRow, Remark, beside, draft, drafts
from onward.playbooks.queries.shelf import Shelf, read_shelf, read_text
from onward.playbooks.queries.versions import (
    Effort,
    Number,
    PlaybookRow,
    VersionRow,
    above,
    current_id,
    current_versions,
    efforts,
    fitting,
    history,
    may_begin_before_the_signature,
    past,
    playbook_rows,
    published,
    published_numbers,
    version,
    version_row,
)

__all__ = [
    "Choice",
    "DraftRow",
    "Effort",
    "Number",
    "PlaybookRow",
    "Remark",
    "Shelf",
    "VersionRow",
    "above",
    "beside",
    "current_id",
    "current_versions",
    "draft",
    "drafts",
    "efforts",
    "fitting",
    "history",
    "may_begin_before_the_signature",
    "past",
    "playbook_rows",
    "published",
    "published_numbers",
    "read_shelf",
    "read_text",
    "version",
    "version_row",
]
