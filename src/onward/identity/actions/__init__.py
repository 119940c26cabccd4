"""What is changed in identity: the organization, its people, and every way in. Each change of rights is a fact."""

from onward.identity.actions.codes import IssuedLink
from onward.identity.actions.contacts import (
    Entered,
    contact_link,
    end_contact_session,
    enter_by_code,
    enter_by_link,
    request_contact_code,
    revoke_contact_access,
    see_contact_session,
)
from onward.identity.actions.keys import NewKey, create_key, note_key_used, revoke_key
from onward.identity.actions.organization import (
    change_organization,
    enter_demo,
    first_link,
    forget_demo_people,
    open_demo,
    setup_organization,
)
from onward.identity.actions.people import (
    PutUser,
    add_user,
    change_role,
    change_user,
    invite_user,
    put_user,
    restore_user,
    revoke_user,
    set_password,
)
from onward.identity.actions.signing_in import (
    IssuedCode,
    accept_invite,
    request_code,
    sign_in_by_password,
    verify_code,
)

__all__ = [
    "Entered",
    "IssuedCode",
    "IssuedLink",
    "NewKey",
    "PutUser",
    "accept_invite",
    "add_user",
    "change_organization",
    "change_role",
    "change_user",
    "contact_link",
    "create_key",
    "end_contact_session",
    "enter_by_code",
    "enter_by_link",
    "enter_demo",
    "first_link",
    "forget_demo_people",
    "invite_user",
    "note_key_used",
    "open_demo",
    "put_user",
    "request_code",
    "request_contact_code",
    "restore_user",
    "revoke_contact_access",
    "revoke_key",
    "revoke_user",
    "see_contact_session",
    "set_password",
    "setup_organization",
    "sign_in_by_password",
    "verify_code",
]
