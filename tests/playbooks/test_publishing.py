"""Publishing: immutable versions by meaning, refusals that name the line, the shipped playbooks."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.db import DatabaseError, transaction

from onward.kernel.actor import SYSTEM, Actor
from onward.kernel.refusals import Refusal
from onward.playbooks import actions, queries
from onward.playbooks.models import Version

pytestmark = pytest.mark.django_db(transaction=True)

MANAGER = Actor("staff", "usr_1", "Mara", role="manager")
VIEWER = Actor("staff", "usr_2", "Vic", role="viewer")
TEXT = """\
playbook: small
language: 1
title: Small
choose_when: account.segment == "enterprise"
choose_rank: 99
accountable: csm
goals: [{goal: done, when: stage.one.closed}]
kpis: [{kpi: completion_rate}]
roles: {ours: {csm: account owner}}
stages:
  - stage: one
    due: day 7
    tasks: [{task: call, title: Call them, by: csm}]
    exit: [{check: called, when: task.call.done}]
milestones: [{milestone: value, first_value: true, when: task.call.done}]
"""


def test_a_version_is_its_meaning() -> None:
    first = actions.publish(actor=MANAGER, text=TEXT)
    assert (first.state, first.number, first.warnings) == ("published", 1, ())
    again = actions.publish(actor=MANAGER, text=f"# a comment\n{TEXT}\n\n")
    assert (again.state, again.version_id) == ("unchanged", first.version_id)
    changed = actions.publish(actor=MANAGER, text=TEXT.replace("day 7", "day 8"))
    assert (changed.state, changed.number) == ("published", 2)
    assert queries.current_id("small") == changed.version_id
    assert queries.version(first.version_id).stage("one").due != queries.version(changed.version_id).stage("one").due
    back = actions.publish(actor=MANAGER, text=TEXT)
    assert (back.state, back.number, queries.current_id("small")) == ("restored", 1, first.version_id)


def test_a_published_version_never_changes() -> None:
    published = actions.publish(actor=MANAGER, text=TEXT)
    with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
        Version.objects.filter(id=published.version_id).update(text="other")


def test_errors_refuse_with_their_place() -> None:
    with pytest.raises(Refusal) as refused:
        actions.publish(
            actor=MANAGER, text=TEXT.replace("task.call.done}]\nmile", "task.cal.done}]\nmile"), file="s.yaml"
        )
    assert refused.value.code == "invalid"
    (problem,) = refused.value.details["problems"]
    assert (problem["file"], problem["line"], problem["column"]) == ("s.yaml", 14, 34)
    assert "task.call.done" in problem["mend"]
    assert queries.current_versions() == {}


def test_only_managers_publish() -> None:
    with pytest.raises(Refusal) as refused:
        actions.publish(actor=VIEWER, text=TEXT)
    assert refused.value.code == "forbidden"


def test_a_rename_without_was_warns_and_equal_ranks_too() -> None:
    actions.publish(actor=MANAGER, text=TEXT)
    renamed = actions.publish(actor=MANAGER, text=TEXT.replace("call", "calls"))
    assert "renamed" in {warning.code for warning in renamed.warnings}
    other = actions.publish(actor=MANAGER, text=TEXT.replace("playbook: small", "playbook: other"))
    assert "equal_rank" in {warning.code for warning in other.warnings}


def test_the_shipped_playbooks_are_published_once_and_fit_every_segment() -> None:  # covers 6, 9, 10
    first = actions.publish_shipped()
    assert {f"{one.key}.yaml" for one in first} == set(queries.read_shelf(settings.PLAYBOOKS_DIR).playbooks)
    assert not [warning for one in first for warning in one.warnings]
    assert actions.publish_shipped() == []
    chosen = {
        segment: queries.version(choice.version_id).id
        for segment in ("self_serve", "mid_market", "enterprise", "strategic")
        if (choice := queries.fitting({"account.segment": segment})).version_id
    }
    assert chosen == {
        "self_serve": "self_serve_funnel",
        "mid_market": "mid_market_60_days",
        "enterprise": "b2b_seven_stages",
        "strategic": "strategic_high_touch",
    }


def test_a_shipped_playbook_that_somebody_took_over_is_theirs() -> None:
    actions.publish_shipped(actor=SYSTEM)
    row = queries.version_row(MANAGER, "self_serve_funnel")
    text = row.text.replace("choose_rank: 5", "choose_rank: 6")
    taken = actions.publish(actor=MANAGER, text=text, file=row.file, modules=row.modules, texts=row.texts)
    assert (taken.state, taken.number) == ("published", 2)
    assert actions.publish_shipped(actor=SYSTEM) == []
    assert [one.number for one in queries.history(MANAGER, "self_serve_funnel")] == [2, 1]


@pytest.mark.parametrize("key", ["", "\x00", "Small", "a" * 500, "\ud800", "../x"])
def test_a_key_that_is_none_is_not_found(key: str) -> None:
    with pytest.raises(Refusal) as refused:
        queries.version_row(MANAGER, key)
    assert refused.value.code == "not_found"
    assert queries.history(MANAGER, key) == []


@pytest.mark.parametrize("hostile", ["\x00", "\ud800", "a\x1bb"])
def test_characters_that_no_text_holds_are_refused(hostile: str) -> None:
    with pytest.raises(Refusal):
        actions.publish(actor=MANAGER, text=TEXT + hostile)
    if hostile != "a\x1bb":
        with pytest.raises(Refusal):
            actions.publish(actor=MANAGER, text=TEXT, texts={"texts/a.md": hostile})
    assert actions.publish(actor=MANAGER, text=TEXT, file=f"x{hostile}.yaml").number == 1


def test_a_version_number_beyond_all_numbers_is_not_found() -> None:
    actions.publish(actor=MANAGER, text=TEXT)
    with pytest.raises(Refusal):
        queries.version_row(MANAGER, "small", 10**30)


VARIANT = "playbook: larger\nlanguage: 1\ntitle: Larger\nextends: small\nchange: {stage.one: {due: day 9}}\n"


def test_a_variant_keeps_its_parents_text_beside_its_own() -> None:
    actions.publish(actor=MANAGER, text=TEXT)
    first = actions.publish(actor=MANAGER, text=VARIANT)
    assert queries.version(first.version_id).stage("one").due.day == 9  # type: ignore[union-attr]
    row = queries.version_row(MANAGER, "larger")
    assert row.modules == {"small": TEXT}
    # Its parent changes: it stays as it is until it is published again, and then it follows.
    actions.publish(actor=MANAGER, text=TEXT.replace("Call them", "Ring them"))
    assert queries.version(queries.current_id("larger")).task("call").title == "Call them"
    again = actions.publish(actor=MANAGER, text=row.text)
    assert (again.state, queries.version(again.version_id).task("call").title) == ("published", "Ring them")
    # What lay beside it makes it again for ever.
    back = actions.publish(actor=MANAGER, text=row.text, modules=row.modules)
    assert (back.state, back.version_id) == ("restored", first.version_id)


def test_a_variant_of_nothing_is_refused() -> None:
    with pytest.raises(Refusal) as refused:
        actions.publish(actor=MANAGER, text=VARIANT)
    assert "there is no playbook called `small`" in refused.value.message
