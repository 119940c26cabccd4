"""Modules: under other names, for some accounts only, with stages; and a playbook that says what differs."""

from __future__ import annotations

import json

import pytest

from onward.playbooks.decisions.definition import Playbook
from onward.playbooks.decisions.publishing import Draft, Linted, lint

TEXT = """\
playbook: mine
language: 1
title: Mine
accountable: pm
goals: [{goal: done, when: stage.two.closed}]
kpis: [{kpi: completion_rate, target: at least 85%}]
targets: {complete: 90d}
roles: {ours: {pm: account owner}, theirs: {champion: asked of pm}}
events: {paid: {track: Paid, source: server}}
stages:
  - stage: one
    tasks: [{task: call, by: pm}]
  - stage: two
    tasks: [{task: end, by: pm}]
milestones: [{milestone: value, first_value: true, when: event.paid.count >= 1}]
"""
RISKS = """\
module: risks
language: 1
needs: [role.csm, milestone.first_value, event.bought]
risks:
  - risk: silent
    title: Nothing from role.csm
    when: milestone.first_value.late and event.bought.last_7d.count == 0 and contacts.csm == 0
    severity: high
    owner: csm
    respond: ask
    not_before: 2d after milestone.first_value.met
    escalate: [{after: 3d open, to: csm}]
interventions: [{intervention: ask, kind: training, tasks: [{task: ring, by: csm, with: [csm]}]}]
completion: [{check: bought, when: event.bought.count >= 1 and days_since.event.bought.last > 2}]
"""
SSO = """\
module: sso
language: 1
title: Single sign-on
needs: [role.csm]
stages:
  - stage: sso_setup
    tasks: [{task: sso_connect, by: csm}, {group: either, tasks: [{task: sso_a, by: csm}, {task: sso_b, by: csm}]}]
    exit: [{check: connected, when: task.sso_connect.done}]
  - stage: sso_test
    tasks: [{task: sso_try, by: csm, when: task.sso_connect.done}]
figures: {sso_share: {is: tasks.done_share}}
"""
WHERE = "where: {role.csm: pm, milestone.first_value: value, event.bought: paid}"


def linted(old: str, new: str, **modules: str) -> Linted:
    assert old in TEXT
    return lint(Draft(TEXT.replace(old, new, 1), "mine.yaml", {"risks": RISKS, "sso": SSO, **modules}))


def book(old: str, new: str, **modules: str) -> Playbook:
    found = linted(old, new, **modules)
    assert found.playbook is not None, found.problems
    return found.playbook


def used(entry: str, **modules: str) -> Linted:
    return linted("accountable", f"use: [{entry}]\naccountable", **modules)


def test_what_a_module_needs_is_renamed_everywhere() -> None:
    found = used(f"{{module: risks, {WHERE}}}")
    assert found.problems == ()
    assert found.playbook is not None
    assert found.modules == ("risks",)
    silent = json.loads(found.playbook.intents[0].body)
    assert silent["when"] == "milestone.value.late and event.paid.last_7d.count == 0 and contacts.pm == 0"
    assert (silent["owner"], silent["not_before"]) == ("pm", "2d after milestone.value.met")
    assert silent["escalate"] == [{"after": "3d open", "to": "pm"}]
    assert silent["title"] == "Nothing from role.csm"
    asked = json.loads(found.playbook.intents[1].body)
    assert (asked["tasks"][0]["by"], asked["tasks"][0]["with"]) == ("pm", ["pm"])
    when = found.playbook.completion[0].when
    assert when is not None
    assert when.text == "event.paid.count >= 1 and days_since.event.paid.last > 2"


def test_what_a_module_declares_can_have_another_name_too() -> None:
    found = used(f"{{module: risks, {WHERE[:-1]}, risk.silent: quiet, intervention.ask: talk}}}}")
    assert found.playbook is not None, found.problems
    assert [intent.id for intent in found.playbook.intents] == ["quiet", "talk"]
    assert json.loads(found.playbook.intents[0].body)["respond"] == "talk"


@pytest.mark.parametrize(
    ("entry", "column", "message", "mend"),
    [
        ("risk", 7, "there is no module called `risk`", "did you mean risks?"),
        ("{module: risks, wher: {}}", 23, "`wher` is no key here", "did you mean where?"),
        (
            "risks",
            7,
            "the module `risks` needs role.csm, milestone.first_value, event.bought, which this playbook does not have",
            "`where: {role.csm: …, milestone.first",
        ),
        (
            "{module: risks, where: {rule.csm: pm}}",
            31,
            "the module has and needs nothing called `rule.csm`",
            "role.csm",
        ),
        (f"{{module: risks, {WHERE}, when: account.ar > 2}}", 102, "nothing is called account.ar", "account.arr"),
        ("sso", 7, "the stages of the module `sso` need a place", "write `- use: sso` under `stages:`"),
        ("{module: kpis, when: account.arr > 2}", 28, "cannot bring `kpis:`", "a module of their own"),
        ("{module: shares, when: account.arr > 2}", 30, "cannot bring the check `c`", "write it with `when:`"),
        ("base", 7, "`base` is a playbook, not a module", "`extends: base`"),
    ],
)
def test_every_mistake_of_a_use_stands_in_its_line(entry: str, column: int, message: str, mend: str) -> None:
    kpis = "module: kpis\nlanguage: 1\nkpis: [{kpi: k, actual: tasks.open}]\n"
    shares = "module: shares\nlanguage: 1\ncompletion: [{check: c, actual: tasks.open, target: at most 2}]\n"
    found = used(entry, kpis=kpis, shares=shares, base=TEXT)
    problem = found.errors[0]
    assert (problem.file, problem.line, problem.column) == ("mine.yaml", 4, column), found.errors
    assert message in problem.message
    assert mend in problem.mend


