"""A colleague's day, gathered: what is on their hands, what waits for customers, what happened since yesterday."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

from django.utils import timezone

from onward.accounts import queries as accounts
from onward.conversation import queries as conversation
from onward.conversation.queries import Call, Held
from onward.engagement import queries as engagement
from onward.foundation.clock import now
from onward.foundation.ledger import Recorded, newest_facts
from onward.identity import queries as identity
from onward.identity.decisions import may
from onward.identity.queries import OrganizationRow, UserRow
from onward.insights import queries as insights
from onward.insights.decisions.urgency import BEHIND, ENDED, FAR
from onward.insights.queries import PortfolioLine
from onward.interfaces.console.order import put_forward, wrong
from onward.interfaces.console.reminding import Reminded, asked, reminded
from onward.interfaces.console.work_talks import Talk, talk, when_due
from onward.interfaces.console.work_worst import Worst, meets_at, next_of, worst_of
from onward.interfaces.ui.fact_words import FactLine, fact_line
from onward.interfaces.ui.words import date_words
from onward.journeys import queries as journeys
from onward.journeys.queries import WorkTask
from onward.kernel.actor import Actor
from onward.kernel.ids import format_id, parse_id
from onward.kernel.refusals import Refusal

SCOPES = {"mine": "Mine", "team": "My team", "all": "All"}
#: Who looks after others: with fewer journeys of their own than this, and than one in ten, the day is everybody's.
HEADS, FEW = {"admin", "manager"}, 3
SHOWN, MOST, MOST_TALKS = 8, 100, 50
MET = "journey.milestone.met"
#: Late events prove a milestone days after it was met: that is still news.
FOUND_OUT_WITHIN = timedelta(days=7)
#: What a day's news is made of, the weightiest first: it gives a journey's entry its mark.
NEWS = (
    "journey.completed",
    MET,
    "journey.pace.changed",
    "journey.stage.closed",
    "journey.promise.broken",
    "journey.stage.reopened",
    "journey.task.moved",
)
#: These are done on their own page: a tick alone would be refused.
ON_ITS_PAGE = {
    "meeting": "say when it was held",
    "form": "fill in its form",
    "fill_role": "name the person",
    "approve": "say yes or no",
    "sign_off": "look at what is signed",
}


@dataclass(frozen=True, slots=True)
class Item:
    """A task on somebody's hands, in the words of a list."""

    task: WorkTask
    line: PortfolioLine | None
    holder: str
    is_late: bool
    when: str
    css: str
    edge: str

    @property
    def path(self) -> str:
        return f"/tasks/{self.task.ref}"

    @property
    def planned(self) -> str:
        """The day ahead on which a meeting is to be held; "" where there is none."""
        return date_words(meets_at(self.task))

    @property
    def needs(self) -> str:
        """What its own page asks for before it is done; "" when a tick will do."""
        if self.planned:
            return f"hold it as planned, on {self.planned}"
        return ON_ITS_PAGE.get(self.task.kind, "")


@dataclass(frozen=True, slots=True)
class Wait:
    """A journey that waits for its customer: the task, whom to ask, since when, when a colleague reminded them last,
    and the last mail about it where that is another."""

    line: PortfolioLine
    task: WorkTask | None
    contact: accounts.ContactRow | None
    days: int | None
    mailed: engagement.MailSent | None
    reminded: Reminded | None


@dataclass(frozen=True, slots=True)
class Question:
    """What a customer asked and nobody has answered, or where a colleague is called."""

    call: Call
    who: str
    title: str
    line: PortfolioLine | None

    @property
    def ref(self) -> str:
        return self.call.ref


@dataclass(frozen=True, slots=True)
class News:
    """What happened to one journey, the weightiest first."""

    line: PortfolioLine
    at: datetime
    facts: tuple[FactLine, ...]


