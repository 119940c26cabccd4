"""Texts that no form would write: the studio shows them, and a press is done or refused in words, never a fault."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
import yaml
from django.http import QueryDict
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from onward.interfaces.console.studio.fields import FORMS
from onward.interfaces.console.studio.sheet import sheet
from onward.interfaces.console.studio.writing import written
from onward.kernel.actor import SYSTEM
from onward.kernel.refusals import Refusal
from onward.playbooks.decisions.editing.adding import TITLES
from onward.playbooks.decisions.publishing import Draft
from onward.playbooks.decisions.starter import starter
from onward.playbooks.decisions.tree import read
from tests.playbooks.test_editing import paths

ODD = [None, "x", 3, True, [], {}, ["a"], {"a": 1}, [{"task": "x"}], [[1]], "a: b", 2.5, [{}], {"stage": "kickoff"},
       {"by": "account.complexity", "simple": "2w", "otherwise": "3w"}]  # fmt: skip
WAYS = [*(f"add:{kind}" for kind in TITLES), "add:sibling", "add:nothing", "hold", "remove", "up", "down", "save",
        "go:x", "vary:f-due>account.segment", "vary:f-takes>",
        "vary:f-targets-complete>account.complexity"]  # fmt: skip


@settings(max_examples=settings.default.max_examples // 3, deadline=None, phases=(Phase.explicit, Phase.generate))
@given(st.data())
def test_any_text_is_shown_and_any_press_is_answered(data: st.DataObject) -> None:
    plain = read(starter("mine"), "").plain()
    for _ in range(data.draw(st.integers(1, 3))):
        path = data.draw(st.sampled_from([one for one in paths(plain) if one]))
        put(plain, path, deepcopy(data.draw(st.sampled_from(ODD))))
    flow = data.draw(st.sampled_from([None, False, True]))
    text = yaml.safe_dump(plain, default_flow_style=flow, sort_keys=False)
    whole = sheet(SYSTEM, Draft(text), "", "", None, "")
    if not whole.parts:
        return
    part = data.draw(st.sampled_from(whole.parts))
    shown = sheet(SYSTEM, Draft(text), part.address, "", None, "")
    post = QueryDict(mutable=True)
    for field in FORMS[part.kind]:
        post[f"has:{field.name}"] = "1"
        post[field.name] = data.draw(st.sampled_from(["", "x", "3", "day 4", "a: b"]))
    post["f-after:task:0"], post["f-after:n:0"] = data.draw(st.sampled_from([("x", "x"), ("provision", "2"), ("", "")]))
    onto = data.draw(st.sampled_from(whole.parts)).address
    mends = [one.press for one in shown.wrong if one.click]
    post["do"] = data.draw(st.sampled_from([*WAYS, *mends, f"move:{part.address}>{onto}"]))
    try:
        problems = tuple(one.problem for one in shown.wrong)
        new, address = written(text, part.address, post, text, frozenset(), problems, ("handoff",))
    except Refusal:
        return
    sheet(SYSTEM, Draft(new), address, text, None, "")


@pytest.mark.parametrize("text", ["[]", "x", '"x"', "1", "0001-01-01", "- a"])
def test_a_text_that_is_no_playbook_is_shown_with_what_is_wrong(text: str) -> None:
    # red when a draft that was saved so can never be opened again
    assert sheet(SYSTEM, Draft(text), "", "", None, "").wrong[0].problem.message == "a playbook is a set of keys"


def put(value: Any, path: tuple[str | int, ...], new: Any) -> None:
    for step in path[:-1]:
        value = value[step]
    value[path[-1]] = new
