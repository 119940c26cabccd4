"""The success plan: what a version of it says, how two differ in words, how far its objectives are."""

from onward.journeys.decisions.success.asking import Known, Wanted, stated, wrong
from onward.journeys.decisions.success.differing import differences, target_words
from onward.journeys.decisions.success.measuring import Course, course_of, is_share, measurable, measure
from onward.journeys.decisions.success.signing import signers, signers_of
from onward.journeys.decisions.success.versions import (
    Answer,
    Party,
    Stated,
    Version,
    answer_text,
    digest,
    read_answer,
    read_version,
    version_text,
)

__all__ = [
    "Answer",
    "Course",
    "Known",
    "Party",
    "Stated",
    "Version",
    "Wanted",
    "answer_text",
    "course_of",
    "differences",
    "digest",
    "is_share",
    "measurable",
    "measure",
    "read_answer",
    "read_version",
    "signers",
    "signers_of",
    "stated",
    "target_words",
    "version_text",
    "wrong",
]
