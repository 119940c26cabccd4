"""Drafts: kept right or wrong, two people at once, a review, publishing over the version that one saw."""

from __future__ import annotations

import pytest

from onward.kernel.actor import Actor
from onward.kernel.refusals import Refusal
from onward.playbooks import actions, queries
from onward.playbooks.decisions.starter import starter

pytestmark = pytest.mark.django_db(transaction=True)

MANAGER = Actor("staff", "usr_1", "Mara", role="manager")
OTHER = Actor("staff", "usr_2", "Ines", role="manager")
MEMBER = Actor("staff", "usr_3", "Tom", role="member")


def refused(code: str, **given: object) -> Refusal:
    name = given.pop("do")
    with pytest.raises(Refusal) as found:
        getattr(actions, str(name))(**given)
    assert found.value.code == code
    return found.value


def test_a_new_playbook_is_written_and_published() -> None:
    actions.begin_draft(actor=MANAGER, key="ours", text="half of a file: [")
    assert queries.draft(MANAGER, "ours").text == "half of a file: ["
    edition = actions.save_draft(actor=MANAGER, key="ours", text=starter("ours"), edition=1)
    done = actions.publish_draft(actor=MANAGER, key="ours", edition=edition)
    assert (done.state, done.number) == ("published", 1)
    assert queries.draft(MANAGER, "ours") is None
    refused("conflict", do="begin_draft", actor=MANAGER, key="ours", text="x")
    refused("invalid", do="begin_draft", actor=MANAGER, key="No id", text="x")
    refused("not_found", do="begin_draft", actor=MANAGER, key="nobody")
    refused("forbidden", do="begin_draft", actor=MEMBER, key="other", text="x")


def test_two_people_at_once_lose_nothing() -> None:
    actions.begin_draft(actor=MANAGER, key="ours", text="a: 1")
    assert actions.save_draft(actor=OTHER, key="ours", text="a: 2", edition=1) == 2
    stale = refused("stale", do="save_draft", actor=MANAGER, key="ours", text="a: 3", edition=1)
    assert stale.details["edition"] == 2
    assert queries.draft(MANAGER, "ours").text == "a: 2"
    assert actions.save_draft(actor=OTHER, key="ours", text="a: 2", edition=2) == 2
    assert actions.undo_draft(actor=OTHER, key="ours", edition=2) == 3
    assert queries.draft(MANAGER, "ours").text == "a: 1"
    refused("conflict", do="begin_draft", actor=OTHER, key="ours", text="x")


def test_a_review_says_which_edition_it_means() -> None:
    actions.begin_draft(actor=MANAGER, key="ours", text="a: 1")
    actions.remark_on_draft(actor=MANAGER, key="ours", kind="asked", text="Is setup too long?", edition=1)
    assert queries.draft(OTHER, "ours").waits_for_review
    refused("invalid", do="remark_on_draft", actor=OTHER, key="ours", kind="said", text=" ", edition=1)
    actions.remark_on_draft(actor=OTHER, key="ours", kind="agreed", text="", edition=1)
    row = queries.draft(MANAGER, "ours")
    assert not row.waits_for_review
    assert [(one.kind, one.edition) for one in row.remarks] == [("asked", 1), ("agreed", 1)]


def test_a_draft_of_an_older_version_says_so() -> None:
    actions.publish(actor=MANAGER, text=starter("ours"))
    actions.begin_draft(actor=MANAGER, key="ours")
    assert not queries.draft(MANAGER, "ours").is_behind
    actions.publish(actor=OTHER, text=starter("ours").replace("takes: 3w", "takes: 4w"))
    row = queries.draft(MANAGER, "ours")
    assert (row.is_behind, row.base, row.current) == (True, 1, 2)
    refused("stale", do="publish_draft", actor=MANAGER, key="ours", edition=1, over=1)
    assert actions.publish_draft(actor=MANAGER, key="ours", edition=1, over=2).state == "restored"


def test_a_draft_that_names_another_playbook_is_not_published() -> None:
    actions.begin_draft(actor=MANAGER, key="ours", text=starter("theirs"))
    assert "theirs" in str(refused("invalid", do="publish_draft", actor=MANAGER, key="ours", edition=1))
    actions.drop_draft(actor=MANAGER, key="ours")
    assert queries.drafts(MANAGER) == {}
    refused("not_found", do="save_draft", actor=MANAGER, key="ours", text="x", edition=1)
