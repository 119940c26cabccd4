"""The embedded PostgreSQL under our own supervision: a socket and no TCP port, data under one folder.

Works as root (the server then runs as an unprivileged user) and as a normal user. The server stops cleanly when the
process that started it dies, however it dies. Start it from the main thread: the death signal follows the thread.
"""

from __future__ import annotations

import ctypes
import hashlib
import os
import pwd
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import IO
from urllib.parse import quote

import psycopg

from onward.foundation.postgres.binaries import Binaries, copy_bundle, find_binaries
from onward.kernel.refusals import Refusal

OWNER = "onward"
SUPERUSER = "postgres"
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "shared_buffers": "64MB",
    "jit": "off",
    "max_connections": "120",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_min_error_statement": "panic",  # statements may carry personal data: not in the log
}
FORGETFUL = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
LONGEST_SOCKET_FOLDER = 85
PR_SET_PDEATHSIG = 1


class EmbeddedServer:
    """One cluster in `folder`. `durable=False` is for tests: fast, and lost on a power cut."""

    def __init__(self, folder: Path, *, binaries: Binaries | None = None, durable: bool = True) -> None:
        self.folder = folder.absolute()
        self.durable = durable
        self.cluster = self.folder / "cluster"
        self.user = _unprivileged_user(self.cluster)
        self._found = binaries
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> str:
        """Start (and on the first time make) the cluster; the owner's URL of the `onward` database.

        Raises Refusal when the folder cannot be used or belongs to another major version.
        """
        binaries = self._found or find_binaries()
        self._check_major(binaries)
        self._make_folders()
        binaries = self._runnable(binaries)
        if not self.cluster.exists():
            self._initialize(binaries)
        self._launch(binaries)
        if not (self.folder / "owner-made").exists():
            self._make_owner()
        return self.url()

    def stop(self) -> None:
        """Stop cleanly, waiting until the server is gone."""
        if self._process is not None:
            self._process.send_signal(signal.SIGINT)
            self._process.wait()
            self._process = None

    @property
    def process(self) -> subprocess.Popen[bytes] | None:
        """The server's process while it is started."""
        return self._process

    @property
    def sockets(self) -> Path:
        """The folder of the socket. A path too long for a socket gets a short one of its own, always the same."""
        usual = self.folder / "run"
        if len(str(usual)) <= LONGEST_SOCKET_FOLDER:
            return usual
        return Path(tempfile.gettempdir()) / f"onward-{hashlib.sha256(str(usual).encode()).hexdigest()[:16]}"

    def url(self, database: str = OWNER, *, role: str = OWNER) -> str:
        """A libpq URL. The default role owns the database and is no superuser."""
        return f"postgres://{role}:{self._password(role)}@/{database}?host={quote(str(self.sockets))}"

    def _password(self, role: str) -> str:
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / f"password-{role}"
        with suppress(FileExistsError), open(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as new:
            new.write(secrets.token_urlsafe(24))
        return path.read_text()

    def _check_major(self, binaries: Binaries) -> None:
        with suppress(FileNotFoundError, PermissionError):
            found = (self.cluster / "PG_VERSION").read_text().strip()
            if found != str(binaries.major):
                raise Refusal(
                    "conflict",
                    f"The data in {self.folder} is of PostgreSQL {found}; this is PostgreSQL {binaries.major}.",
                    mend=f"With the version that wrote it run `onward backup FILE`, then `onward restore FILE` into a "
                    f"new data folder with this one; or set ONWARD_PG_BIN to a PostgreSQL {found}.",
                )

    def _make_folders(self) -> None:
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=self.folder):
                pass
        except OSError as error:
            raise Refusal(
                "unavailable",
                f"The data folder {self.folder} cannot be written ({error.strerror}).",
                mend="Choose another with --data DIR, or give this user the right to write there.",
            ) from error
        self.sockets.mkdir(mode=0o700, exist_ok=True)
        owner = self.sockets.stat().st_uid
        if owner not in {os.geteuid(), self.user.pw_uid if self.user else os.geteuid()}:
            raise Refusal("unavailable", f"{self.sockets} belongs to somebody else.", mend="Use a shorter --data DIR.")
        if self.user:
            self.folder.chmod(self.folder.stat().st_mode | 0o011)
            shutil.chown(self.sockets, self.user.pw_uid, self.user.pw_gid)
            self._check_passable(self.folder)

    def _check_passable(self, folder: Path) -> None:
        assert self.user is not None
        if self._as_user(["/bin/sh", "-c", 'cd -- "$0"', str(folder)]).returncode:
            closed = [p for p in reversed([folder, *folder.parents]) if not p.stat().st_mode & 0o001]
            raise Refusal(
                "unavailable",
                f"PostgreSQL runs as the user {self.user.pw_name}, who cannot pass {closed[0] if closed else folder}.",
                mend="Choose another folder with --data DIR (as root the default is /var/lib/onward), "
                "or run as a normal user.",
            )

    def _runnable(self, binaries: Binaries) -> Binaries:
        if not self.user:
            return binaries
        if not self._as_user(["/bin/sh", "-c", '"$0" --version', binaries.program("postgres")]).returncode:
            return binaries
        if binaries.bundle is None:
            raise Refusal("unavailable", f"The user {self.user.pw_name} cannot run {binaries.program('postgres')}.")
        return copy_bundle(binaries, self.folder / "programs")

    def _initialize(self, binaries: Binaries) -> None:
        new = self.folder / "cluster-being-made"
        shutil.rmtree(new, ignore_errors=True)
        new.mkdir(mode=0o700)
        words = self.sockets / "words"
        words.write_text(self._password(SUPERUSER))
        words.chmod(0o600)
        if self.user:
            shutil.chown(new, self.user.pw_uid, self.user.pw_gid)
            shutil.chown(words, self.user.pw_uid, self.user.pw_gid)
        # The built-in provider sorts the same on every libc; it exists from 17 on.
        builtin = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
        locale = builtin if binaries.major >= 17 else ["--locale=C.UTF-8"]
        command = [binaries.program("initdb"), "-D", str(new), "-U", SUPERUSER, "-E", "UTF8", "-A", "scram-sha-256"]
        try:
            done = self._as_user([*command, f"--pwfile={words}", "--no-instructions", *locale, *self._sync()])
        finally:
            words.unlink()
        if done.returncode:
            reason = done.stderr.strip().splitlines()[-1:] or ["no reason given"]
            raise Refusal("unavailable", f"PostgreSQL could not make its files in {self.folder}: {reason[0]}")
        new.rename(self.cluster)

    def _sync(self) -> list[str]:
        return [] if self.durable else ["--no-sync"]

    def _launch(self, binaries: Binaries) -> None:
        settings = SETTINGS | ({} if self.durable else FORGETFUL)
        command = [binaries.program("postgres"), "-D", str(self.cluster), "-k", str(self.sockets)]
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        log = self.folder / "postgres.log"
        # A server killed outright leaves its children a moment longer, and they still hold the shared memory.
        deadline = time.monotonic() + 60
        while True:
            with open(log, "ab") as out:
                mark = out.tell()
                self._process = self._spawn(command, out)
            while self._process.poll() is None:
                if self._is_ready():
                    return
                if time.monotonic() > deadline:
                    self.stop()
                    raise Refusal("unavailable", "PostgreSQL did not become ready within a minute.", mend=f"See {log}.")
                time.sleep(0.01)
            said = log.read_bytes()[mark:].decode(errors="replace")
            self._process = None
            if "pre-existing shared memory" not in said or time.monotonic() > deadline:
                fatal = [line.split("FATAL:", 1)[1].strip() for line in said.splitlines() if "FATAL:" in line]
                why = fatal[0] if fatal else "no reason given"
                raise Refusal("unavailable", f"PostgreSQL did not start: {why}.", mend=f"See {log}.")
            time.sleep(0.1)

    def _is_ready(self) -> bool:
        assert self._process is not None
        try:
            lines = (self.cluster / "postmaster.pid").read_text().splitlines()
        except OSError:
            return False
        return len(lines) >= 8 and lines[0] == str(self._process.pid) and lines[7].strip() == "ready"

    def _make_owner(self) -> None:
        # CREATEDB and CREATEROLE, no superuser: row-level security must bind the application too.
        password = psycopg.sql.Literal(self._password(OWNER))
        with psycopg.connect(self.url("postgres", role=SUPERUSER), autocommit=True) as connection:
            known = connection.execute("select 1 from pg_roles where rolname = %s", [OWNER]).fetchone()
            verb = psycopg.sql.SQL("alter" if known else "create")
            connection.execute(
                psycopg.sql.SQL("{} role onward login createdb createrole password {}").format(verb, password)
            )
            if not connection.execute("select 1 from pg_database where datname = %s", [OWNER]).fetchone():
                connection.execute("create database onward owner onward")
        (self.folder / "owner-made").touch()

    def _as_user(self, command: list[str]) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command,
            capture_output=True,
            text=True,
            cwd="/",
            env=_bare_environment(),
            check=False,
            user=self.user.pw_uid if self.user else None,
            group=self.user.pw_gid if self.user else None,
            extra_groups=[] if self.user else None,
        )

    def _spawn(self, command: list[str], log: IO[bytes]) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            cwd="/",
            env=_bare_environment(),
            start_new_session=True,  # Ctrl-C in a terminal must not reach it before its clients
            preexec_fn=die_with_parent(signal.SIGINT),
            user=self.user.pw_uid if self.user else None,
            group=self.user.pw_gid if self.user else None,
            extra_groups=[] if self.user else None,
        )


def die_with_parent(with_signal: signal.Signals) -> Callable[[], None]:
    """A `preexec_fn`: the child gets the signal when the thread that starts it ends. Does nothing outside Linux."""
    if sys.platform != "linux":
        return lambda: None
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    parent = os.getpid()

    def ask() -> None:
        prctl(PR_SET_PDEATHSIG, int(with_signal), 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)

    return ask


def _unprivileged_user(cluster: Path) -> pwd.struct_passwd | None:
    """Who runs the server when we are root: the owner of the files, else an existing system user."""
    if os.geteuid() != 0:
        return None
    if cluster.exists() and cluster.stat().st_uid:
        return pwd.getpwuid(cluster.stat().st_uid)
    for name in ("onward", "postgres", "daemon", "nobody"):
        with suppress(KeyError):
            return pwd.getpwnam(name)
    raise Refusal("unavailable", "PostgreSQL does not run as root, and there is no unprivileged user to run it as.")


def _bare_environment() -> dict[str, str]:
    return {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C", "TZ": "UTC"}
