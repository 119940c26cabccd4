"""How onboardings go. Each story is a generator: it yields the moment at which it goes on, and acts when that comes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, time, timedelta

from onward.accounts import actions as accounts
from onward.demo.actions.life import Life
from onward.foundation import clock

Story = Iterator[datetime]


def prospect(life: Life, *, lost: bool = False) -> Story:
    """Sales is still talking."""
    yield life.at(0, 8)
    life.open()
    yield life.at(9, 15)
    accounts.change_deal(actor=life.seller, deal_id=life.deal_id, stage="Proposal sent")
    if lost:
        yield life.at(16, 12)
        accounts.lose_deal(actor=life.seller, deal_id=life.deal_id)


def waiting(life: Life) -> Story:
    """Signed; a person has to choose the playbook."""
    yield life.at(-20, 9)
    life.open()
    yield life.signed_at
    life.win_for_somebody_to_choose()


def self_serve(life: Life, *, pace: float = 1.0, stop: str = "", left: int = 0) -> Story:
    """The funnel: what they do in the product is all that happens."""
    yield life.at(-3, 9)
    life.open()
    yield life.signed_at
    life.win()
    if left:
        yield from _leaves(life, left, "They found that a spreadsheet is enough for now.")
    del pace, stop


def sixty(life: Life, *, pace: float = 1.0, stop: str = "", paused: int = 0, left: int = 0) -> Story:
    """The sixty-day framework, as far as `stop` (a step that does not come), faster with a `pace` below 1."""
    yield life.at(-25, 9)
    life.open()
    yield life.signed_at
    life.win()
    yield life.at(0.2, 15)
    life.schedule("kickoff", life.at(4 * pace, 13))
    life.answer("handoff", by="sales", **_handoff(life), stakeholders=_people(life))
    if stop == "handoff":
        return
    yield life.at(4 * pace, 14)
    life.confirm_known()
    life.hold("kickoff", "csm", "project_owner", "champion", "specialist", note="They want it before summer.")
    life.answer(
        "kickoff",
        success=life.goals[0],
        sources=2,
        which="Salesforce, the billing system",
        channel="mail",
        cadence="weekly",
    )
    life.pick("first_dashboards", n=3)
    life.agree_on_goals()
    yield life.at(5 * pace, 11)
    life.complete("sign_plan", by="champion")
    life.complete("sign_plan")
    if stop == "kickoff":
        return
    yield life.at(7 * pace, 10)
    life.complete("provision", by="specialist")
    life.share, life.connected = 0.3, 1
    if left:
        yield from _leaves(life, left, "Their new owner uses another product.")
        return
    if stop == "integration":
        return
    yield life.at(12 * pace, 15)
    life.connected = 2
    life.hold("train_admins", "specialist", "admin", by="specialist")
    yield life.at(14 * pace, 11)
    life.complete("configure", by="specialist")
    if paused:
        yield life.at(paused, 9)
        life.pause("They move offices until the end of the month.")
        return
    yield life.at(19 * pace, 10)
    yield from _until_open(life, "validate")
    seats = life.company.seats
    life.answer("validate", by="specialist", sources=2, accounts=seats, evidence="Ten figures compared, all agree")
    life.share = 0.55
    if stop == "value":
        life.share = 0.0
        return
    yield life.at(28 * pace, 14)
    life.hold("train_analysts", "specialist", "project_owner", by="specialist")
    life.reports, life.share = True, 0.75
    life.tell_goal(6)
    yield life.at(31 * pace, 10)
    life.answer("record", by="specialist", admins=2, analysts=5, evidence="Two sessions, lists of names in the folder")
    yield life.at(38 * pace, 16)
    life.log("decisions", 0, value=4_000)
    life.log("wins", 1, value=9_000)
    life.complete("collect_wins")
    life.share = 0.9
    yield life.at(52 * pace, 12)
    life.note("A second team asks for access", value=12_000)
    life.complete("expansion")
    yield life.at(54 * pace, 15)
    life.hold("review", "csm", "champion", "sponsor")
    achieved = "All that was agreed, and one thing more"
    life.answer("review", satisfaction=9, achieved=achieved, next_goal="A second team", expansion=True)
    life.reach_goals("Shown in the review, on their own figures")


def seven(life: Life, *, pace: float = 1.0, stop: str = "", paused: int = 0, left: int = 0) -> Story:
    """The seven stages, as far as `stop` (a step that does not come), faster with a `pace` below 1."""
    yield life.at(-40, 9)
    life.open()
    yield life.signed_at
    life.win()
    yield life.at(0.2, 14)
    life.schedule("kickoff", life.at(4 * pace, 13))
    life.answer("handoff", by="sales", **_handoff(life), stakeholders=_people(life))
    yield life.at(1, 9)
    life.hold("align", "csm", "sales")
    if stop == "handoff":
        return
    yield life.at(4 * pace, 14)
    life.confirm_known()
    life.hold("kickoff", "csm", "project_owner", "sponsor", "champion", note="They name three sources; CRM comes last.")
    migrate = len(life.company.name) % 2 == 1
    # Trying comes five working days before, and old data has to be there by then.
    go_live = life.day((36 if migrate else 28) * pace).isoformat()
    life.answer(
        "kickoff",
        success=life.goals[0],
        go_live=go_live,
        sources=3,
        which="Salesforce, the data warehouse, the booking system",
        migrate=migrate,
        channel="teams",
    )
    life.pick("first_report", n=3)
    life.agree_on_goals()
    yield from _leaders(life)
    # Leaders' calendars fill early: the review has its hour from the start.
    life.schedule("review", datetime.combine(life.day(96), time(13), UTC))
    yield life.at(6 * pace, 11)
    life.complete("sign_plan")
    if stop == "kickoff":
        return
    life.complete("sign_plan", by="champion")
    yield life.at(8 * pace, 10)
    life.complete("provision", by="specialist")
    life.share, life.connected = 0.25, 2
    yield life.at(11 * pace, 14)
    life.complete("admin_course", by="trainer")
    if stop == "integration":
        yield life.at(22 * pace, 15)
        life.tell_goal(4)
        yield life.at(26 * pace, 11)
        life.propose_later(14)
        return
    life.connected = 3
    if paused:
        yield life.at(paused, 9)
        life.pause("Their budget year ends; they go on in six weeks.")
        return
    yield life.at(15 * pace, 15)
    if life.is_open("migrate"):
        life.complete("migrate", by="specialist")
    life.tick("settings", 3, "specialist")
    life.complete("settings", by="specialist")
    _complete_open(life, change_plan="csm", custom_integration="specialist", kpi_dashboards="specialist")
    life.share = 0.5
    if stop == "value":
        if left:
            yield from _leaves(life, left, "Their sponsor left, and with her the project.")
        else:
            yield life.at(20 * pace, 9)
            life.share = 0.0
        return
    yield life.at(18 * pace, 10)
    yield from _until_open(life, "uat")
    life.tick("uat", 3, "project_owner")
    life.complete("uat", by="project_owner")
    life.reports = True
    life.tell_goal(7)
    yield life.at(24 * pace, 13)
    life.complete("user_course", by="trainer")
    _complete_open(life, kpi_dashboards="specialist", trainer_course="trainer")
    life.log("wins", 0, value=15_000)
    yield life.at(30 * pace, 13)
    life.complete("certify", by="trainer")
    life.share = 0.85
    yield life.at(72 * pace, 11)
    life.note("The second plant wants it too", value=40_000)
    life.complete("expansion")
    yield life.at(96, 15)
    life.hold("review", "csm", "champion", "sponsor")
    life.reach_goals("Shown in the success review, on their own figures")


def talks(life: Life) -> Story:
    """The owner holds the check-ins as they come due, but not those that nobody comes to."""
    moment = life.at(8, 16)
    while True:
        yield moment
        if life.has_journey and not life.is_under_way:
            return
        if life.share:
            life.talk()
        moment += timedelta(days=12)


def _leaders(life: Life) -> Story:
    """A strategic account's leaders have a kickoff of their own, in the afternoon, and a plan for their people."""
    if not life.is_open("executive_kickoff"):
        return
    yield clock.now() + timedelta(hours=2)
    life.hold("executive_kickoff", "csm", "sponsor", "champion", note="Their COO opens each Monday with it.")
    life.answer(
        "executive_kickoff", objectives=f"{life.goals[0]}; {life.goals[1].lower()}.", kpis=life.goals[1], updates="mail"
    )


