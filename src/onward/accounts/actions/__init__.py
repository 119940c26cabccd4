"""What is changed in accounts: accounts, contacts, deals, products, segments, imports."""

from onward.accounts.actions.accounts import change_account, forget_demo_accounts, link_group, open_account, set_state
from onward.accounts.actions.contacts import (
    add_contact,
    change_contact,
    invite_contact,
    restore_contact,
    revoke_contact,
)
from onward.accounts.actions.deals import change_deal, lose_deal, open_deal, put_product, win_deal
from onward.accounts.actions.segments import judge_segment, set_segment_rules
from onward.accounts.actions.targets import set_duration_targets

__all__ = [
    "add_contact",
    "change_account",
    "change_contact",
    "change_deal",
    "forget_demo_accounts",
    "invite_contact",
    "judge_segment",
    "link_group",
    "lose_deal",
    "open_account",
    "open_deal",
    "put_product",
    "restore_contact",
    "revoke_contact",
    "set_duration_targets",
    "set_segment_rules",
    "set_state",
    "win_deal",
]
