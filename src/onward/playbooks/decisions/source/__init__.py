"""The shape of a playbook file: which keys there are and what they take. The JSON Schema is made from these models."""

from onward.playbooks.decisions.source.playbook import ModuleFile, PlaybookFile

__all__ = ["ModuleFile", "PlaybookFile"]
