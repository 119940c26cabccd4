"""Users: the colleagues who own accounts, journeys and tasks. They are invited and given roles by people alone."""

from __future__ import annotations

from django.http import HttpRequest
from ninja import Query, Router

from onward.identity import queries
from onward.interfaces.api.door import actor_of, scoped
from onward.interfaces.api.fields import Asked, Cursor, Limit, Short, Told
from onward.kernel.ids import format_id

router = Router()


class User(Told):
    id: str
    name: str
    mail: str | None
    role: str
    team: str
    region: str
    manager_id: str | None
    external_id: str | None
    is_active: bool


class Users(Told):
    rows: list[User]
    next: str


class UsersAsked(Asked):
    words: Short = ""
    cursor: Cursor = ""
    limit: Limit = 50


@router.get("/users", response=Users, operation_id="list_users", summary="List users")
@scoped("user:read")
def list_users(request: HttpRequest, asked: Query[UsersAsked]) -> Users:
    """Users in the order in which they came. `words`: beginnings of words in the name, or of the mail."""
    page = queries.user_page(actor_of(request), words=asked.words, after=asked.cursor, limit=asked.limit)
    return Users(rows=[_shown(row) for row in page.rows], next=page.next)


def _shown(row: queries.UserRow) -> User:
    return User(
        id=row.ref,
        name=row.name,
        mail=row.mail,
        role=row.role,
        team=row.team,
        region=row.region,
        manager_id=format_id("usr", row.manager_id) if row.manager_id else None,
        external_id=row.external_id,
        is_active=row.is_active,
    )
