"""A form that was refused comes back where it was sent from, open, with what was typed and the field marked."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from onward.identity import actions as identity
from onward.journeys import actions
from onward.journeys import queries as journeys
from onward.journeys.models import CheckInRun
from onward.kernel.actor import SYSTEM
from onward.kernel.ids import format_id
from tests.interfaces.console.test_journey_pages import SIGNED, address, task_path, won
from tests.journeys.handed_over import opened
from tests.journeys.test_success_plan import propose, wanted
from tests.world import Cast, cast, signed_in

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def world() -> Cast:
    return cast()


def control(page: str, name: str, value: str | None = None) -> str:
    """The field of this name; of several the one that holds `value`."""
    found = re.findall(rf'<(?:input|select|textarea)[^>]*\bname="{re.escape(name)}"[^>]*>', page)
    assert found, name
    return next((one for one in found if value is not None and f'value="{value}"' in one), found[0])


def fold(page: str, form: str) -> str:
    """The opening tag of the details that a form stands in."""
    return re.findall(r"<details[^>]*>", page.partition(f'action="{form}"')[0])[-1]


MARKED = 'aria-invalid="true"'


@pytest.mark.parametrize(
    ("path", "typed", "field"),
    [
        ("/accounts", {"name": "", "practice_url": "nowhere", "region": "North"}, "name"),
        ("/accounts", {"name": "Acme", "arr": "much"}, "arr"),
        ("/accounts", {"name": "Acme", "complexity_factor": "99"}, "complexity_factor"),
        ("/accounts/{account}", {"name": "Acme", "practice_url": "nowhere"}, "practice_url"),
        ("/accounts/{account}", {"name": "Acme", "holidays_region": "BY", "closed_days": ""}, "holidays_country"),
        ("/settings/organization", {"name": "", "zone": "Europe/Berlin", "day_hours": "7"}, "name"),
        ("/settings/organization", {"name": "Northwind", "zone": "Atlantis"}, "zone"),
        ("/settings/segments", {"use_mid_market": "1", "mid_market": "lots", "use_self_serve": "1"}, "mid_market"),
        ("/settings/segments", {"use_mid_market": "1", "mid_market": "-7", "use_self_serve": "1"}, "mid_market"),
        ("/contacts/{contact}", {"name": "Dana Duval", "mail": "dana"}, "mail"),
        ("/contacts/{contact}", {"name": "", "mail": "d@acme.example"}, "name"),
        ("/contacts/{contact}", {"name": "Dana", "further_roles": "?!"}, "further_roles"),
        ("/team/invites", {"mail": "nobody", "name": "Nora", "role": "member"}, "mail"),
        ("/sources", {"name": "", "kind": "server", "write_key": "12345678"}, "name"),
        ("/sources", {"name": "Shop", "kind": "server", "write_key": "short"}, "write_key"),
        ("/settings/keys", {"name": "", "scopes": "read", "expires": "30d"}, "name"),
    ],
)
def test_the_field_that_a_refusal_names_is_marked_and_what_was_typed_stays(
    world: Cast, path: str, typed: dict[str, str], field: str
) -> None:
    # red when a form comes back with what is stored, or leaves it to the reader to find the field
    at = path.format(account=format_id("acc", world.acme), contact=world.dana.id)
    answer = signed_in(world.admin).post(at, {"working_week": ["mon"], **typed})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert MARKED in control(page, field)
    assert f'id="{field}-wrong"' in page
    assert page.count(MARKED) == 1
    for name, value in typed.items():
        if name not in {"role", "kind", "expires", "closed_days"}:
            assert f'value="{value}"' in control(page, name, value), name


def test_a_key_that_may_do_nothing_is_told_in_words_of_the_page(world: Cast) -> None:
    answer = signed_in(world.admin).post("/settings/keys", {"name": "CRM", "expires": "365d"})
    page = answer.content.decode()
    assert "Say what the key may do." in page
    assert "NOUN" not in page
    assert 'id="scopes-wrong"' in page
    assert 'value="CRM"' in control(page, "name")
    assert '<option value="365d" selected>' in page


@pytest.mark.parametrize(
    ("part", "typed", "field"),
    [
        ("contacts", {"name": "", "mail": "new@acme.example", "title": "Planner", "roles": "billing"}, "name"),
        ("deals", {"name": "Second year", "product": "Routes", "amount": "a lot"}, "amount"),
    ],
)
def test_an_accounts_fold_stays_open_at_what_was_refused(
    world: Cast, part: str, typed: dict[str, str], field: str
) -> None:
    form = f"/accounts/{format_id('acc', world.acme)}/{part}"
    answer = signed_in(world.admin).post(form, typed)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert " open" in fold(page, form)
    assert page.count('role="alert"') == 1
    inside = page.partition(f'action="{form}"')[2].partition("</form>")[0]
    assert 'role="alert"' in inside
    assert MARKED in control(inside, field)
    for name, value in typed.items():
        assert f'value="{value}"' in control(inside, name, value), name
    if "roles" in typed:
        assert " checked" in control(inside, "roles", "billing")
    assert MARKED not in page.replace(inside, "")


@pytest.mark.parametrize("end", ["skipping", "block"])
def test_a_tasks_fold_stays_open_at_the_reason_that_is_missing(world: Cast, end: str) -> None:
    form = f"{task_path(world, won(world), 'call')}/{end}"
    answer = signed_in(world.mara).post(form, {"reason": " "})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert " open" in fold(page, form)
    assert MARKED in control(page.partition(f'action="{form}"')[2], "reason")
    assert page.count(MARKED) == 1
    long = signed_in(world.mara).post(form, {"reason": "x" * 2001}).content.decode()
    assert "x" * 2001 in control(long.partition(f'action="{form}"')[2], "reason")


@pytest.mark.parametrize("tab", ["", "plan", "success", "conversation"])
@pytest.mark.parametrize("end", ["pause", "cancellation"])
def test_a_journey_answers_on_the_tab_that_the_form_was_sent_from(world: Cast, tab: str, end: str) -> None:
    # red when a missing reason leads to a page of its own, without the rail
    won(world)
    (line,) = journeys.journeys_of(world.mara, world.acme)
    form = f"/journeys/{line.ref}/{end}"
    answer = signed_in(world.mara).post(form, {"reason": " ", "tab": tab})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'class="rail"' in page
    assert f'data-from="/journeys/{line.ref}{"/" + tab if tab else ""}"' in page
    assert " open" in fold(page, form)
    assert MARKED in control(page.partition(f'action="{form}"')[2], "reason")
    assert page.count(MARKED) == 1


def test_what_stands_in_the_way_of_a_journeys_form_is_said_at_its_head(world: Cast) -> None:
    won(world)
    (line,) = journeys.journeys_of(world.mara, world.acme)
    mara = signed_in(world.mara)
    assert mara.post(f"/journeys/{line.ref}/pause", {"reason": "They move"}).status_code == 302
    again = mara.post(f"/journeys/{line.ref}/pause", {"reason": "They move", "tab": "people"})
    assert again.status_code == 409
    assert "This journey is paused." in again.content.decode()
    assert 'class="rail"' in again.content.decode()


def test_a_waiver_without_a_reason_is_answered_at_its_own_row(world: Cast) -> None:
    won(world)
    (line,) = journeys.journeys_of(world.mara, world.acme)
    form, mara = f"/journeys/{line.ref}/waivers", signed_in(world.mara)
    rows = [("", {"stage": "kickoff", "check": "signed"}), ("/completion", {"stage": "", "check": "objectives"})]
    for tab, given in rows:
        answer = mara.post(form, {**given, "reason": ""})
        page = answer.content.decode()
        assert answer.status_code == 422
        assert f'data-from="/journeys/{line.ref}{tab}"' in page
        (row,) = [part for part in page.split("<details") if MARKED in part]
        assert row.split(">")[0].endswith(" open")
        assert f'name="check" value="{given["check"]}"' in row


@pytest.mark.parametrize(
    ("end", "typed", "field"),
    [
        ("measures", {"milestone": "first_value", "measure": "reports", "reports.n": "many"}, "reports.n"),
        ("measures", {"milestone": "first_value", "measure": "reports", "reports.n": "0"}, "reports.n"),
        ("measures", {"milestone": "first_value"}, "measure"),
        ("milestones", {"milestone": "first_value", "met_at": "2031-03-02", "note": "They told us"}, "met_at"),
        ("milestones", {"milestone": "first_value", "met_at": "soon", "note": "They told us"}, "met_at"),
        ("milestones", {"milestone": "first_value", "met_at": "2026-03-02", "note": " "}, "note"),
        ("objectives", {"outcome": " ", "due_on": "2026-04-01", "measure": "By the clock"}, "outcome"),
        ("objectives", {"outcome": "Reports by nine", "due_on": "April", "measure": "By the clock"}, "due_on"),
        ("objectives", {"objective": "{goal}", "outcome": "", "due_on": "2026-04-02"}, "outcome"),
        ("objectives/{goal}/arrival", {"evidence": " "}, "evidence"),
        ("check-ins/{talk}/holding", {"held_at": "2031-03-02", "note": "They are glad"}, "held_at"),
        ("check-ins/{talk}/holding", {"held_at": "2026-03-02", "note": "x" * 2001}, "note"),
    ],
)
def test_a_form_of_the_success_plan_is_answered_where_it_stands(
    world: Cast, end: str, typed: dict[str, str], field: str
) -> None:
    # red when one of them is refused on a page of its own, or comes back shut, empty or at another row
    journey, mara = won(world), signed_in(world.mara)
    for words in ("Late trucks by nine", "Fewer calls"):
        actions.write_objective(actor=world.mara, journey_id=journey, outcome=words)
    goal = journeys.journey_view(world.mara, journey).objectives[0].ref
    talk = CheckInRun.objects.create(
        journey_id=journey, account_id=world.acme, role="owner", key="first", title="First talk",
        due_on=SIGNED.date(), due_at=SIGNED, internal=False,
    )  # fmt: skip
    names = {"{goal}": goal, "{talk}": format_id("chk", talk.id)}
    for name, ref in names.items():
        end, typed = end.replace(name, ref), {key: value.replace(name, ref) for key, value in typed.items()}
    form = f"{address(journey)}/{end}"
    answer = mara.post(form, typed)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'class="rail"' in page
    assert f'data-from="{address(journey)}/success"' in page
    assert page.count('role="alert"') == 1
    # Of several rows with a form for this address, the one that was sent.
    (sent,) = [part for part in page.split("<form ") if 'role="alert"' in part.partition("</form>")[0]]
    assert f'action="{form}"' in sent
    before = page.partition(sent)[0]
    assert " open" in re.findall(r"<details[^>]*>", before)[-1]
    inside = sent.partition("</form>")[0]
    assert MARKED in control(inside, field)
    assert page.count(MARKED) == 1
    for name, value in typed.items():
        kept = f">{value}</textarea>" if "<textarea" in control(inside, name) else f'value="{value}"'
        assert kept in inside, name


def test_how_far_an_objective_is_is_asked_again_in_its_own_card(world: Cast) -> None:
    journey = won(world)
    propose(world, journey, wanted(world))
    actions.answer_plan(actor=world.dana, journey_id=journey, number=1, agreed=True)
    (goal,) = journeys.journey_view(world.mara, journey).objectives
    form = f"{address(journey)}/objectives/{goal.ref}/reading"
    for typed, field in (({"value": "half", "note": "Their report"}, "value"), ({"value": "40", "note": ""}, "note")):
        answer = signed_in(world.mara).post(form, typed)
        page = answer.content.decode()
        assert answer.status_code == 422
        assert " open" in fold(page, form)
        assert page.count(MARKED) == 1
        assert MARKED in control(page.partition(f'action="{form}"')[2], field)
        assert f'value="{typed["value"]}"' in control(page.partition(f'action="{form}"')[2], "value")


def test_a_milestone_that_was_met_meanwhile_is_said_at_the_head_of_the_success_plan(world: Cast) -> None:
    journey, mara = won(world), signed_in(world.mara)
    typed = {"milestone": "first_value", "met_at": "2026-03-02", "note": "They told us"}
    assert mara.post(f"{address(journey)}/milestones", typed).status_code == 302
    again = mara.post(f"{address(journey)}/milestones", typed)
    assert again.status_code == 409
    head, tab, _ = again.content.decode().partition(f'data-from="{address(journey)}/success"')
    assert tab
    assert "was already reached on 2 March." in head


def test_a_handoff_that_may_begin_without_asks_why_on_its_tab(world: Cast) -> None:
    base = f"/journeys/{format_id('jny', opened(world))}"
    answer = signed_in(world.mara).post(
        f"{base}/waivers", {"stage": "before", "check": "handed", "tab": "handoff", "reason": ""}
    )
    page = answer.content.decode()
    assert answer.status_code == 422
    assert f'data-from="{base}/handoff"' in page
    assert " open" in fold(page, f"{base}/waivers")
    assert page.count(MARKED) == 1


def test_a_new_playbook_without_a_title_keeps_its_lines(world: Cast) -> None:
    typed = {"way": "told", "title": " ", "lines": "Kickoff, day 7\n- Call", "contact": "Planner", "promise": "30 days"}
    mara = signed_in(world.mara)
    answer = mara.post("/playbooks/drafts", typed)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'class="rail"' in page
    assert MARKED in control(page, "title")
    assert "Kickoff, day 7\n- Call</textarea>" in page
    assert 'value="Planner"' in control(page, "contact")
    nothing = mara.post("/playbooks/drafts", {**typed, "title": "Ours", "lines": ""}).content.decode()
    assert MARKED in control(nothing, "lines")
    assert 'value="Ours"' in control(nothing, "title")


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/journeys?pace=fast", "Choose one of: on track, behind, stalled."),
        ("/journeys?value=soon", "Choose one of: late, this week, reached, not yet."),
        ("/journeys?after=x", "This part of the list cannot be found."),
        ("/accounts?after=x", "This part of the list cannot be found."),
    ],
)
def test_an_address_that_says_nothing_here_is_told_in_words_of_the_page(world: Cast, path: str, words: str) -> None:
    answer = signed_in(world.viewer).get(path)
    assert answer.status_code == 422
    assert words in answer.content.decode()


def test_the_first_page_marks_the_field_of_the_admin_and_not_of_the_organization() -> None:
    link = identity.first_link(actor=SYSTEM)
    typed = {"choice": "setup", "name": "Northwind", "zone": "UTC", "admin_name": "Ada", "admin_mail": "ada@n.example"}
    for field, wrong in (("admin_name", ""), ("admin_mail", "ada"), ("name", ""), ("zone", "Atlantis")):
        page = Client().post(f"/welcome/{link.secret}", {**typed, field: wrong}).content.decode()
        assert MARKED in control(page, field), field
        assert page.count(MARKED) == 1, field
