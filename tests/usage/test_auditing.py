"""The audit of usage finds nothing in a sound state, and every planted corruption.  covers R15"""

from __future__ import annotations

import pytest
from django.db import connection

from onward.usage import actions, queries
from tests.usage.test_metrics import World, hours, run

PLANTED = {
    "an event is gone": "delete from usage_event where message_id = 'm1'",
    "an event is there twice": "insert into usage_event select * from usage_event where message_id = 'm1'",
    "a key is gone": "delete from usage_key where key = (select key from usage_event where message_id = 'm2')",
    "a key too many": "insert into usage_key values ('0001-01-01', gen_random_uuid())",
    "a day counts one more": "update usage_daily set n = n + 1 where who = 'u:ann'",
    "a day is gone": "delete from usage_daily where who = 'u:bob'",
    "a day begins later": "update usage_daily set first_at = first_at + interval '1 second'",
    "a day ends earlier": "update usage_daily set last_at = last_at - interval '1 second' where who = 'u:ann'",
    "somebody else's visitor": "update usage_identity set person = 'u:bob'",
    "an identity is gone": "delete from usage_identity",
    "another group": "update usage_membership set grp = 'elsewhere'",
    "a person resolved wrongly": "update usage_person set person = 'u:bob' where who = 'a:v'",
    "a person at no account": "update usage_person set account_id = null where who = 'u:ann'",
    "a person is gone": "delete from usage_person where who = 'u:cy'",
    "a person counts one more": "update usage_account_person set n = n + 1 where person = 'u:bob'",
    "a person's first time": "update usage_account_person set first_at = first_at - interval '1 day'",
    "a person is counted elsewhere": "update usage_account_person set account_id = gen_random_uuid()",
    "an account counts one more": "update usage_account set n = n + 1 where name = 'Run'",
    "a user too few": "update usage_account set users = users - 1 where name = 'Run'",
    "an account's last time": "update usage_account set last_at = last_at - interval '1 hour'",
    "an account's row is gone": "delete from usage_account",
    "a source counts one less": "update usage_source_count set n = n - 1 where what = 'stored'",
}


@pytest.fixture
def world(db: None) -> World:
    world = World()
    person = {"type": "identify", "userId": "ann", "anonymousId": "v", "messageId": "i1", "context": {}}
    member = {"type": "group", "userId": "cy", "groupId": "acme", "messageId": "g1", "context": {}}
    alone = {"userId": "cy", "event": "Run", "messageId": "m4", "timestamp": hours(3).isoformat(), "context": {}}
    visit = {"anonymousId": "v", "event": "Run", "messageId": "m3", "timestamp": hours(2).isoformat()}
    sent = [{**run("ann", hours(1)), "messageId": "m1"}, {**run("ann", hours(1.5)), "messageId": "m5"}]
    world.send(*sent, {**run("bob", hours(2)), "messageId": "m2"}, visit, person, member, alone)
    actions.derive_all()
    # The test stores events without the door, whose counts these would be.
    return world


def test_a_sound_state_has_no_difference(world: World) -> None:
    assert list(queries.differences()) == []


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_corruption_is_found(world: World, name: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(PLANTED[name])
        assert cursor.rowcount
    found = list(queries.differences())
    assert found
    assert all(str(difference) for difference in found)
