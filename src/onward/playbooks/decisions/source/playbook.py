"""The file as a whole: a playbook, or a module of the same constructs."""

from typing import Literal

from pydantic import Field as Key

from onward.playbooks.decisions.source.declared import (
    Approve,
    Event,
    Figure,
    Form,
    Log,
    Measure,
    OnComplete,
    OwnFields,
    Reading,
    Roles,
    Targets,
)
from onward.playbooks.decisions.source.edits import Edits, StageUse, Use
from onward.playbooks.decisions.source.wishes import (
    Course,
    Health,
    Intervention,
    Nudge,
    Risk,
    Sequence,
    Survey,
    Walkthrough,
)
from onward.playbooks.decisions.source.words import Check, Condition, Escalations, Goal, Id, Shape, Title
from onward.playbooks.decisions.source.work import Activation, CheckIn, Kpi, Milestone, Stage


class Shared(Shape):
    """The constructs that a playbook and a module both take."""

    fields: OwnFields = Key(default_factory=OwnFields)
    goals: list[Goal] = Key(default_factory=list)
    kpis: list[Kpi] = Key(default_factory=list)
    events: dict[Id, Title | Event] = Key(default_factory=dict)
    figures: dict[Id, Figure] = Key(default_factory=dict)
    forms: list[Form] = Key(default_factory=list)
    measures: list[Measure] = Key(default_factory=list)
    readings: dict[Id, Reading] = Key(default_factory=dict)
    milestones: list[Milestone] = Key(default_factory=list)
    completion: list[Check] = Key(default_factory=list)
    activation: list[Activation] = Key(default_factory=list)
    training: list[Course] = Key(default_factory=list)
    check_ins: list[CheckIn] = Key(default_factory=list)
    surveys: list[Survey] = Key(default_factory=list)
    sequences: list[Sequence] = Key(default_factory=list)
    walkthroughs: list[Walkthrough] = Key(default_factory=list)
    nudges: list[Nudge] = Key(default_factory=list)
    health: Health | None = None
    risks: list[Risk] = Key(default_factory=list)
    interventions: list[Intervention] = Key(default_factory=list)
    logs: dict[Id, Title | Log] = Key(default_factory=dict)


class PlaybookFile(Shared):
    """A playbook: how accounts of some kind are taken from signature to proven value. Here its modules are in it."""

    playbook: Id
    language: Literal[1]
    title: Title
    source: Title | None = None
    choose_when: Condition | None = None
    choose_rank: int = 0
    opens_when: Condition | None = None
    approve: Approve | None = None
    day_zero: str | None = None
    day_one: str | None = None
    counts_from: Literal["day_zero", "ever"] = "day_zero"
    use: list[Use] = Key(default_factory=list)
    targets: Targets = Key(default_factory=Targets)
    accountable: Id
    roles: Roles
    escalate: Escalations = Key(default_factory=Escalations)
    stages: list[Stage]
    on_complete: OnComplete = Key(default_factory=OnComplete)


class ModuleFile(Shared):
    """A piece that playbooks `use`; `needs` lists the names that it reads and does not define. An answer or a reading
    says its type, too: `{answer.kickoff.migrate: yes_no}`."""

    module: Id
    language: Literal[1]
    title: Title | None = None
    needs: list[str | dict[str, Literal["text", "number", "yes_no", "date"]]] = Key(default_factory=list)
    stages: list[Stage] = Key(default_factory=list)

    @property
    def needed(self) -> dict[str, Literal["text", "number", "yes_no", "date"] | None]:
        """The type of each needed name, or None where the name itself says it."""
        found: dict[str, Literal["text", "number", "yes_no", "date"] | None] = {}
        for one in self.needs:
            found.update({one: None} if isinstance(one, str) else one)
        return found


class PlaybookText(PlaybookFile, Edits):
    """A playbook as it is written: its modules named, and what they bring changed where it says so."""

    use: list[Id | Use] = Key(default_factory=list)  # type: ignore[assignment]
    stages: list[Stage | StageUse]  # type: ignore[assignment]


class VariantText(Edits):
    """A playbook that follows another one, and says only what differs."""

    playbook: Id
    language: Literal[1]
    title: Title
    extends: Id
    source: Title | None = None
    choose_when: Condition | None = None
    choose_rank: int = 0
    opens_when: Condition | None = None
    approve: Approve | None = None
    day_zero: str | None = None
    day_one: str | None = None
    counts_from: Literal["day_zero", "ever"] = "day_zero"
    use: list[Id | Use] = Key(default_factory=list)
    targets: Targets = Key(default_factory=Targets)
    accountable: Id | None = None
    escalate: Escalations = Key(default_factory=Escalations)
    on_complete: OnComplete = Key(default_factory=OnComplete)