@dataclass(slots=True)
class Day:
    """All that the page shows. `scopes` are (key, words, address); `team` names who is in mine but me. `whose` is what
    the address of this scope says, "" for nothing. Of journeys that need help `needy` are everybody's, `own_needy` the
    reader's own, and `worst` the first, whatever the scope."""

    scope: str
    scopes: list[tuple[str, str, str]]
    whose: str
    now: datetime
    since: date
    team: list[str] = field(default_factory=list)
    overdue: int = 0
    due_today: int = 0
    is_more: bool = False
    more_talks: bool = False
    questions: list[Question] = field(default_factory=list)
    mentions: list[Question] = field(default_factory=list)
    talks: list[Talk] = field(default_factory=list)
    urgent: list[Item] = field(default_factory=list)
    following: list[Item] = field(default_factory=list)
    waits: list[Wait] = field(default_factory=list)
    wait_count: int = 0
    journey_count: int = 0
    needy: int = 0
    own_needy: int = 0
    worst: list[Worst] = field(default_factory=list)
    news: list[News] = field(default_factory=list)
    colleagues: list[UserRow] = field(default_factory=list)

    @property
    def urgent_count(self) -> str:
        """What is overdue and soon beside what is to be done first; "+" where more than was read may be."""
        is_first = isinstance(self.first, Item)
        may_be_more = self.more_talks or (self.is_more and not self.following)
        number = len(self.talks) + len(self.urgent) - is_first
        return f"{number:,}{'+' if may_be_more else ''}{' more' if is_first else ''}"

    @property
    def first(self) -> Question | Item | None:
        """What to do now: a customer who cannot go on comes before all that is late, and a meeting that is planned is
        held when it is time. Where nothing else is, what a colleague wrote to the reader."""
        if self.questions:
            return self.questions[0]
        if self.urgent and not self.urgent[0].planned:
            return self.urgent[0]
        return self.mentions[0] if self.mentions else None


