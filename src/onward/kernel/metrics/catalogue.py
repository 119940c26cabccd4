"""The table of metrics and moments: every name that authors may use, its type, and when it is absent."""

from collections.abc import Mapping
from dataclasses import dataclass

from onward.kernel.expressions import ValueType

SEGMENTS = ("self_serve", "mid_market", "enterprise", "strategic")
COMPLEXITIES = ("simple", "standard", "complex", "very_complex")
BANDS = ("excellent", "on_track", "at_risk", "critical")
NEVER = "never"
UNLINKED = "no source delivers yet, or the account is not linked"


@dataclass(frozen=True)
class Metric:
    """`absent` says when it has no value; `windows`: takes last_7d, prev_30d, first_14d, in_stage after its id;
    `person`: may follow `person.`; `choices`: the only words that it reads as. `type` is None where the declaration
    decides (an answer by its field)."""

    pattern: str
    type: ValueType | None
    absent: str
    doc: str
    windows: bool = False
    person: bool = False
    choices: tuple[str, ...] = ()

    @property
    def parts(self) -> tuple[str, ...]:
        return tuple(self.pattern.split("."))


def _rows(
    prefix: str,
    rows: Mapping[str, tuple[ValueType | None, str]],
    absent: str,
    windows: bool = False,
    person: bool = False,
) -> list[Metric]:
    return [Metric(f"{prefix}.{last}", kind, absent, doc, windows, person) for last, (kind, doc) in rows.items()]


