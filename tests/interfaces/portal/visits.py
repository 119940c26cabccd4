"""Enter the portal in a test."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.test import Client

from onward.foundation import secrets
from onward.identity.actions import contact_link
from onward.identity.models import SignInCode
from onward.kernel.actor import SYSTEM


def enter(contact_id: UUID, **given: Any) -> Client:
    """A browser in which this contact is signed in."""
    link = contact_link(actor=SYSTEM, contact_id=contact_id)
    plain = Client()
    plain.post(f"/portal/enter/{link.secret}", {"remember": "1"})
    client = Client(**given)
    client.cookies.update(plain.cookies)
    return client


def code_for(contact_id: UUID) -> str:
    """Replace the contact's open code, whose digits nobody can read, with one that the test knows."""
    row = SignInCode.objects.filter(contact_id=contact_id, used_at=None).latest("created_at")
    row.digest = secrets.code_digest("407128", row.salt)
    row.save(update_fields=["digest"])
    return "407128"
