"""Two versions of a playbook beside each other: what differs, in words, and how a third one takes it over."""

from onward.playbooks.decisions.comparing.differences import Difference, differences
from onward.playbooks.decisions.comparing.renaming import Names, called, new_id, renames, said
from onward.playbooks.decisions.comparing.things import BOOK, Key, named, put_together, things
from onward.playbooks.decisions.comparing.three import Change, changes, taken
from onward.playbooks.decisions.comparing.words import changed, sentence, title_of, value_words

__all__ = [
    "BOOK",
    "Change",
    "Difference",
    "Key",
    "Names",
    "called",
    "changed",
    "changes",
    "differences",
    "named",
    "new_id",
    "put_together",
    "renames",
    "said",
    "sentence",
    "taken",
    "things",
    "title_of",
    "value_words",
]