def test_an_error_of_the_module_itself_stands_in_the_module_and_any_other_where_it_is_used() -> None:
    wrong = "module: wrong\nlanguage: 1\nrisks: [{risk: r, title: R, when: tasks.opn > 1, severity: low, owner: x}]\n"
    (unowned, unknown) = used("wrong", wrong=wrong).errors
    assert {(one.file, one.line) for one in (unowned, unknown)} == {("wrong.yaml", 3)}
    # Alone it is right: it needs a date, and this playbook has a number of that name.
    dated = (
        "module: dated\nlanguage: 1\nneeds: [role.pm, {answer.start.go_live: date}]\n"
        "check_ins: [{check_in: c, at: 1d after answer.start.go_live, by: pm}]\n"
    )
    assert lint(Draft(dated)).problems == ()
    forms = "forms: [{form: start, fields: [{field: go_live, type: number}]}]\naccountable"
    found = linted("accountable", f"use: [dated]\n{forms}", dated=dated)
    assert [(one.file, one.line, one.column) for one in found.errors] == [("mine.yaml", 4, 7)]


def test_a_module_for_some_accounts_only_acts_for_them_only() -> None:
    found = used(f"{{module: risks, {WHERE}, when: account.arr > 20000}}")
    assert found.playbook is not None, found.problems
    assert json.loads(found.playbook.intents[0].body)["when"].startswith(
        "(account.arr > 20000) and (milestone.value.late"
    )
    when = found.playbook.completion[0].when
    assert when is not None
    assert when.text.startswith("not (account.arr > 20000) or (event.paid.count >= 1")


def test_the_stages_of_a_module_stand_where_they_are_used() -> None:
    entry = "  - {use: sso, where: {role.csm: pm, task.sso_try: try_it}}\n  - stage: two"
    mine = book("  - stage: two", entry)
    assert [(stage.id, stage.after, stage.owner) for stage in mine.stages] == [
        ("one", (), "pm"),
        ("sso_setup", ("one",), "pm"),
        ("sso_test", ("sso_setup",), "pm"),
        ("two", ("sso_test",), "pm"),
    ]
    assert [task.id for task in mine.stage("sso_test").tasks] == ["try_it"]
    assert [figure.id for figure in mine.figures] == ["sso_share"]
    beside = book("milestones:", "  - {use: sso, after: [one], where: {role.csm: pm}}\nmilestones:")
    assert beside.stage("sso_setup").after == ("one",)


def test_the_stages_of_a_module_may_be_for_some_accounts_only() -> None:
    entry = "  - {use: sso, where: {role.csm: pm}, when: account.arr > 20000}\n  - stage: two"
    mine = book("  - stage: two", entry)
    texts = [task.exists_when.text for task in mine.tasks if task.exists_when]
    assert texts == ["account.arr > 20000"] * 3 + ["(account.arr > 20000) and (task.sso_connect.done)"]
    (check,) = mine.stage("sso_setup").exit
    assert check.when is not None
    assert check.when.text == "not (account.arr > 20000) or (task.sso_connect.done)"


def test_a_module_of_stages_lints_alone() -> None:
    assert lint(Draft(SSO, "sso.yaml")).problems == ()
    (wrong,) = lint(Draft(SSO.replace("task.sso_connect.done}]\nf", "task.sso_conect.done}]\nf"), "sso.yaml")).errors
    assert (wrong.line, wrong.column, wrong.mend) == (10, 44, "the nearest name is task.sso_connect.done")


def test_a_module_says_what_it_needs_and_of_which_type() -> None:
    text = "module: m\nlanguage: 1\nneeds: [{answer.start.old: yes_no}, {reading.size: number}]\n"
    check = "completion: [{check: c, when: not answer.start.old or reading.size > 3}]\n"
    assert lint(Draft(text + check, "m.yaml")).problems == ()
    (wrong,) = lint(Draft(text.replace("reading.size", "raeding.size"), "m.yaml")).errors
    assert (wrong.line, wrong.message) == (3, "`raeding.size` is nothing that a playbook declares")
    assert wrong.mend == "did you mean reading?"


def test_an_installations_events_win_and_a_playbook_says_what_differs() -> None:
    ours = (
        "module: our_product\nlanguage: 1\nevents: {paid: {track: Plan Paid, source: server}}\n"
        "figures: {use: {is: usage.users}}\nfields: {account: {sso: yes_no}}\n"
    )
    text = "use: [our_product]\nfields: {account: {tier: text}}\naccountable"
    mine = book("accountable", text, our_product=ours)
    assert mine.find("event", "paid").track == ("Plan Paid",)
    changed = book(
        "accountable",
        f"change: {{event.paid: {{track: Bought}}, figure.use: {{is: usage.events}}}}\n{text}",
        our_product=ours,
    )
    assert (changed.find("event", "paid").track, changed.find("event", "paid").source) == (("Bought",), "server")
    assert changed.find("figure", "use").value.text == "usage.events"
    (twice,) = linted("accountable", f"figures: {{use: {{is: usage.days}}}}\n{text}", our_product=ours).errors
    assert (twice.line, twice.message) == (4, "`use` is declared here and by a module")
    assert "change: {figure.use: …}" in twice.mend
