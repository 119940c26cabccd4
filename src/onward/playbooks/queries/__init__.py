"""What is read of playbooks: versions as they run, lists for pages, folders of files."""

from onward.playbooks.decisions.choosing import Choice
from onward.playbooks.queries.shelf import Shelf, read_shelf, read_text
from onward.playbooks.queries.versions import (
    PlaybookRow,
    VersionRow,
    current_id,
    current_versions,
    fitting,
    history,
    playbook_rows,
    version,
    version_row,
)

__all__ = [
    "Choice",
    "PlaybookRow",
    "Shelf",
    "VersionRow",
    "current_id",
    "current_versions",
    "fitting",
    "history",
    "playbook_rows",
    "read_shelf",
    "read_text",
    "version",
    "version_row",
]
