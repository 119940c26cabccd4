"""What somebody may only read says so before they type, and names who changes it."""

from __future__ import annotations

import pytest

from onward.kernel.ids import format_id
from tests.world import Cast, cast, signed_in

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def world() -> Cast:
    return cast()


@pytest.mark.parametrize(
    ("path", "who"),
    [
        ("/settings/organization", "an admin"),
        ("/settings/sign-in", "an admin"),
        ("/settings/portal", "an admin"),
        ("/settings/segments", "a manager"),
        ("/settings/targets", "a manager"),
        ("/accounts/{account}/edit", "a member of the team"),
        ("/accounts/{account}/portal", "a member"),
        ("/contacts/{contact}", "a member of the team"),
    ],
)
def test_who_may_only_read_finds_the_fields_shut_and_who_changes_them(world: Cast, path: str, who: str) -> None:
    # red when somebody types a page full before they learn that they may not save it
    at = path.format(account=format_id("acc", world.acme), contact=world.dana.id)
    page = signed_in(world.viewer).get(at).content.decode()
    assert f"You can read this; {who} changes it." in page
    shut = page.partition('<fieldset class="stack" disabled>')[2].partition("</form>")[0]
    assert shut
    assert 'type="submit"' not in shut
    assert "You can read this" not in signed_in(world.admin).get(at).content.decode()


def test_who_may_not_add_an_account_finds_no_form(world: Cast) -> None:
    page = signed_in(world.viewer).get("/accounts/new").content.decode()
    assert "A member of the team adds accounts." in page
    assert 'action="/accounts"' not in page
    assert 'action="/accounts"' in signed_in(world.admin).get("/accounts/new").content.decode()
