"""Every component in every state, for those who build pages. The figures are the ones of the pictures."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from onward.interfaces.console.shell import staff
from onward.interfaces.ui.charts import Bar, Curve

SWATCHES = (
    "paper",
    "ground",
    "sunk",
    "rule",
    "edge",
    "ink-3",
    "ink-2",
    "ink",
    "ours",
    "ours-soft",
    "theirs",
    "theirs-soft",
    "marker",
    "proof",
    "warn",
    "bad",
)


def styleguide(request: HttpRequest) -> HttpResponse:
    """The page."""
    staff(request)
    return render(
        request,
        "console/styleguide.html",
        {"line": LINE, "long_line": LONG_LINE, "curves": CURVES, "bars": BARS, "swatches": SWATCHES},
    )


def _stage(name: str, state: str, words: list[str], **more: object) -> dict[str, object]:
    return {
        "name": name,
        "state": state,
        "words": words,
        "cells": [],
        "waived": False,
        "has_first_value": False,
        "href": "",
        **more,
    }


LINE = [
    _stage("Pre-onboarding", "proven", ["closed 17 Feb", "1 waived"], waived=True),
    _stage("Kickoff", "proven", ["closed 24 Feb", "3 of 3 proven"]),
    _stage("Implementation", "now", ["due 10 Mar", "2 of 4 proven"], cells=["met", "met", "not_met", "unknown"]),
    _stage("Training", "future", ["17 to 20 Mar"]),
    _stage("First value", "future", ["24 Mar to 2 Apr"], has_first_value=True),
    _stage("Adoption", "future", ["from 25 Mar"]),
    _stage("Handover", "future", ["17 May"]),
]
LONG_LINE = [
    _stage("A stage whose name goes on and on", "proven", ["closed 17 Feb", "12 of 12 proven"]),
    _stage("Implementation and migration", "now", ["due 10 Mar", "0 of 1 proven"], cells=["open"]),
    _stage("Handover", "future", []),
]
CURVES = [
    Curve(
        "Enterprise",
        [(6, 0.92, 0.85, 0.98), (14, 0.7, 0.58, 0.8), (24, 0.48, 0.35, 0.6), (40, 0.3, 0.18, 0.44)],
        [(18, 0.7), (46, 0.3)],
        24,
    ),
    Curve("Self-serve", [(2, 0.8, 0.7, 0.9), (5, 0.5, 0.4, 0.62), (12, 0.22, 0.12, 0.34)], [(30, 0.22)], 5),
]
BARS = [Bar("Signed", 600), Bar("Kickoff", 596), Bar("First event", 419), Bar("First value", 209)]
