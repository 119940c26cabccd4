"""The database of an installation, whether it runs or not: a command that needs only the data starts that alone."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from onward.foundation.postgres.server import EmbeddedServer
from onward.interfaces.cli.installation import find, held
from onward.kernel.refusals import Refusal


@contextmanager
def opened(data: Path) -> Iterator[str]:
    """The database's URL for as long as the block lasts; refused where there is no installation."""
    running = find(data)
    if running:
        yield running.database_url
    elif os.environ.get("DATABASE_URL"):
        yield os.environ["DATABASE_URL"]
    elif (data / "postgres" / "cluster").exists():
        with held(data):
            server = EmbeddedServer(data / "postgres")
            try:
                yield server.start()
            finally:
                server.stop()
    else:
        raise Refusal(
            "not_found",
            f"There is no installation in {data}.",
            mend="Name its folder with --data DIR, or start one with `./onward up`.",
        )
