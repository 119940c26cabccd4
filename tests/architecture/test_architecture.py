"""What the import contract cannot see, and that the checks do turn red: each is shown on a planted fault."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from django.apps import apps as registry
from django.core.management import call_command

from tests.architecture.floors import PACKAGE, ROOT, Trespasses, apps, climbing, contracts, tables_of

BIN = Path(sys.prefix) / "bin"


def test_foreign_keys_point_down_only() -> None:
    relations = [
        (model._meta.app_label, f"{model.__name__}.{field.name}", field.related_model._meta.app_label, _back(field))
        for model in registry.get_models()
        for field in model._meta.get_fields()
        if (field.many_to_one or field.one_to_one or field.many_to_many) and field.concrete
    ]
    assert relations
    assert climbing(relations) == []


def _back(field: object) -> str:
    return str(getattr(getattr(field, "remote_field", None), "related_name", None) or "")


def test_a_foreign_key_that_points_up_is_seen() -> None:
    assert climbing([("accounts", "Account.journey", "journeys", "+")])
    assert climbing([("usage", "Event.version", "playbooks", "+")])
    assert climbing([("journeys", "Journey.account", "accounts", "journeys")])
    assert climbing([("journeys", "Journey.account", "accounts", "+")]) == []


def test_a_query_on_another_apps_table_is_seen() -> None:
    planted = compile("run(lambda *_: None, sql, (), False, {})", str(PACKAGE / "accounts" / "queries.py"), "exec")
    noted = Trespasses()
    exec(planted, {"run": noted, "sql": 'select count(*) from "identity_user"'})
    assert noted.found
    noted.found.clear()
    exec(planted, {"run": noted, "sql": "delete from identity_user"})
    exec(planted, {"run": noted, "sql": "select count(*) from accounts_account"})
    noted(lambda *_: None, "select count(*) from accounts_account", (), False, {})
    assert not noted.found


def test_tables_are_read_out_of_sql() -> None:
    sql = 'select 1 from "accounts_account" a join journeys_journey j on true where exists (select from identity_user)'
    assert {app for _, app in tables_of(sql)} == {"accounts", "journeys", "identity"}


def test_models_are_fetched_by_name_in_migrations_only() -> None:
    seen = [
        str(path.relative_to(PACKAGE))
        for path in PACKAGE.rglob("*.py")
        if "migrations" not in path.parts and re.search(r"\bget_model\(", path.read_text())
    ]
    assert seen == []


def test_every_app_with_models_keeps_them_to_itself() -> None:
    kept = {contract["id"].removeprefix("models-") for contract in contracts() if contract["type"] == "protected"}
    having = {app for app in apps() if (PACKAGE / app / "models.py").exists() or (PACKAGE / app / "models").exists()}
    assert kept == having
    (rooms,) = [contract for contract in contracts() if contract["id"] == "rooms"]
    assert {name.removeprefix("onward.") for name in rooms["containers"]} == {
        a for a in apps() if (PACKAGE / a).exists()
    }


@pytest.mark.django_db
def test_migrations_say_what_models_say() -> None:
    out = StringIO()
    call_command("makemigrations", "--check", "--dry-run", stdout=out)


def test_no_folder_hides_what_it_is() -> None:
    vague = {"utils.py", "services.py", "helpers.py", "common.py", "misc.py"}
    assert [path for path in PACKAGE.rglob("*.py") if path.name in vague] == []


@pytest.mark.parametrize(
    ("file", "line", "refused"),
    [
        ("src/onward/accounts/decisions/planted.py", "import time", True),
        ("src/onward/kernel/planted.py", "import random", True),
        ("src/onward/journeys/facts/life.py", "from django.db import models", True),
        ("src/onward/accounts/queries/planted.py", "import time", False),
        ("src/onward/foundation/planted.py", "import os", False),
    ],
)
def test_a_clock_or_a_database_in_a_pure_room_is_seen(file: str, line: str, refused: bool) -> None:
    command = [str(BIN / "ruff"), "check", "--select", "TID251", "--quiet", "--no-cache", "--stdin-filename", file, "-"]
    done = subprocess.run(command, input=f"{line}\n", cwd=ROOT, capture_output=True, text=True)
    assert ("TID251" in done.stdout) is refused


@pytest.mark.parametrize(
    ("file", "line", "contract"),
    [
        ("accounts/decisions/planted.py", "import django", "kernel, decisions, ports and facts"),
        ("interfaces/portal/planted.py", "from onward.accounts import models", "touches the models of accounts"),
        ("interfaces/portal/planted.py", "from onward.interfaces.console import urls", "Doors do not know each other"),
        ("accounts/planted.py", "", "Inside an app"),
        ("identity/facts.py", "from onward.accounts import facts", "lower floors only"),
    ],
)
def test_a_planted_import_breaks_the_contract(tmp_path: Path, file: str, line: str, contract: str) -> None:
    shutil.copytree(PACKAGE, tmp_path / "src" / "onward", ignore=shutil.ignore_patterns("static", "__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    planted = tmp_path / "src" / "onward" / file
    planted.parent.mkdir(exist_ok=True)
    before = planted.read_text() if planted.exists() else ""
    planted.write_text(f"{before}\n{line}\n")
    found = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    done = subprocess.run(
        [sys.executable, "-c", f"import sys; sys.path.insert(0, 'src'); sys.argv[1:] = ['--no-cache']; {found}"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert any(contract in line and "BROKEN" in line for line in done.stdout.splitlines()), done.stdout
