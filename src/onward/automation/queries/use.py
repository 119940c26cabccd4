"""The stored use of one account, as the snapshot asks for it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from onward.automation.ports import Value
from onward.playbooks.decisions.parts import EventSpec
from onward.usage import queries as usage


@dataclass(frozen=True)
class StoredUsage:
    """`since` is from when on use counts; `events` are the playbook's declarations by id."""

    account_id: UUID
    events: Mapping[str, EventSpec]
    since: datetime
    now: datetime
    seats: int | None

    def metrics(self, names: Collection[str], until: datetime | None = None) -> Mapping[str, Value]:
        return usage.metrics_for(
            self.account_id, self.events, names, since=self.since, now=self.now, seats=self.seats, until=until
        )

    def persons(
        self, names: Collection[str], within: timedelta | None, until: datetime | None = None
    ) -> Mapping[str, Mapping[str, Value]]:
        return usage.persons_metrics(
            self.account_id, self.events, names, since=self.since, now=self.now, until=until, within=within
        )

    def instants(self, names: Collection[str], until: datetime) -> list[datetime]:
        return usage.instants(self.account_id, self.events, names, self.since, until)
