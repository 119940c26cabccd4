"""A private PostgreSQL for each run, the real data where it exists, and a real browser.

The server starts when the first test asks for a database, so tests of pure code need none. Migrations run once, into a
template; each worker of pytest-xdist has a copy, which is put back to the template's state after a test that commits.

Knobs: ONWARD_PG_BIN (another server's programs), ONWARD_TEST_DURABLE=1 (fsync on), ONWARD_REAL_DATA (default
../shared/data), ONWARD_CHROMIUM (default: found on the PATH).
"""

from __future__ import annotations

import fcntl
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
import structlog
from hypothesis import settings
from psycopg import sql

from onward.foundation.postgres.server import SUPERUSER, EmbeddedServer
from tests.architecture.floors import Trespasses
from tests.renewing import Original

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page
    from pytest_django import DjangoDbBlocker

ROOT = Path(__file__).parent.parent
TEMPLATE = "onward_template"
FOLDER = "ONWARD_TEST_SERVER"
# One for all copies of the template, whose grants they take over.
PORTAL_ROLE = "onward_portal_template"
servers: list[EmbeddedServer] = []
originals: dict[str, Original] = {}
missing: dict[str, int] = {}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--long", action="store_true", help="the long forms too")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Long forms only when asked for."""
    if config.getoption("--long"):
        return
    for item in items:
        if item.get_closest_marker("long"):
            item.add_marker(pytest.mark.skip(reason="a long form: ./onward test --long"))


@pytest.fixture(scope="session")
def is_long(request: pytest.FixtureRequest) -> bool:
    """Whether the long forms were asked for: more cycles, more examples."""
    return bool(request.config.getoption("--long"))


def pytest_configure(config: pytest.Config) -> None:
    """Settings name the database before Django loads; with xdist the controller starts the server for all."""
    # What code logs in a test must not land among what a command answers on standard output.
    plain = [structlog.processors.format_exc_info, structlog.processors.KeyValueRenderer()]
    structlog.configure(plain, logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    if not config.getoption("--long"):
        # The same few examples each time: a change is judged by what it did. The long forms look for new ones.
        settings.register_profile("suite", derandomize=True, database=None, max_examples=30)
        settings.load_profile("suite")
    _configure(config)


def _configure(config: pytest.Config) -> None:
    """Settings name the database before Django loads; with xdist the controller starts the server for all."""
    if not os.environ.get("PYTEST_XDIST_WORKER"):
        os.environ[FOLDER] = folder = tempfile.mkdtemp(prefix="onward-test-")
        Path(folder).chmod(0o711)
        if getattr(config.option, "numprocesses", None):
            _start()
    os.environ["DJANGO_SETTINGS_MODULE"] = "onward.config.settings"
    os.environ["ONWARD_DATA"] = str(Path(os.environ[FOLDER]) / "data")
    os.environ["DATABASE_URL"] = _server().url(_database())
    os.environ["ONWARD_PORTAL_ROLE"] = PORTAL_ROLE

    import django

    django.setup()


def pytest_unconfigure(config: pytest.Config) -> None:
    for server in servers:
        server.stop()
    if not os.environ.get("PYTEST_XDIST_WORKER") and FOLDER in os.environ:
        shutil.rmtree(os.environ.pop(FOLDER), ignore_errors=True)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Say loudly what did not run because this machine lacks something."""
    for report in terminalreporter.stats.get("skipped", []):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else ""
        if "NOT RUN" in reason:
            missing[reason.removeprefix("Skipped: ")] = missing.get(reason.removeprefix("Skipped: "), 0) + 1
    for line in filter(None, os.environ.get("ONWARD_TEST_SAID", "").splitlines()):
        terminalreporter.write_line(line, red=True, bold=True)
    for reason, count in missing.items():
        terminalreporter.write_line(f"{reason} ({count} tests)", red=True, bold=True)


def _server() -> EmbeddedServer:
    durable = os.environ.get("ONWARD_TEST_DURABLE") == "1"
    return EmbeddedServer(Path(os.environ[FOLDER]) / "postgres", durable=durable)


def _database() -> str:
    return f"onward_{os.environ.get('PYTEST_XDIST_WORKER', 'test')}"


def _start() -> None:
    server = _server()
    server.start()
    servers.append(server)


def _as_superuser(*statements: sql.Composable) -> None:
    with psycopg.connect(_server().url("postgres", role=SUPERUSER), autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement)


def fresh_database(name: str) -> str:
    """Drop and copy the migrated template; the owner's URL. For tests that start processes of their own."""
    drop = sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name))
    copy = sql.SQL("create database {} template {} owner onward strategy file_copy")
    _as_superuser(drop, copy.format(sql.Identifier(name), sql.Identifier(TEMPLATE)))
    return _server().url(name)


