"""What a colleague can be here for, each role with what it means, in a sentence for people who know no role by name."""

from __future__ import annotations

from onward.accounts.decisions import STAKEHOLDER_ROLES

_MEANS = {
    "champion": "Drives it on your side: signs the plan and may invite others.",
    "sponsor": "Decides. Begins with a short page of what to decide and can open the rest.",
    "project_owner": "Keeps your side’s steps moving, and may invite others.",
    "admin": "Sets up people and settings in the product.",
    "technical_lead": "Connects your systems and looks after the data that goes in.",
    "end_user": "Works with the product and takes part in training.",
    "trainer": "Teaches your own people.",
    "billing": "Looks after the contract and the invoices.",
    "security": "Asks and answers about data, security and contracts.",
}
#: As (key, title, sentence), what is chosen first ahead.
ROLES = [
    ("", "Takes part", "Sees the plan and does the steps that are given to them."),
    *((key, title, _MEANS.get(key, "")) for key, title in STAKEHOLDER_ROLES.items()),
]