def gather(actor: Actor, scope: str, organization: OrganizationRow, now: datetime) -> Day:
    """The day of this person, of their team, or of everybody. The cost does not grow with the number of journeys."""
    people = identity.users(actor)
    mine = parse_id("usr", actor.id)
    team = _team(people, mine)
    choices = {key: words for key, words in SCOPES.items() if key != "team" or len(team) > 1}
    owned: dict[str, list[UUID] | None] = {"mine": [mine], "team": team, "all": None}
    lands = scope not in choices
    scope = "mine" if lands else scope
    waiting = insights.waiting_on_customers(actor, owned[scope], limit=SHOWN)
    if lands and actor.role in HEADS and waiting.open < FEW and waiting.open * 10 < waiting.all_open:
        scope = "all"
        waiting = insights.waiting_on_customers(actor, None, limit=SHOWN)
    owners = owned[scope]
    refs = None if owners is None else [f"user:{format_id('usr', one)}" for one in owners]
    scopes = [(key, words, _whose(actor, key)) for key, words in choices.items()]
    day = Day(scope, scopes, _whose(actor, scope), now, _since(organization))
    day.team = [row.name for row in people if row.id in team and row.id != mine]
    day.colleagues = [row for row in people if row.is_active]

    page = journeys.tasks_at_hand(actor, holders=refs, limit=MOST)
    talks = journeys.talks_due(actor, holders=refs, until=timezone.localtime(now).date(), limit=MOST_TALKS + 1)
    talks, day.more_talks = talks[:MOST_TALKS], len(talks) > MOST_TALKS
    day.is_more = page.is_more
    day.wait_count = waiting.count
    day.needy, day.own_needy = waiting.all_needy, waiting.own_needy
    begin = timezone.make_aware(datetime.combine(day.since, datetime.min.time()))
    own = None if owners is None else insights.journeys_of_owners(actor, owners, ended_since=begin)
    day.journey_count = len(own or ())
    since = dict.fromkeys(NEWS, (begin, begin)) | {MET: (begin, begin - FOUND_OUT_WITHIN)}
    facts = newest_facts(since, journeys=own)
    calls = conversation.calls_for(actor, own)

    concerned = {row.journey_id for row in page.rows} | {fact.journey for fact in facts if fact.journey}
    concerned |= {call.journey_id for call in calls} | {one.journey_id for one in talks}
    lines = insights.lines_by_ids(actor, concerned) | {row.journey_id: row for row in waiting.rows}
    task_ids = [call.task for call in calls if call.task]
    calls = [call for call in calls if (line := lines.get(call.journey_id)) and line.state in {"open", "paused"}]
    worst = {row.journey_id for row in waiting.worst}
    theirs = journeys.asked_of_customers(
        actor, [row.journey_id for row in waiting.rows], task_ids=task_ids, whole=worst
    )
    helped = [(row, next_of(row, theirs.get(row.journey_id, []))) for row in waiting.worst]
    awaited = {row.journey_id: _awaited(row, theirs.get(row.journey_id, [])) for row in waiting.rows}
    known = {task.id: task for tasks in theirs.values() for task in tasks}
    people_there = [*(task.holder for task in awaited.values() if task), *(call.author for call in calls)]
    contacts = _contacts(actor, [*people_there, *(fact.actor for fact in facts)])
    reminded_of = {task.id for task in (*awaited.values(), *(task for _, tasks in helped for task in tasks)) if task}
    mails = engagement.last_mails(actor, list(reminded_of))
    names = {f"{kind}:{row.ref}": row.name for row in people for kind in ("user", "staff")}
    names |= {f"contact:{row.ref}": row.name for row in contacts.values()}

    me = f"user:{actor.id}"
    others = [
        Held(task.id, task.journey_id, task.holder, task.title)
        for _, tasks in helped
        for task in tasks
        if task.holder not in {"", me}
    ]
    told = asked(actor, others, names) | {task: one for task, sent in mails.items() if (one := reminded(actor, sent))}
    may_write = may(actor, "write", "comment")
    day.worst = [worst_of(row, tasks, me, names, told, may_write=may_write) for row, tasks in helped]
    items = [_item(row, lines.get(row.journey_id), names, now) for row in page.rows]
    day.talks = [talk(one, lines.get(one.journey_id), names, now) for one in talks]
    soon = timezone.localtime(now).date() + timedelta(days=1)
    day.overdue = sum(1 for item in items if item.is_late)
    day.due_today = sum(1 for item in items if not item.is_late and item.when.startswith("Today"))
    day.urgent = sorted((item for item in items if _is_soon(item.task, soon)), key=_by_need)
    day.following = [item for item in items if not _is_soon(item.task, soon)]
    said = [_called(call, known, lines, names) for call in calls]
    questions = (one for one in said if one.call.is_question)
    day.questions = sorted(questions, key=lambda one: (_place(one.line), one.call.created_at))
    day.mentions = [one for one in said if not one.call.is_question]
    for row in waiting.rows:
        task = awaited[row.journey_id]
        sent = mails.get(task.id) if task else None
        whom = contacts.get(task.holder) if task else None
        mailed = sent.last if sent and sent.last != sent.reminder else None
        day.waits.append(Wait(row, task, whom, _days(row.waiting_since, now), mailed, reminded(actor, sent)))
    day.news = _news(facts, lines, names, actor)
    return day


def _whose(actor: Actor, scope: str) -> str:
    """What the address says of a scope: nothing for one's own, unless that is not where one lands."""
    return "" if scope == "mine" and actor.role not in HEADS else scope


def _team(people: Sequence[UserRow], mine: UUID) -> list[UUID]:
    """Me, those of my team, and those who report to me."""
    me = next((row for row in people if row.id == mine), None)
    team = me.team.lower() if me else ""
    return [
        row.id
        for row in people
        if row.is_active and (row.id == mine or row.manager_id == mine or (team and row.team.lower() == team))
    ]


