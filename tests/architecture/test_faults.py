"""The list of seeded faults fits the code as it is: a fault that cannot be planted proves nothing."""

from __future__ import annotations

import ast
from collections import Counter

import pytest

from tests.architecture.floors import ROOT
from tools.faults import Fault, faults

NEEDED = {"R1": 3, "R4": 3, "R5": 2, "R7": 3, "R15": 3, "at-once": 3}


@pytest.mark.parametrize("fault", faults(), ids=lambda fault: fault.id)
def test_a_fault_can_be_planted_and_has_its_test(fault: Fault) -> None:
    planted = fault.planted(ROOT)
    assert planted != (ROOT / fault.file).read_text()
    ast.parse(planted)
    path, _, name = fault.test.partition("::")
    assert f"def {name}(" in (ROOT / path).read_text() if name else (ROOT / path).is_file()


def test_a_text_that_is_gone_or_there_twice_is_an_error() -> None:
    sound = faults()[0]
    for old in ("nowhere to be found", "return"):
        with pytest.raises(ValueError, match="not once"):
            Fault(sound.id, "R1", "", sound.file, old, "", sound.test).planted(ROOT)


def test_each_promise_has_its_faults() -> None:
    counted = Counter(fault.promise for fault in faults())
    assert {promise for promise, least in NEEDED.items() if counted[promise] < least} == set()
    assert len({fault.id for fault in faults()}) == counted.total()