def _complete_open(life: Life, **keys: str) -> None:
    """Do those of these steps (by whom each) that the playbook has and that may be done now."""
    for key, by in keys.items():
        if life.is_open(key):
            life.complete(key, by=by)


def _until_open(life: Life, key: str) -> Story:
    """Wait for what the product has still to report before a task may begin."""
    for _ in range(7):
        if life.is_open(key):
            return
        yield clock.now() + timedelta(days=1, hours=1)


def _leaves(life: Life, day: int, why: str) -> Story:
    yield life.at(day, 11)
    life.leave(why)
    life.share = 0.0


def _handoff(life: Life) -> dict[str, str]:
    first, second = life.goals
    return {
        "why": f"They want to {first[0].lower()}{first[1:]}.",
        "problems": "Figures come from four places and never agree.",
        "promises": "Two training sessions at no charge, and an answer within one working day.",
        "in_confidence": "Their last project of this kind failed; the sponsor cannot afford another.",
        "success": f"30 days: the first report. 60: {first.lower()}. 90: {second.lower()}.",
    }


def _people(life: Life) -> str:
    return ", ".join(actor.name for actor in life.contacts.values())


STORIES: dict[str, Callable[..., Story]] = {
    "prospect": prospect,
    "waiting": waiting,
    "self_serve": self_serve,
    "sixty": sixty,
    "seven": seven,
}
