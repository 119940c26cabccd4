"""The published figures of a real pipeline, read in as its owner would."""

from __future__ import annotations

import gzip
from collections import Counter
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db.models import Sum

from onward.accounts.actions.imports import begin_import, carry_out, map_import
from onward.accounts.models import Account, Deal
from onward.accounts.queries.imports import import_problems, import_run
from onward.foundation.ledger import facts_of
from onward.identity.models import User
from onward.kernel.actor import SYSTEM

FILES = {
    "products": "products.csv",
    "accounts": "accounts.csv",
    "users": "sales_teams.csv",
    "deals": "sales_pipeline.csv.gz",
}


def read_in(kind: str, content: bytes, **options: Any) -> tuple[dict[str, int], list[tuple[str, str]]]:
    import_id = begin_import(actor=SYSTEM, kind=kind, file_name=f"{kind}.csv", content=content)
    map_import(actor=SYSTEM, import_id=import_id, mapping={}, **options)
    carry_out(import_id=import_id)
    problems = import_problems(SYSTEM, import_id, limit=100_000)
    return import_run(SYSTEM, import_id).counts, [(problem.level, problem.code) for problem in problems]


@pytest.fixture
def crm(real_data: Path) -> Path:
    return real_data / "crm-maven"


@pytest.mark.django_db
def test_pipeline_reads_in_once_and_again_and_with_ten_more_won(crm: Path) -> None:
    for kind, rows in (("products", 7), ("accounts", 85), ("users", 35)):
        counts, _ = read_in(kind, (crm / FILES[kind]).read_bytes())
        assert counts == {"read": rows, "opened": rows, "changed": 0, "unchanged": 0, "warnings": 0, "errors": 0}
    assert Account.objects.get(name="Acme Corporation").industry == "technolgy"
    assert not Account.objects.exclude(arr=None).exists()
    assert User.objects.filter(role="manager").count() == 6

    pipeline = (crm / FILES["deals"]).read_bytes()
    counts, problems = read_in("deals", pipeline, as_of=datetime(2017, 12, 31, tzinfo=UTC))
    assert counts == {
        "read": 8800, "opened": 7375, "changed": 0, "unchanged": 0, "warnings": 1980, "errors": 1425,
    }  # fmt: skip
    assert Counter(problems) == {
        ("warning", "unknown_product"): 1480,
        ("error", "no_account"): 1425,
        ("warning", "no_open_date"): 500,
    }
    won = Deal.objects.filter(state="won")
    assert won.count() == won.exclude(announced_at=None).count() == 4238
    assert won.filter(product_as_sent="GTXPro", product=None).count() == 729
    assert Deal.objects.filter(opened_on=None).count() == 163
    assert won.aggregate(sum=Sum("amount"))["sum"] == Decimal("10005534.00")
    assert Account.objects.get(name="Kan-code").arr == Decimal("341455.00")
    assert Account.objects.get(name="Kan-code").segment == "strategic"
    facts = facts_of(names=["deal.won"], limit=10_000)
    assert len(facts) == 4238
    assert all(fact.data["is_silent"] and fact.data["as_of"].startswith("2017-12-31") for fact in facts)

    for kind, rows in (("products", 7), ("accounts", 85), ("users", 35)):
        counts, _ = read_in(kind, (crm / FILES[kind]).read_bytes())
        assert counts["unchanged"] == rows
    counts, _ = read_in("deals", pipeline)
    assert (counts["unchanged"], counts["errors"]) == (7375, 1425)
    assert len(facts_of(names=["deal.won"], limit=10_000)) == 4238

    lines = gzip.decompress(pipeline).decode().splitlines()
    moved = 0
    for at, line in enumerate(lines):
        cells = line.split(",")
        if moved < 10 and cells[4] == "Engaging" and cells[3]:
            lines[at] = ",".join([*cells[:4], "Won", cells[5], "12/31/2017", "100"])
            moved += 1
    counts, _ = read_in("deals", "\n".join(lines).encode(), journeys="account")
    assert (counts["changed"], counts["opened"], counts["unchanged"]) == (10, 0, 7365)
    facts = facts_of(names=["deal.won"], limit=10_000)
    assert len(facts) == 4248
    assert sum(fact.data["journeys"] == "account" for fact in facts) == 10
