"""Live a playbook before anybody has to: a simulated customer, a fast clock, nothing sent and nothing written."""

from onward.automation.decisions.simulating.account import Account
from onward.automation.decisions.simulating.personas import PERSONAS, Persona, Side, words_of
from onward.automation.decisions.simulating.result import Entry, Judged, Reached, Simulation, StageTook, Stood
from onward.automation.decisions.simulating.simulation import simulate

__all__ = [
    "PERSONAS",
    "Account",
    "Entry",
    "Judged",
    "Persona",
    "Reached",
    "Side",
    "Simulation",
    "StageTook",
    "Stood",
    "simulate",
    "words_of",
]
