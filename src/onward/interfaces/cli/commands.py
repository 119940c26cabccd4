"""Which command is where. Kept as a table so that `--help` and wrong usage need not load Django."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Command:
    """`module` in this folder holds it; `plain` ones load no Django."""

    module: str
    about: str
    plain: bool = False


COMMANDS = {
    "up": Command("up", "start everything here and print the address", plain=True),
    "status": Command("status", "say whether and where it runs", plain=True),
    "import": Command("imports", "read accounts, products, users, deals or events from a file"),
    "playbook": Command("playbook", "lint, show, simulate, publish or begin a playbook"),
    "plan": Command("plan", "open a journey from a sheet, begin a playbook from one, or write a plan as one"),
    "source": Command("source", "make and look after sources of usage events"),
    "user": Command("user", "invite colleagues"),
    "key": Command("key", "make and revoke API keys"),
    "insights": Command("insights", "time to first value, funnels, time in stage"),
    "audit": Command("audit", "recompute everything derived and name each difference"),
    "evidence": Command("evidence", "say whether an evidence pack was altered", plain=True),
    "demo": Command("demo", "fill an empty installation with an invented company, or remove it"),
    "backup": Command("backup", "write everything into one file", plain=True),
    "restore": Command("restore", "fill an empty data folder from a backup", plain=True),
    "export": Command("export", "everything, or one account, as JSON lines", plain=True),
    "reference": Command("reference", "write the generated reference pages into a folder"),
}