def _copy_own() -> None:
    """This process's database as a fresh copy, which is what it is put back to."""
    fresh_database(_database())
    originals[_database()] = Original(_server().url(_database(), role=SUPERUSER))


def _renew() -> None:
    """Whatever was committed, the database is as a fresh copy again, and nobody is connected to it."""
    from onward.foundation.postgres import door

    door.leave()
    _close_all()
    if not originals[_database()].restore():
        _copy_own()


def _migrate_template() -> None:
    from django.core.management import call_command
    from django.db import connection

    from onward.config.gate import Gate

    with open(Path(os.environ[FOLDER]) / "migrating", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        mark = Path(os.environ[FOLDER]) / "migrated"
        if mark.exists():
            return
        _as_superuser(sql.SQL("create database {} owner onward").format(sql.Identifier(TEMPLATE)))
        _point_at(TEMPLATE)
        call_command("migrate", verbosity=0, interactive=False)
        assert Gate().wanted() == []
        connection.close()
        _close_all()
        mark.touch()


def _point_at(database: str) -> None:
    from django.db import connections

    for name in connections:
        connections[name].settings_dict["NAME"] = database


def _close_all() -> None:
    from django.db import connections

    for name in connections:
        connections[name].close()
        with suppress(AttributeError):
            connections[name].close_pool()  # type: ignore[attr-defined]


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """One migrated database for this process."""
    if not servers and not os.environ.get("PYTEST_XDIST_WORKER"):
        _start()
    with django_db_blocker.unblock():
        _migrate_template()
        _copy_own()
        _point_at(_database())
    yield
    with django_db_blocker.unblock():
        _close_all()


@pytest.fixture(scope="session", autouse=True)
def _fresh_after_commits() -> Iterator[None]:
    """A test that really commits leaves the template's state: a flush would also take the rows of migrations away."""
    from django.test import TestCase, TransactionTestCase

    patch = pytest.MonkeyPatch()
    patch.setattr(TransactionTestCase, "_fixture_teardown", lambda self: _renew())
    patch.setattr(TransactionTestCase, "databases", {"default", "portal"})
    patch.setattr(TestCase, "databases", {"default"}, raising=False)
    yield
    patch.undo()


@pytest.fixture
def renew(transactional_db: None) -> Callable[[], None]:
    """What follows a test that commits, for those that look at what it leaves."""
    return _renew


@pytest.fixture(autouse=True)
def _portal_in_one_transaction(request: pytest.FixtureRequest) -> Iterator[None]:
    """What a test never commits no second connection sees: there the portal shares the first, in its own role."""
    marker = request.node.get_closest_marker("django_db")
    commits = {"transactional_db", "live_server"} & set(request.fixturenames)
    if commits or (marker and marker.kwargs.get("transaction")) or not (marker or "db" in request.fixturenames):
        yield
        return
    request.getfixturevalue("db")
    from django.db import connection, connections

    from onward.foundation.postgres import door
    from tests.shared_portal import SharedPortal

    own = connections["portal"]
    connections["portal"] = SharedPortal(connection, PORTAL_ROLE)
    yield
    door.leave()
    connections["portal"] = own


@pytest.fixture(autouse=True)
def _own_tables_only(request: pytest.FixtureRequest) -> Iterator[None]:
    """Whatever a test does, an app's code names its own tables only."""
    if not {"db", "transactional_db"} & set(request.fixturenames) and not request.node.get_closest_marker("django_db"):
        yield
        return
    from django.db import connection, connections

    noted = Trespasses()
    with connection.execute_wrapper(noted), connections["portal"].execute_wrapper(noted):
        yield
    assert not noted.found, "\n".join(sorted(noted.found))


@pytest.fixture
def database_url(django_db_setup: None, request: pytest.FixtureRequest) -> Iterator[str]:
    """The URL of a migrated database of the test's own, for processes that it starts."""
    name = f"{_database()}_own"
    yield fresh_database(name)
    _as_superuser(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real inputs; tests that need it are not run, visibly, where it is missing."""
    folder = Path(os.environ.get("ONWARD_REAL_DATA") or ROOT.parent / "shared" / "data")
    if not folder.is_dir():
        pytest.skip("NOT RUN: the real data are missing (set ONWARD_REAL_DATA to their folder)")
    return folder


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """A real browser, without network of its own."""
    found = os.environ.get("ONWARD_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if not found:
        pytest.skip("NOT RUN: browser tests need Debian's chromium (apt-get install chromium)")
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=30_000)

    # Playwright runs an event loop in this thread, and Django would refuse its own queries beside it.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-dev-shm-usage"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=arguments)
        yield browser
        browser.close()


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """A page in a fresh browser context; errors in the page's console fail the test."""
    context = chromium.new_context()
    page = context.new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    yield page
    context.close()
    assert not problems, problems
