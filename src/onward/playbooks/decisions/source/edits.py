"""What a file says of other files: which modules it uses, and what it adds, changes and removes."""

from pydantic import Field as Key

from onward.playbooks.decisions.source.words import Condition, Free, Id, People, Shape


class Use(Shape):
    """A module with other names for what it calls its own (`where: {role.csm: pm}`), or only for some accounts."""

    module: Id
    where: dict[str, Id] = Key(default_factory=dict)
    when: Condition | None = None


class StageUse(Shape):
    """The stages of a module, in this place."""

    use: Id
    after: People | None = None
    where: dict[str, Id] = Key(default_factory=dict)
    when: Condition | None = None


class Edits(Shape):
    """Changes by address: `stage.setup`, `task.uat`, `form.kickoff.go_live`, `completion.objectives`."""

    add: list[Free] = Key(default_factory=list)
    change: dict[str, Free] = Key(default_factory=dict)
    remove: list[str] = Key(default_factory=list)
