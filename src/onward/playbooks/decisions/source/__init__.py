"""The shape of a playbook file: which keys there are and what they take. The JSON Schema is made from these models."""

from onward.playbooks.decisions.source.edits import Edits, StageUse, Use
from onward.playbooks.decisions.source.playbook import ModuleFile, PlaybookFile, PlaybookText, VariantText

__all__ = ["Edits", "ModuleFile", "PlaybookFile", "PlaybookText", "StageUse", "Use", "VariantText"]
