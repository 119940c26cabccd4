"""`onward user`: invite people, list them, change a role, revoke."""

from __future__ import annotations

import argparse
import os
from typing import Any

from onward.identity import actions, queries
from onward.interfaces.cli.answers import Answer
from onward.kernel.actor import SYSTEM
from onward.kernel.ids import format_id
from onward.kernel.refusals import not_found


def register(subparsers: Any) -> None:
    """Add the command."""
    user = subparsers.add_parser("user", help="invite people, change roles, revoke").add_subparsers(required=True)
    invite = user.add_parser("invite", help="a sign-in link for this mail; a new one for a user who is here")
    invite.add_argument("mail", metavar="MAIL")
    invite.add_argument("--role", metavar="ROLE", help="member for a new user when left out")
    invite.add_argument("--name", default="")
    invite.set_defaults(run=run_invite)
    listed = user.add_parser("list", help="everybody, with role and whether they may sign in")
    listed.set_defaults(run=run_list)
    role = user.add_parser("role", help="give a user another role")
    role.add_argument("mail", metavar="MAIL")
    role.add_argument("role", metavar="ROLE", help="admin, manager, member, viewer, or one of your own")
    role.set_defaults(run=run_role)
    revoke = user.add_parser("revoke", help="take away every way in, at once")
    revoke.add_argument("mail", metavar="MAIL")
    revoke.set_defaults(run=run_revoke)


def run_invite(arguments: argparse.Namespace) -> Answer:
    """The link, once."""
    link = actions.invite_user(actor=SYSTEM, mail=arguments.mail, role=arguments.role, name=arguments.name)
    url = f"{address()}/invite/{link.secret}"
    document = {
        "link": url,
        "user": format_id("usr", link.user_id) if link.user_id else None,
        "expires_at": link.expires_at.isoformat(),
    }
    return Answer(document, f"{url}\nIt lets {arguments.mail} in once, within 30 minutes.")


def run_list(arguments: argparse.Namespace) -> Answer:
    """Everybody."""
    rows = [
        {
            "id": row.ref,
            "name": row.name,
            "mail": row.mail,
            "role": row.role,
            "active": row.is_active,
            "joined_at": row.joined_at.isoformat() if row.joined_at else None,
        }
        for row in queries.users(SYSTEM)
    ]
    text = "\n".join(f"{row['role']:<8} {row['name']} <{row['mail'] or 'no mail'}>" for row in rows)
    return Answer({"users": rows}, text or "Nobody yet. Invite the first: onward user invite MAIL --role admin")


def run_role(arguments: argparse.Namespace) -> dict[str, str]:
    """Change a role."""
    user_id = _by_mail(arguments.mail)
    actions.change_role(actor=SYSTEM, user_id=user_id, role=arguments.role)
    return {"id": format_id("usr", user_id), "role": arguments.role}


def run_revoke(arguments: argparse.Namespace) -> dict[str, object]:
    """Revoke a user."""
    user_id = _by_mail(arguments.mail)
    actions.revoke_user(actor=SYSTEM, user_id=user_id)
    return {"id": format_id("usr", user_id), "active": False}


def address() -> str:
    """Where the running installation answers."""
    return (os.environ.get("ONWARD_PUBLIC_URL") or os.environ.get("ONWARD_ADDRESS") or "http://127.0.0.1:8000").rstrip(
        "/"
    )


def _by_mail(mail: str) -> Any:
    user_id = queries.user_id_by_mail(mail)
    if user_id is None:
        raise not_found("user", mail)
    return user_id
