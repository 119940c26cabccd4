"""Simulated customers: an honest small model of how quickly both sides work, and of what never happens."""

from __future__ import annotations

from dataclasses import dataclass

#: What a person does, as `Side` counts its days.
KINDS = {
    "name": "naming who holds a role",
    "meeting": "finding a time for a meeting",
    "form": "filling in a form",
    "sign_off": "signing",
    "to_do": "a step of work",
    "course": "a training",
    "log": "writing a line into a register",
    "goal": "writing, agreeing or reaching a goal",
    "habit": "taking up what the plan asks to be used",
}


@dataclass(frozen=True)
class Side:
    """Working days that one side takes for each kind of work (`KINDS`), counted from when it may begin."""

    otherwise: int = 1
    days: tuple[tuple[str, int], ...] = ()

    def days_for(self, kind: str) -> int:
        return dict(self.days).get(kind, self.otherwise)


@dataclass(frozen=True)
class Persona:
    """A simulated customer, with the team that looks after them.

    `moves`: how often the first meeting with them is put off, `moved_by` working days each time. Use grows in a
    straight line over `grows_weeks` from `share_from` to `share_to` of the seats. `silent_after`: from that day on
    nobody on their side does anything. `says_yes`: how they answer a question of yes or no.
    """

    id: str
    title: str
    ours: Side = Side()
    theirs: Side = Side()
    moves: int = 0
    moved_by: int = 0
    share_from: float = 0.2
    share_to: float = 0.9
    grows_weeks: int = 4
    silent_after: int | None = None
    holds_check_ins: bool = True
    does_optional: bool = True
    says_yes: bool = False


PERSONAS = {
    persona.id: persona
    for persona in (
        Persona(
            "good",
            "A good customer",
            ours=Side(1, (("name", 0), ("meeting", 0), ("form", 0), ("log", 0))),
            theirs=Side(2, (("meeting", 3), ("sign_off", 1), ("goal", 1), ("habit", 0))),
        ),
        Persona(
            "slow",
            "A slow customer",
            ours=Side(2, (("name", 1), ("meeting", 1), ("course", 3))),
            theirs=Side(6, (("meeting", 5), ("form", 4), ("sign_off", 5), ("goal", 4), ("habit", 3))),
            moves=1,
            moved_by=4,
            share_from=0.1,
            share_to=0.8,
            grows_weeks=8,
            does_optional=False,
            says_yes=True,
        ),
        Persona(
            "stalling",
            "A customer who falls silent",
            ours=Side(1, (("name", 0), ("meeting", 0))),
            theirs=Side(5, (("meeting", 4), ("sign_off", 4), ("goal", 4), ("habit", 3))),
            moves=1,
            moved_by=5,
            share_from=0.1,
            share_to=0.3,
            grows_weeks=8,
            silent_after=21,
            holds_check_ins=False,
            does_optional=False,
        ),
    )
}


def words_of(persona: Persona) -> list[str]:
    """What the persona assumes, a sentence a line."""
    lines = [f"We take {_side(persona.ours)}.", f"They take {_side(persona.theirs)}."]
    if persona.moves:
        lines.append(
            f"They put off the first meeting {'once' if persona.moves == 1 else f'{persona.moves} times'}, "
            f"by {_days(persona.moved_by)}."
        )
    lines.append(
        f"Use grows from {persona.share_from:.0%} to {persona.share_to:.0%} of the seats within "
        f"{persona.grows_weeks} weeks of the first use."
    )
    if persona.silent_after is not None:
        lines.append(f"From day {persona.silent_after} on nobody on their side does anything.")
    if not persona.holds_check_ins:
        lines.append("Check-ins are never held.")
    if not persona.does_optional:
        lines.append("What is optional is left out.")
    lines.append(f"Asked yes or no, they say {'yes' if persona.says_yes else 'no'}.")
    return lines


def _side(side: Side) -> str:
    listed = [f"{_days(days)} for {KINDS[kind]}" for kind, days in side.days if kind in KINDS]
    return "; ".join([*listed, f"{_days(side.otherwise)} for all else"])


def _days(days: int) -> str:
    return {0: "the same day", 1: "1 working day"}.get(days, f"{days} working days")
