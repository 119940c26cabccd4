"""One account's rows and nobody else's."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from onward.accounts import actions as accounts
from onward.interfaces.cli.main import main
from onward.kernel.actor import SYSTEM
from onward.kernel.ids import format_id


@pytest.mark.django_db(transaction=True)
def test_export_of_one_account(tmp_path: Path) -> None:
    mine = accounts.open_account(actor=SYSTEM, name="Acme", group_id="acme")
    other = accounts.open_account(actor=SYSTEM, name="Globex", group_id="globex")
    for account in (mine, other):
        accounts.add_contact(actor=SYSTEM, account_id=account, name="Dana Reyes")
        accounts.open_deal(actor=SYSTEM, account_id=account, name="First year", amount="50000")
    file = tmp_path / "acme.jsonl"
    assert main(["export", str(file), "--account", format_id("acc", mine), "--data", str(tmp_path)]) == 0
    rows = [json.loads(line) for line in file.read_text().splitlines()]
    assert {"accounts_account", "accounts_contact", "accounts_deal", "ledger_fact"} <= {row["table"] for row in rows}
    assert str(mine) in file.read_text()
    assert str(other) not in file.read_text()
    assert "Globex" not in file.read_text()
    assert file.stat().st_mode & 0o777 == 0o600
