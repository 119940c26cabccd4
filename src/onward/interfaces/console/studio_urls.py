"""URLs of the studio: a playbook's draft and what is done with it."""

from django.urls import path

from onward.interfaces.console import plan_sheets
from onward.interfaces.console.studio import pages, preview

urlpatterns = [
    path("playbooks/drafts", pages.begin, name="playbook_drafts"),
    path("playbooks/sheet", plan_sheets.playbook, name="playbook_sheet"),
    path("playbooks/<str:key>/studio", pages.studio, name="playbook_studio"),
    path("playbooks/<str:key>/studio/names", pages.names, name="playbook_names"),
    path("playbooks/<str:key>/studio/preview", preview.preview, name="playbook_preview"),
    path("playbooks/<str:key>/studio/remarks", pages.remark, name="playbook_remarks"),
    path("playbooks/<str:key>/studio/publication", pages.publication, name="playbook_draft_publication"),
    path("playbooks/<str:key>/studio/removal", pages.removal, name="playbook_draft_removal"),
]
