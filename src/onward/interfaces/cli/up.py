"""`onward up`: database, web and worker under one parent, until it is told to stop."""

from __future__ import annotations

import argparse
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg

from onward.foundation.postgres.server import EmbeddedServer, die_with_parent
from onward.interfaces.cli.answers import Answer, as_json
from onward.interfaces.cli.children import Child, stop_all
from onward.interfaces.cli.fingerprint import is_prepared, mark_prepared
from onward.interfaces.cli.installation import Running, announce, held
from onward.kernel.refusals import Refusal

PORT = 8000
BLOCKING_THREADS = "128"
ANYWHERE = {"0.0.0.0", "::"}
FIRST_LINK = "/welcome/"
LIVE_CHANNEL, BYE = "onward_live", "bye"


def register(subparsers: Any) -> None:
    parser = subparsers.add_parser(
        "up",
        help="start everything here and print the address",
        description="Start the database, the web server and the worker, and print the address. Ctrl-C stops all.",
    )
    parser.add_argument("--port", type=_port, default=PORT, help=f"the web server's port (default {PORT})")
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen on (default: this machine only)")
    parser.add_argument("--demo", action="store_true", help="fill it with an invented company's onboardings")
    parser.add_argument("--force", action="store_true", help="with --demo: even beside real accounts")
    parser.set_defaults(run=up)


def up(arguments: argparse.Namespace) -> Answer:
    """Run until SIGINT or SIGTERM. Raises Refusal when the folder, port or database cannot be used."""
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        # Under nohup the end of the terminal is not to be heard.
        if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, lambda *_: stop.set())
    with ExitStack() as stack:
        stack.enter_context(held(arguments.data))
        _check_port(arguments.host, arguments.port)
        _Installation(arguments, stack, stop).run()
    return Answer({"stopped": True}, "Onward has stopped.")