def _since(organization: OrganizationRow) -> date:
    """The last working day before today: on a Monday, Friday."""
    days = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
    found = timezone.localdate() - timedelta(days=1)
    for _ in range(6):
        if days[found.weekday()] in organization.working_week:
            break
        found -= timedelta(days=1)
    return found


def _item(task: WorkTask, line: PortfolioLine | None, names: Mapping[str, str], now: datetime) -> Item:
    late = task.due_at is not None and task.due_at < now
    when, css = when_due(task.due_on, late, now)
    return Item(task, line, names.get(task.holder, ""), late, when, css, _edge(task, line))


def _edge(task: WorkTask, line: PortfolioLine | None) -> str:
    """Why it stands where it stands, in a clause."""
    if line is None:
        return ""
    words = []
    if line.urgency <= BEHIND:
        stalled = "the journey has stalled" if line.pace == "stalled" else "the journey is behind"
        words = [wrong(line) if line.first_value_is_late(now()) else stalled, *put_forward(line)]
        words[0] = words[0][0].lower() + words[0][1:]
    if task.promise:
        words.append("promised for this date")
    return ", ".join(words)


def _is_soon(task: WorkTask, soon: date) -> bool:
    return task.due_on is not None and task.due_on <= soon


def _by_need(item: Item) -> tuple[bool, bool, tuple[int, datetime], datetime]:
    """What is late or due today before tomorrow's; of these, that of the journey which needs help most. A meeting that
    is planned comes last: there is nothing to do but hold it then."""
    assert item.task.due_at is not None
    return bool(item.planned), item.when == "Tomorrow", _place(item.line), item.task.due_at


def _place(line: PortfolioLine | None) -> tuple[int, datetime]:
    return (line.urgency, line.urgency_at) if line else (ENDED, FAR)


def _days(since: datetime | None, now: datetime) -> int | None:
    return (now - since).days if since else None


def _awaited(line: PortfolioLine, tasks: Sequence[WorkTask]) -> WorkTask | None:
    """The task that the portfolio says the journey waits for."""
    theirs = [task for task in tasks if task.turn == "theirs"]
    return next((task for task in theirs if task.title == line.waiting_what), theirs[0] if theirs else None)


def _contacts(actor: Actor, refs: Iterable[str]) -> dict[str, accounts.ContactRow]:
    wanted = []
    for ref in set(refs):
        kind, _, text = ref.partition(":")
        if kind == "contact":
            try:
                wanted.append(parse_id("con", text))
            except Refusal:
                continue
    return {f"contact:{row.ref}": row for row in accounts.contacts_by_ids(actor, wanted).values()}


def _called(
    call: Call, tasks: Mapping[UUID, WorkTask], lines: Mapping[UUID, PortfolioLine], names: Mapping[str, str]
) -> Question:
    line = lines.get(call.journey_id)
    task = tasks.get(call.task) if call.task else None
    title = task.title if task else line.account_name if line else "the journey"
    return Question(call, names.get(call.author, "Somebody"), title, line)


def _news(
    facts: Iterable[Recorded], lines: Mapping[UUID, PortfolioLine], names: Mapping[str, str], actor: Actor
) -> list[News]:
    by_journey: dict[UUID, list[Recorded]] = {}
    for fact in facts:
        own_move = fact.name == "journey.task.moved" and fact.actor == actor.ref
        if fact.journey and fact.journey in lines and not own_move:
            by_journey.setdefault(fact.journey, []).append(fact)
    found = []
    for journey_id, told in by_journey.items():
        told.sort(key=lambda fact: (NEWS.index(fact.name), -fact.occurred_at.timestamp()))
        shown = tuple(fact_line(fact, names) for fact in told[:3])
        found.append(News(lines[journey_id], max(fact.occurred_at for fact in told), shown))
    return sorted(found, key=lambda one: one.at, reverse=True)[:SHOWN]
