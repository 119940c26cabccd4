"""The past, lived day by day: stories act when their moment comes, evenings bring the usage, nights bring the clock."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from uuid import UUID

import structlog
from django.db import transaction

from onward.automation import actions as automation
from onward.demo.actions.life import Life
from onward.demo.actions.stories import Story
from onward.demo.actions.using import Message, messages_of
from onward.engagement.actions import settle_message
from onward.engagement.queries import due_in_demo
from onward.foundation import clock, ledger
from onward.foundation.actions import action
from onward.foundation.ledger import stream_of
from onward.kernel.actor import SYSTEM, Actor
from onward.kernel.refusals import Refusal
from onward.usage import actions as usage
from onward.usage.decisions.events import judge

log = structlog.get_logger()
Progress = Callable[[int, int], None]


RECENTLY, LONG_AGO = 3, 6


@action(stream=lambda kwargs: stream_of(kwargs["account_id"]))
def _step(*, actor: Actor, account_id: UUID, story: Story) -> datetime | None:
    """One step of a story is one change: everything in it is looked at once, when it is over."""
    return next(story, None)


class Days:
    """Everybody's stories in one order of time. `dropped` counts stories that could not go on."""

    def __init__(self, lives: list[Life], *, server: UUID, browser: UUID, until: datetime) -> None:
        self.lives, self.until = lives, until
        self.sources = {True: server, False: browser}
        self.told: dict[int, date] = {}
        self.events = self.dropped = 0
        self._queue: list[tuple[datetime, int, Story, Life | None]] = []
        self._turn = count()

    def add(self, story: Story, *, since: datetime, life: Life | None = None) -> None:
        """Begin a story (of an account, if one is named); it says itself when it first acts."""
        self._go_on(story, since, life)

    def live(self, since: datetime, progress: Progress) -> None:
        """From `since` to the present, each moment pretended while it is acted."""
        self.add(self._nights(since), since=since)
        days = (self.until - since).days + 1
        while self._queue:
            on = self._queue[0][0].date()
            progress((on - since.date()).days, days)
            with transaction.atomic():
                while self._queue and self._queue[0][0].date() == on:
                    moment, _, story, life = heapq.heappop(self._queue)
                    self._post(moment)
                    self._go_on(story, moment, life)
        with transaction.atomic(), clock.pretend(self.until):
            self._post(self.until)
            self._evening(self.until.date())
            self._look()
        progress(days, days)

    def _go_on(self, story: Story, moment: datetime, life: Life | None) -> None:
        try:
            with clock.pretend(moment):
                if life is None or not life.is_here:
                    following = next(story, None)
                else:
                    following = _step(actor=SYSTEM, account_id=life.account_id, story=story)
        except Refusal as refusal:
            # A playbook that somebody made their own may not know a step: the rest of the demo is as true without.
            log.warning("demo.story_ended", account=life.company.name if life else "", reason=str(refusal))
            self.dropped += 1
            return
        if following is not None and (following := max(following, moment + timedelta(minutes=1))) < self.until:
            heapq.heappush(self._queue, (following, next(self._turn), story, life))

    def _nights(self, since: datetime) -> Story:
        """Lately every third night; long ago a look now and then is true enough, and three times as quick."""
        on = since.date()
        while True:
            yield datetime.combine(on, time(23, 30), UTC)
            on += timedelta(days=1)
            every = RECENTLY if self.until.date() - on < timedelta(days=21) else LONG_AGO
            if on.toordinal() % every == 0:
                self._evening(on)
                self._look()

    def _evening(self, until: date) -> None:
        """Deliver what the accounts' people did since they were last heard of, and count it."""
        sent: list[Message] = []
        for number, life in enumerate(self.lives):
            since = self.told.get(number, life.signed_at.date())
            if life.has_journey and since < until:
                sent += messages_of(life, since, until)
                self.told[number] = until
        for is_server, source in self.sources.items():
            messages = [body for by_server, body in sent if by_server == is_server]
            for first in range(0, len(messages), 1000):
                delivery = judge(messages[first : first + 1000], source=source, received_at=clock.now())
                taken = usage.take_within(delivery, source_id=source, server=is_server, received_at=clock.now())
                self.events += taken.stored
        if sent:
            usage.derive_all()

    def _post(self, until: datetime) -> None:
        """What was held back for a while stays in the outbox when its time comes, not on the day the demo is built."""
        for message_id, due_at in due_in_demo(until):
            with clock.pretend(due_at):
                settle_message(actor=SYSTEM, message_id=message_id, outcome="written")

    def _look(self) -> None:
        """What time alone has changed, and what the evening's usage has moved."""
        automation.tick()
        while ledger.drain_due():
            pass