CATALOGUE: tuple[Metric, ...] = (
    Metric("account.segment", "text", NEVER, "The account's segment by the editable rules", choices=SEGMENTS),
    Metric("account.complexity", "text", "not filled in", "How complex this customer's case is", choices=COMPLEXITIES),
    Metric("account.complexity_factor", "number", NEVER, "What targets are multiplied by; 1 unless set"),
    Metric(
        "account.target_days", "number", NEVER, "Days that its onboarding should take, by the organization's targets"
    ),
    Metric("account.setup_days", "number", NEVER, "Days that its setup should take, by the organization's targets"),
    *_rows(
        "account",
        {
            "industry": ("text", "Industry"),
            "region": ("text", "Region"),
            "country": ("text", "Country"),
            "language": ("text", "Language"),
            "arr": ("number", "Recurring revenue a year, in the organization's currency"),
            "seats": ("number", "Seats bought"),
            "field.{account_field}": (None, "A field of your own on the account"),
        },
        "not filled in",
    ),
    Metric("deal.won", "yes_no", NEVER, "The deal is won"),
    *_rows(
        "deal",
        {
            "stage": ("text", "The deal's stage, as the sales system names it"),
            "product": ("text", "The product sold"),
            "amount": ("number", "The deal's amount"),
            "field.{deal_field}": (None, "A field of your own on the deal"),
        },
        "not filled in",
    ),
    Metric("role.{role}.filled", "yes_no", NEVER, "Somebody holds the role"),
    Metric("contacts.total", "number", NEVER, "People known at the account"),
    Metric("contacts.{role_or_group}", "number", NEVER, "People of theirs in that role or group"),
    Metric("form.{form}.complete", "yes_no", NEVER, "Every required field is answered"),
    Metric("form.{form}.share", "number", NEVER, "Share of its fields that are answered"),
    Metric("answer.{form}.{field}", None, "not answered", "An answer, typed by its field"),
    *_rows(
        "task.{task}",
        {
            "done": ("yes_no", "Done, and confirmed where that is asked for"),
            "reported": ("yes_no", "Its doer says it is done"),
            "skipped": ("yes_no", "Left out for this customer"),
            "started": ("yes_no", "Begun"),
            "late": ("yes_no", "Past its due date and not done"),
            "blocked": ("yes_no", "Somebody marked it as blocked"),
            "times_done": ("number", "How often a repeated task was done"),
            "steps_left": ("number", "Steps not ticked yet"),
        },
        NEVER,
    ),
    Metric("task.{task}.days_late", "number", "it has no due date", "Whole days past its due date; 0 while in time"),
    Metric("task.{task}.blocked_hours", "number", "it is not blocked", "Hours since it was blocked"),
    Metric("task.{task}.missing_attendees", "number", "it was not held", "People who had to come and did not"),
    Metric("task.{task}.attended_share", "number", "it was not held", "Share of those asked who came"),
    Metric("group.{task_group}.done", "yes_no", NEVER, "Enough tasks of an either/or group are done"),
    *_rows(
        "stage.{stage}",
        {
            "entered": ("yes_no", "The stage was entered"),
            "closed": ("yes_no", "The stage is closed"),
            "late": ("yes_no", "Past its due date and not closed"),
            "tasks_left": ("number", "Required tasks that are not done"),
            "cycle": ("number", "How often it was entered"),
        },
        NEVER,
    ),
    Metric("stage.{stage}.tasks_done_share", "number", "it has no task", "Share of its required tasks that are done"),
    Metric("milestone.{milestone}.met", "yes_no", NEVER, "The milestone was met"),
    Metric("milestone.{milestone}.late", "yes_no", NEVER, "Past its due date and not met"),
    Metric("milestone.{milestone}.days", "number", "not met yet", "Days from day zero until it was met"),
    Metric("milestone.{milestone}.days_late", "number", "it has no due date", "Whole days past its due date"),
    Metric("check_in.{check_in}.held", "yes_no", NEVER, "The check-in was held"),
    Metric("check_in.{check_in}.missed", "yes_no", NEVER, "Its date has passed and it was not held"),
    *_rows(
        "tasks",
        {
            "total": ("number", "Required tasks in the plan"),
            "done": ("number", "Tasks done"),
            "open": ("number", "Tasks not done"),
            "overdue": ("number", "Open tasks past their due date"),
            "overdue_ours": ("number", "Of these, ours"),
            "overdue_theirs": ("number", "Of these, theirs"),
            "blocked": ("number", "Tasks marked as blocked"),
        },
        NEVER,
    ),
    Metric("tasks.done_share", "number", "there is no task", "Share of tasks that are done"),
    Metric("tasks.longest_block_hours", "number", "nothing is blocked", "Hours that the longest block has lasted"),
    Metric("milestones.total", "number", NEVER, "Milestones in the plan"),
    Metric("milestones.met", "number", NEVER, "Milestones met"),
    Metric("milestones.late", "number", NEVER, "Milestones past their due date"),
    Metric("milestones.met_share", "number", "there is none", "Share of milestones that are met"),
    Metric("milestones.on_schedule_share", "number", "there is none", "Share of milestones not late"),
    Metric("objectives.total", "number", NEVER, "Objectives written down with the customer"),
    Metric("objectives.agreed", "number", NEVER, "Objectives with outcome, date and an owner on their side"),
    Metric("objectives.met", "number", NEVER, "Objectives met"),
    Metric("objectives.met_share", "number", "there is none", "Share of objectives that are met"),
    *_rows(
        "event.{event}",
        {
            "count": ("number", "How often the event came"),
            "users": ("number", "How many different people sent it"),
            "days": ("number", "On how many days (UTC) it came"),
            "distinct": ("number", "How many different values the declared property took"),
            "sum": ("number", "The sum of the declared property"),
        },
        UNLINKED,
        windows=True,
        person=True,
    ),
    *_rows(
        "usage",
        {
            "users": ("number", "Different people seen in the product"),
            "events": ("number", "Events of any kind"),
            "days": ("number", "Days with any event"),
            "weekdays": ("number", "Of these, Monday to Friday"),
        },
        UNLINKED,
        windows=True,
        person=True,
    ),
    Metric("usage.active_share", "number", f"seats unknown; {UNLINKED}", "People seen over seats", windows=True),
    Metric("usage.connected", "yes_no", NEVER, "A source delivers for this account"),
    Metric("activation.{activation}.met", "yes_no", UNLINKED, "Activated: the account, or this person", person=True),
    Metric("activation.{activation}.users", "number", UNLINKED, "People of the account who are activated"),
    Metric("activation.{activation}.share", "number", "nobody has begun", "Share of those who began"),
    Metric("training.roles_covered_share", "number", "no course is asked for", "Share of courses with enough people"),
    Metric("training.attendance_share", "number", "no session yet", "Share of those asked who came"),
    *_rows(
        "course.{course}",
        {
            "people": ("number", "People enrolled"),
            "people_done": ("number", "People who finished"),
            "people_certified": ("number", "People with a certificate"),
            "sessions_held": ("number", "Sessions held"),
        },
        NEVER,
        person=True,
    ),
    Metric("course.{course}.done_share", "number", "nobody is enrolled", "Share of those enrolled who finished"),
    Metric("course.{course}.attendance_share", "number", "no session yet", "Share of those asked who came"),
    Metric("walkthrough.{walkthrough}.people_started", "number", NEVER, "People who began it", person=True),
    Metric("walkthrough.{walkthrough}.people_done", "number", NEVER, "People who finished it", person=True),
    Metric("survey.{survey}.responses", "number", NEVER, "Answers received"),
    *_rows(
        "survey.{survey}",
        {
            "average": ("number", "Average answer"),
            "latest": ("number", "The latest answer"),
            "nps": ("number", "Share of promoters less share of detractors, -100 to 100"),
            "response_share": ("number", "Answers over those asked"),
        },
        "no answer yet",
    ),
    Metric("wins.recorded", "number", NEVER, "Early wins written down"),
    Metric("wins.confirmed", "number", NEVER, "Of these, confirmed by the customer"),
    Metric("wins.value", "number", NEVER, "Their value together"),
    Metric("log.{log}.count", "number", NEVER, "Entries in the log"),
    Metric("log.{log}.open", "number", NEVER, "Entries still open"),
    Metric("log.{log}.confirmed", "number", NEVER, "Entries confirmed by the customer"),
    Metric("log.{log}.oldest_open_days", "number", "none is open", "Age of the oldest open entry"),
    Metric("meetings.held", "number", NEVER, "Meetings held"),
    Metric("meetings.missed", "number", NEVER, "Meetings whose date passed without being held"),
    Metric("meetings.attendance_share", "number", "none was held", "Share of those asked who came"),
    Metric("outreach.sent", "number", NEVER, "Messages sent to their people"),
    Metric("outreach.answered", "number", NEVER, "Of these, answered"),
    Metric("outreach.days_unanswered", "number", "nothing waits", "Days since the oldest message without an answer"),
    Metric("reading.{reading}", None, "never set, or older than gone_after", "A number or judgement set by hand"),
    Metric("reading.{reading}.age_days", "number", "never set", "Whole days since it was set"),
    Metric("figure.{figure}", "number", "a part of it is", "A number declared by the playbook"),
    Metric("health.score", "number", "no part of it is known", "Health, 0 to 100"),
    Metric("health.band", "text", "no part of it is known", "The band that the score falls in", choices=BANDS),
    Metric("risks.open", "number", NEVER, "Open risks"),
    Metric("risks.open_high", "number", NEVER, "Of these, high or critical"),
    Metric("risk.{risk}.open", "yes_no", NEVER, "That risk is open"),
    Metric("completion.met", "yes_no", "a row of it is not known", "Every row of the completion table is met"),
    Metric("completion.share", "number", "there is no row", "Share of its rows that are met"),
    Metric("sequence.{sequence}.finished", "yes_no", NEVER, "The sequence ran to its end or was left"),
    Metric("person.last_seen_days", "number", "never seen", "Whole days since this person was last seen"),
    Metric("days_since.last_activity", "number", "nothing yet", "Whole days since anything happened, on either side"),
    Metric("days_since.last_seen", "number", UNLINKED, "Whole days since anyone of theirs used the product"),
    Metric("days_since.last_meeting", "number", "none was held", "Whole days since the last meeting"),
    Metric("days_since.last_reply", "number", "none came", "Whole days since their last reply"),
    Metric("days_since.{moment}", "number", "the moment has not come", "Whole days since a moment"),
    Metric("days_until.{moment}", "number", "the moment is not known", "Whole days until a moment; negative after it"),
)

MOMENTS: dict[str, str] = {
    "signed": "The contract was signed",
    "started": "The journey was opened",
    "day_zero": "What the playbook counts from",
    "contract_start": "The contract begins",
    "renewal": "The contract renews",
    "entered": "This stage was entered",
    "opened": "This risk opened",
    "task.{task}.started": "The task was begun",
    "task.{task}.done": "The task was done",
    "task.{task}.held": "The meeting was held",
    "stage.{stage}.entered": "The stage was entered",
    "stage.{stage}.closed": "The stage was closed",
    "milestone.{milestone}.met": "The milestone was met",
    "check_in.{check_in}.held": "The check-in was held",
    "event.{event}.first": "The event came for the first time",
    "event.{event}.last": "The event came most recently",
    "answer.{form}.{field}": "The date that was answered",
    "role.{role}.filled": "Somebody took the role",
    "role.{role}.changed": "The role went to somebody else",
    "role.{role}.lost": "Nobody holds the role any more",
    "person.joined": "This person was first seen",
}
