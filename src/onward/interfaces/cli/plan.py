"""`onward plan`: open a journey from a sheet, begin a playbook from one, write a journey's plan as one."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from onward.interfaces.cli.answers import Answer
from onward.interfaces.cli.imports import moment, read_bytes, read_map
from onward.journeys import actions, queries
from onward.kernel.actor import SYSTEM
from onward.kernel.ids import format_id, parse_id
from onward.kernel.refusals import invalid
from onward.playbooks import actions as playbook_actions
from onward.playbooks.decisions.planned import MAP_KEYS, SheetPlan, make_how, open_sheet, read_plan


def register(subparsers: Any) -> None:
    """Add the command."""
    keys = "\n".join(f"  {key}: {about}" for key, about in MAP_KEYS.items())
    parser = subparsers.add_parser(
        "plan",
        help="open a journey from a sheet, begin a playbook from one, or write a plan as one",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog=f"MAP.yaml has these keys, none needed:\n{keys}",
    )
    commands = parser.add_subparsers(required=True)
    check = commands.add_parser("check", help="say what a sheet would become; nothing is written")
    _sheet(check)
    check.add_argument("--account", metavar="ACCOUNT", help="whose people may be named in it")
    check.set_defaults(run=run_check)
    opened = commands.add_parser("open", help="open a journey of an account from a sheet")
    _sheet(opened)
    opened.add_argument("--account", required=True, metavar="ACCOUNT", help="its id: acc_...")
    opened.add_argument("--signed", type=moment, metavar="T", help="the day from which its days count")
    opened.add_argument("--title", default="")
    opened.set_defaults(run=run_open)
    draft = commands.add_parser("draft", help="begin a draft of a playbook from a sheet")
    _sheet(draft)
    draft.add_argument("--title", default="")
    draft.set_defaults(run=run_draft)
    written = commands.add_parser("write", help="write the plan of a journey as a sheet")
    written.add_argument("journey", metavar="JOURNEY", help="its id: jny_...")
    written.add_argument("--to", type=Path, metavar="OUT.csv", help="into this file; else it is printed")
    written.set_defaults(run=run_write)


def _sheet(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE", help="CSV, a row a task")
    parser.add_argument("--map", type=Path, metavar="MAP.yaml", help="columns, date format, sides of owners")


def run_check(arguments: argparse.Namespace) -> Answer:
    """The rows that go in, and every problem; refused when none goes in."""
    account_id = parse_id("acc", arguments.account) if arguments.account else None
    plan = _read(arguments, account_id)
    document = {
        "tasks": len(plan.tasks),
        "stages": [stage.title for stage in plan.stages],
        "stays_out": plan.stays_out,
        "problems": [
            {"row": one.row, "level": one.level, "message": one.message, "mend": one.mend} for one in plan.problems
        ],
    }
    return Answer(document, "\n".join([_summed(plan), *_problems(plan)]), refused=not plan.tasks)


def run_open(arguments: argparse.Namespace) -> Answer:
    """Open it."""
    account_id = parse_id("acc", arguments.account)
    journey_id = actions.open_planned(
        actor=SYSTEM,
        account_id=account_id,
        content=read_bytes(arguments.file),
        mapping=read_map(arguments.map),
        title=arguments.title or arguments.file.stem,
        signed_at=arguments.signed,
    )
    plan = _read(arguments, account_id)
    ref = format_id("jny", journey_id)
    document = {"journey": ref, "tasks": len(plan.tasks), "stays_out": plan.stays_out}
    return Answer(document, "\n".join([ref, _summed(plan), *_problems(plan)]))


def run_draft(arguments: argparse.Namespace) -> Answer:
    """Begin it."""
    key = playbook_actions.draft_planned(
        actor=SYSTEM,
        content=read_bytes(arguments.file),
        mapping=read_map(arguments.map),
        title=arguments.title or arguments.file.stem,
        known=queries.known_to(None),
    )
    plan = _read(arguments, None)
    return Answer({"playbook": key}, "\n".join([f"/playbooks/{key}/studio", _summed(plan), *_problems(plan)]))


def run_write(arguments: argparse.Namespace) -> Answer:
    """Write it."""
    text = queries.plan_sheet(SYSTEM, parse_id("jny", arguments.journey))
    if arguments.to is None:
        return Answer({"sheet": text}, text)
    try:
        arguments.to.write_text(text, encoding="utf-8-sig", newline="")
    except OSError as error:
        raise invalid(f"{arguments.to} cannot be written ({error.strerror}).", mend="Choose another file.") from None
    return Answer({"file": str(arguments.to)}, str(arguments.to))


def _read(arguments: argparse.Namespace, account_id: Any) -> SheetPlan:
    given = read_map(arguments.map)
    sheet = open_sheet(read_bytes(arguments.file), given)
    return read_plan(sheet, make_how(sheet, given), queries.known_to(account_id))


def _summed(plan: SheetPlan) -> str:
    return f"{len(plan.tasks)} tasks in {len(plan.stages)} stages; {plan.stays_out} rows stay out"


def _problems(plan: SheetPlan) -> list[str]:
    return [f"row {one.row}, {one.level}: {one.message} {one.mend}" for one in plan.problems]