class _Installation:
    def __init__(self, arguments: argparse.Namespace, stack: ExitStack, stop: threading.Event) -> None:
        self.arguments = arguments
        self.data: Path = arguments.data
        self.stop = stop
        self.server: EmbeddedServer | None = None
        self.children: list[Child] = []
        self.database_url = os.environ.get("DATABASE_URL", "")
        name = f"[{arguments.host}]" if ":" in arguments.host else arguments.host
        shown = socket.gethostname() if arguments.host in ANYWHERE else name
        self.address = os.environ.get("ONWARD_PUBLIC_URL") or f"http://{shown}:{arguments.port}"
        stack.callback(self.end)

    def run(self) -> None:
        self._start_database()
        if self.stop.is_set():
            return
        self._prepare()
        if self.arguments.demo and not self.stop.is_set():
            self._build_demo()
        if self.stop.is_set():
            return
        logs = self.data / "logs"
        logs.mkdir(exist_ok=True)
        # A person at a terminal wants the address; a service manager wants the logs.
        to_files = sys.stderr.isatty()
        for name, command in self._commands().items():
            log = logs / f"{name}.log" if to_files else None
            self.children.append(Child(name, command, self._environment(), log))
        web, *others = self.children
        web.start()
        announce(self.data, Running(os.getpid(), self.address, self.database_url, self.server is not None))
        if not self._wait_for_web(web):
            return
        # Only now, so that the first page need not share the processor with them.
        for child in others:
            child.start()
        self._greet(logs if to_files else None)
        while not self.stop.wait(0.2):
            self._watch()

    def end(self) -> None:
        """Streams are told to end first: a web server with open streams would otherwise wait for its time-out."""
        if any(child.process for child in self.children):
            say("Stopping …")
            with suppress(psycopg.Error), psycopg.connect(self.database_url, connect_timeout=2) as connection:
                connection.execute("select pg_notify(%s, %s)", [LIVE_CHANNEL, BYE])
        stop_all(self.children)
        if self.server is not None:
            self.server.stop()

    def _start_database(self) -> None:
        if self.database_url:
            try:
                psycopg.connect(self.database_url, connect_timeout=10).close()
            except psycopg.Error as error:
                why = str(error).strip().splitlines()[0]
                raise Refusal(
                    "unavailable",
                    f"The database that DATABASE_URL names cannot be reached: {why}.",
                    mend="Correct DATABASE_URL, or unset it to use the embedded PostgreSQL.",
                ) from error
            return
        server = EmbeddedServer(self.data / "postgres")
        if not server.cluster.exists():
            say("Making the database (once)")
        self.server = server
        self.database_url = server.start()

    def _prepare(self) -> None:
        if self.server is not None and is_prepared(self.data):
            return
        say("Preparing the database's tables")
        code, said = self._run("onward.config.prepare", stderr=subprocess.STDOUT)
        if said:
            say(said)
        if code:
            raise Refusal("unavailable", "The database's tables could not be prepared (the reason is above).")
        if code == 0:
            mark_prepared(self.data)

    def _build_demo(self) -> None:
        """Before the worker starts: it would judge the past that is being lived by the present's date."""
        code, said = self._run("onward.config.build_demo", *(["--force"] if self.arguments.force else []))
        if code:
            raise Refusal("conflict", said or "The demo was not built (the reason is above).")

    def _run(self, module: str, *words: str, stderr: int | None = None) -> tuple[int | None, str]:
        """Exit code (None when we were told to stop meanwhile) and what it said on standard output."""
        child = subprocess.Popen(
            [sys.executable, "-m", module, *words],
            env=self._environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=stderr,
            start_new_session=True,
            preexec_fn=die_with_parent(signal.SIGKILL),
        )
        said: list[bytes] = []
        reader = threading.Thread(target=lambda: said.append(child.stdout.read() if child.stdout else b""), daemon=True)
        reader.start()
        while child.poll() is None:
            if self.stop.wait(0.05):
                child.kill()
                child.wait()
                return None, ""
        reader.join()
        return child.returncode, b"".join(said).decode(errors="replace").strip()

    def _commands(self) -> dict[str, list[str]]:
        host, port = self.arguments.host, str(self.arguments.port)
        web = ["-m", "granian", "--interface", "wsgi", "--host", host, "--port", port, "--workers", "1"]
        web += ["--blocking-threads", BLOCKING_THREADS, "--no-ws", "--workers-kill-timeout", "5"]
        web += ["--log-level", "error", "onward.config.wsgi:app"]
        return {"web": [sys.executable, *web], "worker": [sys.executable, "-m", "onward.config.worker"]}

    def _environment(self) -> dict[str, str]:
        names = {"localhost", "127.0.0.1", "[::1]", socket.gethostname(), self.arguments.host} - ANYWHERE
        if self.arguments.host in ANYWHERE:
            names.update(_own_addresses())
        if named := urlsplit(self.address).hostname:
            names.add(named)
        hosts = os.environ.get("ONWARD_HOSTS") or ",".join(sorted(names))
        return os.environ | {
            "DJANGO_SETTINGS_MODULE": "onward.config.settings",
            "DATABASE_URL": self.database_url,
            "ONWARD_DATA": str(self.data),
            "ONWARD_ADDRESS": self.address,
            "ONWARD_HOSTS": hosts,
            "ONWARD_EMBEDDED": "true" if self.server else "false",
            "ONWARD_POOLED": "true",
        }

    def _wait_for_web(self, web: Child) -> bool:
        host = "127.0.0.1" if self.arguments.host in ANYWHERE else self.arguments.host
        deadline = time.monotonic() + 300
        while not self.stop.is_set():
            try:
                socket.create_connection((host, self.arguments.port), timeout=1).close()
                return True
            except OSError:
                time.sleep(0.02)
            if (web.process and web.process.poll() is not None) or time.monotonic() > deadline:
                where = f" See {web.log}." if web.log else ""
                raise Refusal("unavailable", f"The web server did not start.{where}")
        return False

    def _greet(self, logs: Path | None) -> None:
        asked = [sys.executable, "-m", "onward.config.first_link"]
        done = subprocess.run(asked, env=self._environment(), capture_output=True, text=True)
        if done.returncode:
            say(done.stderr)
        secret = done.stdout.strip()
        link = f"{self.address}{FIRST_LINK}{secret}" if secret else ""
        if self.arguments.json:
            print(as_json({"address": self.address, "sign_in": link or None, "data": str(self.data)}), flush=True)
            return
        print(f"Onward runs at {self.address}", flush=True)
        if link:
            print(
                f"Sign in once with {link}\n  (30 minutes; a restart prints a new one until an admin has signed in)",
                flush=True,
            )
        if logs:
            print(f"Data in {self.data}, logs in {logs}. Ctrl-C stops everything.", flush=True)

    def _watch(self) -> None:
        if self.server is not None and self.server.process is not None and self.server.process.poll() is not None:
            say("PostgreSQL ended; starting it again.")
            with suppress(Refusal):
                self.server.start()
        for child in self.children:
            said = child.watch()
            if said:
                say(said)


def say(text: str) -> None:
    """Progress, on standard error: standard output is for answers."""
    print(text, file=sys.stderr, flush=True)


def _port(text: str) -> int:
    port = int(text)
    if not 0 < port < 65536:
        raise argparse.ArgumentTypeError("a port is a number from 1 to 65535")
    return port


def _check_port(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            why = {98: "is taken", 13: "needs root's rights"}.get(
                error.errno or 0, f"cannot be used ({error.strerror})"
            )
            raise Refusal(
                "conflict", f"Port {port} on {host} {why}.", mend="Choose another with --port PORT (or --host HOST)."
            ) from error


def _own_addresses() -> set[str]:
    with suppress(OSError):
        found = {str(entry[4][0]) for entry in socket.getaddrinfo(socket.gethostname(), None)}
        return {f"[{each}]" if ":" in each else each for each in found}
    return set()
