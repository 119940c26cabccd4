"""The studio without a script: begin, change by form and by file, mend, review, preview, publish."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from django.conf import settings
from django.http import QueryDict
from django.test import Client

from onward.accounts import actions as accounts
from onward.interfaces.console.studio.fields import Field, fields_of
from onward.interfaces.console.studio.posting import fits, posted
from onward.interfaces.console.studio.sheet import Shown
from onward.interfaces.console.studio.writing import at as at_field
from onward.interfaces.console.studio.writing import whole
from onward.kernel.actor import SYSTEM
from onward.playbooks import actions, queries
from onward.playbooks.decisions.editing import same, value_at
from onward.playbooks.decisions.editing.parts import parts
from onward.playbooks.decisions.starter import starter
from tests.world import SIGNED, Cast, cast, signed_in

pytestmark = pytest.mark.django_db
TOLD = """\
Kickoff, day 7
- Kickoff call, day 5
- Send the asset list (customer), day 7
Setup, 3 weeks
- Connect (IT contact)
"""


@pytest.fixture
def world() -> Cast:
    return cast()


@pytest.fixture
def manager(world: Cast) -> Client:
    actions.publish(actor=SYSTEM, text=starter("mine"), file="mine.yaml")
    return signed_in(world.mara)


def shown(client: Client, key: str = "mine", at: str = "") -> str:
    answer = client.get(f"/playbooks/{key}/studio", {"at": at})
    assert answer.status_code == 200
    return answer.content.decode()


def press(client: Client, do: str, at: str = "", key: str = "mine", **fields: Any) -> Any:
    """What a browser without a script sends: everything in the page's form, with these changes."""
    page = shown(client, key, at)
    body: dict[str, Any] = {}
    for tag in re.findall(r"<input [^>]*>", page):
        found = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        if found.get("form") != "desk" and found.get("name") not in ("edition", "at"):
            continue
        if found.get("type") == "checkbox":
            if " checked" in tag:
                body.setdefault(found["name"], []).append(unescape(found["value"]))
        else:
            body[found["name"]] = unescape(found.get("value", ""))
    for name, options in re.findall(r'<select [^>]*form="desk"[^>]*name="([^"]+)"[^>]*>(.*?)</select>', page, re.S):
        chosen = re.search(r'value="([^"]*)" selected', options)
        body[name] = chosen[1] if chosen else re.findall(r'value="([^"]*)"', options)[0]
    for name, text in re.findall(r'<textarea [^>]*name="(f-[^"]+)"[^>]*>\n?(.*?)</textarea>', page, re.S):
        body[name] = unescape(text)
    body["playbook-text"] = unescape(re.search(r'<textarea class="code"[^>]*>\n(.*?)</textarea>', page, re.S)[1])
    return client.post(f"/playbooks/{key}/studio", {**body, "do": do, **fields})


def text(key: str = "mine") -> str:
    row = queries.draft(SYSTEM, key)
    return row.text if row else ""


def test_every_part_shows_and_saving_it_changes_nothing(manager: Client, is_long: bool) -> None:
    actions.publish_shipped(actor=SYSTEM)
    for key in ("mine", "b2b_seven_stages"):
        parts = re.findall(r'data-address="([^"]+)"', shown(manager, key))
        for at in parts if is_long else one_of_each_kind(parts):
            assert press(manager, "save", at, key).status_code == 302
        assert queries.draft(SYSTEM, key) is None


def one_of_each_kind(parts: list[str]) -> list[str]:
    return list({at.partition(".")[0]: at for at in parts}.values())


def test_a_form_that_is_sent_as_it_is_shown_says_what_stands_in_the_file() -> None:
    shelf = queries.read_shelf(settings.PLAYBOOKS_DIR)
    kinds = set()
    stretched = "takes: {by: account.segment, otherwise: 3w, times: account.complexity_factor}"
    own = starter("mine").replace("takes: 3w", stretched)
    assert stretched in own
    for text in (own, *shelf.playbooks.values(), *shelf.beside.values()):
        for part in parts(text):
            kinds.add(part.kind)
            value = whole(text, part)
            for field in fields_of(part.kind, value):
                was = at_field(value, field)
                if fits(field, was):
                    assert same(posted(field, as_shown(field, was), was), was), (part.address, field.name)
    assert {"use", "kpi", "figure", "event", "log"} <= kinds


def as_shown(field: Field, value: Any) -> QueryDict:
    """What a browser sends of a field that nobody touched."""
    post, shown = QueryDict(mutable=True), Shown(field, value, False, (), ())
    if field.look == "many":
        post.setlist(field.name, value or [])
    elif field.look == "waits":
        for number, row in enumerate(shown.waits):
            said = {"task": row.task, "n": row.amount, "unit": row.unit, "link": row.link}
            post.update({f"{field.name}:{key}:{number}": one for key, one in said.items() if row.task or key == "task"})
    elif field.look == "told":
        for number, told in enumerate(shown.told):
            words = {"to": told.to, "n": told.amount, "unit": told.unit, "state": told.state}
            post.update({f"{field.name}:{key}:{number}": one for key, one in words.items() if told.to or key == "to"})
    elif shown.cases:
        post.update({f"{field.name}:{case}": value.get(case, "") for case in shown.cases})
    elif field.look in ("area", "lines", "choices", "names", "pairs"):
        post[field.name] = shown.text
    elif value is not None and value is not False:
        post[field.name] = str(value)
    return post


def test_the_form_changes_a_line_of_the_file_and_the_file_the_form(manager: Client) -> None:
    answer = press(manager, "save", "task.connect", **{"f-due": "3w after entered", "f-help": "Open it.\nAdd it."})
    assert answer.headers["Location"].startswith("/playbooks/mine/studio?at=task.connect")
    assert "        due: 3w after entered\n" in text()
    assert "In words: 3 weeks after" in shown(manager, at="task.connect")
    assert "        help: |-\n          Open it.\n          Add it.\n" in text()
    assert "# A first playbook" in text()
    changed = text().replace("title: Connect your data", "title: Connect it all")
    assert press(manager, "save", "task.connect", **{"playbook-text": changed}).status_code == 302
    assert 'value="Connect it all"' in shown(manager, at="task.connect")
    press(manager, "undo")
    assert "Connect your data" in text()


def test_what_is_added_follows_its_title_until_it_is_published(manager: Client) -> None:
    answer = press(manager, "add:sibling", "task.provision")
    assert answer.headers["Location"].endswith("at=task.new_task#form")
    answer = press(manager, "save", "task.new_task", **{"f-title": "Train the team", "f-kind": "meeting"})
    assert answer.headers["Location"].endswith("at=task.train_the_team#form")
    assert "- task: train_the_team\n        title: Train the team\n        kind: meeting\n" in text()
    press(manager, "save", "task.connect", **{"f-title": "Other words"})
    assert "task: connect\n" in text()
    press(manager, "down", "task.train_the_team")
    assert text().index("train_the_team") > text().index("task: connect")
    press(manager, "remove", "task.train_the_team")
    assert "train_the_team" not in text()
    press(manager, "move:task.connect>stage.kickoff")
    assert text().index("task: connect") < text().index("stage: setup")


def test_a_mistake_has_its_line_its_field_and_a_mend(manager: Client) -> None:
    press(manager, "save", "exit.setup.connected", **{"f-when": "task.conect.done"})
    page = shown(manager, at="exit.setup.connected")
    assert "1 problem" in page
    assert 'aria-invalid="true"' in page
    mend = re.search(r'value="(mend:[^"]+)"', page)
    assert mend
    assert "Write “task.connect.done” instead" in page
    press(manager, mend[1], "exit.setup.connected")
    assert "task.connect.done" in text()
    press(manager, "save", **{"playbook-text": "playbook: mine\nstages: ["})
    page = shown(manager)
    assert "The file cannot be read" in page
    assert "stages: [" in page


#: What is added -> its address, what its form says, and what then stands in the file.
NEW = {
    "event": ("event.new_event", {"f-track": "Report Run\nReport Opened", "f-where": "demo: false", "f-sum": "cost"},
              "    track:\n      - Report Run\n      - Report Opened\n    where:\n      demo: false\n    sum: cost\n"),
    "figure": ("figure.new_figure", {"f-is": "", "f-part": "usage.users", "f-whole": "account.seats"},
               "    part: usage.users\n    whole: account.seats\n"),
    "kpi": ("kpi.new_key_figure", {"f-title": "Time to plan", "f-to": "task.kickoff.held", "f-target": "at most 7d"},
            "  - kpi: time_to_plan\n    title: Time to plan\n    from: signed\n    to: task.kickoff.held\n"),
    "reading": ("reading.new_reading", {"f-title": "Mood", "f-type": "choice", "f-choices": "Good\nBad"},
                "  mood:\n    title: Mood\n    type: choice\n    choices:\n      good: Good\n      bad: Bad\n"),
    "log": ("log.new_register", {"f-internal": "1"}, "  new_register:\n    title: New register\n    internal: true\n"),
    "use": ("use.check_ins", {"f-module": "standard_kpis", "f-when": "account.arr > 20000"},
            "use: [{module: standard_kpis, when: account.arr > 20000}]\n"),
}  # fmt: skip


def test_what_only_the_file_could_say_is_added_changed_and_removed_in_the_form(manager: Client) -> None:
    before = starter("mine").splitlines()
    for kind, (at, fields, written) in NEW.items():
        answer = press(manager, f"add:{kind}")
        assert answer.headers["Location"].endswith(f"at={at}#form"), kind
        answer = press(manager, "save", at, **fields)
        assert answer.status_code == 302
        assert written in text(), kind
        now = answer.headers["Location"].partition("at=")[2].partition("#")[0]
        assert "1 problem" not in shown(manager, at=now), kind
        # red when what the form shows of it is not what stands there
        kept = text()
        press(manager, "save", now)
        assert text() == kept
        press(manager, "remove", now)
        assert [line for line in text().splitlines() if line not in ("events: {}",)] == before, kind


def test_a_step_says_in_the_form_what_it_waits_for_and_from_when_on(manager: Client) -> None:
    # red when a lag or a beginning can only be written in the file
    at, waits = "task.connect", {"f-after:task:0": "provision", "f-after:n:0": "2", "f-after:unit:0": "wd"}
    press(manager, "save", at, **{"f-after:task:0": "provision"})
    after = ("stages", 1, "tasks", 1, "after")
    assert value_at(text(), after) == ["provision"]
    press(manager, "save", at, **waits, **{"f-due": "60d after signed"})
    assert value_at(text(), after) == [{"task": "provision", "lag": "2wd"}]
    press(manager, "hold", at)
    assert "        starts: 53d after signed\n" in text()
    kept, page = text(), shown(manager, at=at)
    assert 'value="2"' in page
    assert "any day up to then" not in page
    press(manager, "save", at)
    assert text() == kept
    press(manager, "save", at, **{"f-after:task:0": "", "f-starts": "", "f-due": "2w after entered"})
    assert text() == starter("mine")


def test_who_is_told_of_a_late_step_is_said_once_for_all_steps_or_of_one(manager: Client) -> None:
    # red when reminders can only be written in the file
    page = shown(manager)
    assert page.index('data-address="escalate"') < page.index("<h2>Stages</h2>")
    press(manager, "save", "escalate", **{"f-theirs:to:0": "doer"})
    assert value_at(text(), ("escalate",)) == {"theirs": [{"after": "3d late", "to": "doer"}]}
    press(manager, "save", "escalate", **{"f-theirs:to:1": "csm", "f-theirs:n:1": "1", "f-theirs:unit:1": "w"})
    assert value_at(text(), ("escalate", "theirs", 1)) == {"after": "1w late", "to": "csm"}
    kept = text()
    press(manager, "save", "escalate")
    assert text() == kept
    press(manager, "save", "task.connect", **{"f-escalate:to:0": "manager", "f-escalate:state:0": "open"})
    assert value_at(text(), ("stages", 1, "tasks", 1, "escalate")) == [{"after": "3d open", "to": "manager"}]
    press(manager, "save", "task.connect", **{"f-escalate:n:0": "soon"})
    assert "is no length of time" in shown(manager, at="task.connect")
    press(manager, "save", "task.connect", **{"f-escalate:to:0": ""})
    assert text() == kept
    press(manager, "save", "escalate", **{"f-theirs:to:0": "", "f-theirs:to:1": ""})
    assert text() == starter("mine")


def test_what_differs_by_customer_is_a_table_in_the_form(manager: Client) -> None:
    begun = starter("mine")
    press(manager, "vary:f-takes>account.complexity", "stage.setup")
    page = shown(manager, at="stage.setup")
    assert '<label for="f-takes:very_complex">Very complex</label>' in page
    cases = {"f-takes:simple": "1w", "f-takes:very_complex": "account.setup_days", "f-takes:complex": ""}
    press(manager, "save", "stage.setup", **cases)
    table = (
        "      by: account.complexity\n      simple: 1w\n      standard: 3w\n      very_complex: account.setup_days\n"
    )
    assert f"    takes:\n{table}      otherwise: 3w\n" in text()
    press(manager, "save", "stage.setup", **{"f-takes:simple": "soon"})
    page = shown(manager, at="stage.setup")
    assert "`soon` is no length of time" in unescape(page) or "“soon” is no length of time" in unescape(page)
    press(manager, "vary:f-takes>account.segment", "stage.setup")
    assert "      by: account.segment\n      self_serve: 3w\n" in text()
    press(manager, "vary:f-takes>", "stage.setup")
    assert text() == begun
    by_segment = "{by: account.segment, enterprise: day 45, otherwise: day 30}"
    press(manager, "save", "task.connect", **{"f-due": by_segment})
    plan = manager.get("/playbooks/mine/studio/preview").content.decode()
    assert "Connect your data" in plan
    assert "nterprise" not in plan, "red when a customer reads how their vendor sorts its accounts"
    assert "First value: within 30 days of the signature." in unescape(re.sub(r"<[^>]+>", "", plan))
    press(manager, "save", "milestone.first_value", **{"f-due": by_segment})
    plan = manager.get("/playbooks/mine/studio/preview").content.decode()
    assert "First value comes on a day that differs by customer." in plan
    writing = unescape(shown(manager))
    assert "First value counts as reached when at least 1 goal of their success plan is reached" in writing


def test_a_table_that_is_typed_is_kept_as_a_table_and_told(manager: Client) -> None:
    typed = "{by: account.segment, enterprise: 45d after signed, otherwise: 30d after signed}"
    press(manager, "save", "task.connect", **{"f-due": typed})
    assert "due:\n          by: account.segment\n          enterprise: 45d after signed\n" in text()
    assert "In words: 45 days (enterprise), 30 days (otherwise) after the signature" in shown(
        manager, at="task.connect"
    )
    kept = text()
    press(manager, "save", "task.connect", **{"f-due": typed, "f-due:otherwise": "", "f-due:enterprise": ""})
    assert text() == kept, "what was typed is sent again before the table is drawn"
    press(manager, "save", "stage.setup", **{"f-takes": "{by: account.segment, otherwise: 30d"})
    assert "takes: '{by: account.segment, otherwise: 30d'" in text()


def test_a_form_task_takes_no_form_that_another_has(manager: Client) -> None:
    press(manager, "add:form", "playbook")
    press(manager, "save", "task.connect", **{"f-kind": "form"})
    assert "        form:" not in text()
    page = shown(manager, at="task.connect")
    assert "No question form is chosen yet." in page
    assert "Make a new question form for it" in page
    assert '<option value="new_form">New form</option>' in page
    press(manager, "save", "task.connect", **{"f-form": "new_form"})
    assert 'value="go:form.new_form">Its questions</button>' in shown(manager, at="task.connect")
    questions = shown(manager, at="form.new_form").partition("Its questions</span>")[2].partition("</ol>")[0]
    assert 'value="go:field.new_form.question">Question</button>' in questions
    press(manager, "save", "task.connect", **{"f-form": ""})
    press(manager, "save", "task.connect", **{"f-due": "four days after whenever"})
    page = shown(manager, at="task.connect")
    assert "2 problems" in page, "red when what is missing hides what is wrong"
    assert page.count('aria-invalid="true"') == 2
    assert re.search(r'id="f-due"[^>]*aria-invalid="true"', page)
    press(manager, "save", "task.connect", **{"f-due": "2w after entered"})
    press(manager, "save", "task.connect", **{"f-kind": "sign_off"})
    assert "        of:" not in text()
    assert "Choose what is signed. There is: The plan, Its steps, New form." in shown(manager, at="task.connect")
    press(manager, "save", "task.connect", **{"f-kind": "hand_over"})
    page = shown(manager, at="task.connect")
    assert "Choose which role is handed over. There is: Customer success manager, Champion." in page


def test_an_event_that_was_only_declared_asks_for_its_name_where_it_counts(manager: Client) -> None:
    # red when a condition waits for an event whose name nobody was asked for
    press(manager, "save", "task.connect", **{"f-done_when": "at least 3 colleagues invited"})
    page = shown(manager, at="task.connect")
    click = re.search(r'value="(mend:[^"]+)">Write “event.colleague_invited.count', page)
    assert click
    press(manager, click[1], "task.connect", **{"f-done_when": "at least 3 colleagues invited"})
    page = shown(manager, at="task.connect")
    assert "Nobody has said yet what your product calls “Colleague invited”." in page
    assert 'value="go:event.colleague_invited">Write its name</button>' in page
    press(manager, "save", "event.colleague_invited", **{"f-track": "Colleague Invited"})
    assert "Nobody has said yet what" not in shown(manager, at="task.connect")


def test_a_meeting_takes_its_new_doer_in_the_place_of_the_one_before(manager: Client) -> None:
    # red when the call that somebody else holds still wants the one before to be there
    at, must = "task.kickoff", ("stages", 0, "tasks", 0, "attendees", "must")
    assert value_at(text() or starter("mine"), must) == ["csm", "champion"]
    press(manager, "add:role_ours", at)
    press(manager, "save", at, **{"f-by": "new_role_of_ours"})
    assert value_at(text(), must) == ["new_role_of_ours", "champion"]
    press(manager, "save", at, **{"f-by": "csm", "f-attendees-must": ["new_role_of_ours", "champion"]})
    assert value_at(text(), must) == ["csm", "champion"]


def test_the_form_says_in_plain_words_what_it_asks(manager: Client) -> None:
    page = shown(manager, at="task.connect")
    assert "<summary>More: who confirms it, " in page
    assert "reminders when it lasts too long</summary>" in page, (
        "red when a name is cut off: nobody finds what is folded"
    )
    press(manager, "add:field", "playbook")
    assert 'name="f-choices"' not in shown(manager, at="field.new_form.question"), "red: a line of text has choices"
    press(manager, "save", "field.new_form.question", **{"f-type": "choice"})
    assert 'name="f-choices"' in shown(manager, at="field.new_form.question")
    press(manager, "save", "field.new_form.question", **{"f-choices": "Good\nBad"})
    press(manager, "add:event", "playbook")
    press(manager, "save", "milestone.first_value", **{"f-when": "event.new_event.count >= 3"})
    page = shown(manager, at="milestone.first_value")
    assert 'class="wrong hinted"' in page
    assert "events can be faked by anybody who reads the page" in page


def test_two_people_at_once(manager: Client) -> None:
    press(manager, "save", "playbook", **{"f-title": "Once"})
    stale = press(manager, "save", "playbook", edition="0", **{"f-title": "Twice"})
    assert stale.status_code == 412
    actions.save_draft(actor=SYSTEM, key="mine", text=text() + "\n# theirs\n", edition=2)
    stale = press(manager, "save", "playbook", edition="2", **{"f-title": "Twice"})
    assert stale.status_code == 412
    assert "Somebody else has saved this draft" in stale.content.decode()
    fragment = manager.post(
        "/playbooks/mine/studio", {"edition": "2", "playbook-text": "x"}, headers={"X-Fragment": "1"}
    )
    assert (fragment.status_code, fragment.json()["code"]) == (412, "stale")


def test_an_answer_without_a_page(manager: Client) -> None:
    told = manager.post(
        "/playbooks/mine/studio",
        {"edition": "0", "playbook-text": starter("mine") + "#\n"},
        headers={"X-Fragment": "1"},
    ).json()
    assert (told["edition"], told["at"]) == (2, "playbook")
    assert set(told["regions"]) == {"lede", "tree", "form", "gutter", "problems", "below"}


def test_more_lines_than_one_field_holds_are_refused(manager: Client) -> None:
    # red when as many lines as anybody sends keep the server busy for a minute
    answer = manager.post("/playbooks/drafts", {"title": "Long", "way": "told", "lines": "A\n" * 300})
    assert answer.status_code == 422
    assert "More than 300 lines are told." in answer.content.decode()


@pytest.mark.parametrize("way", ["told", "copy", "blank"])
def test_a_process_is_told_written_reviewed_and_published(manager: Client, way: str) -> None:
    lengths = {"promise": "45 days", "remind": "3 days", "tell": "a week"}
    begun = {"title": "Our way", "way": way, "lines": TOLD, "of": "mine", **lengths}
    assert "From lines that tell it" in manager.get("/playbooks/new").content.decode()
    answer = manager.post("/playbooks/drafts", begun)
    assert answer.headers["Location"] == "/playbooks/our_way/studio"
    page = shown(manager, "our_way")
    assert "It can be published as version 1." in page
    assert ('<a href="?at=milestone.first_value">say what proves it</a>' in page) == (way == "told")
    if way == "told":
        assert '<a href="?at=role.it_contact">IT contact</a>; on theirs there is <a' in page
        press(manager, "side", "role.it_contact", "our_way")
        assert value_at(text("our_way"), ("roles", "theirs", "it_contact", "fill")) == "asked of csm"
        assert "say what proves it" not in shown(manager, "our_way"), "it is told once"
        press(manager, "undo", "role.it_contact", "our_way")
    assert manager.get("/playbooks/our_way/studio/preview").status_code == 200
    edition = str(queries.draft(SYSTEM, "our_way").edition)
    asked = {"edition": edition, "kind": "asked", "text": "Is it too long?"}
    assert manager.post("/playbooks/our_way/studio/remarks", asked).status_code == 302
    assert "a review is asked for" in manager.get("/playbooks").content.decode()
    done = manager.post("/playbooks/our_way/studio/publication", {"edition": edition, "over": ""})
    assert done.headers["Location"] == "/playbooks/our_way"
    book = queries.version(queries.current_id("our_way"))
    assert book.title == "Our way"
    published = manager.get("/playbooks/our_way").content.decode()
    if way == "copy":
        assert "stalled if nothing happens for 7 days" in published, "red when nobody reads when a stage is stalled"
    if way == "told":
        promised = '<dt>First value</dt><dd><span title="within 45d of signed">'
        assert promised in published, "red when a milestone that is promised reads as no target"
        told = (
            "tells whoever does it once it is late for 3 days and Customer success manager once it is late for 1 week"
        )
        assert told in published, "red when what was said of late steps is lost"
        assert [stage.title for stage in book.stages] == ["Kickoff", "Setup"]
        assert book.task("send_the_asset_list").by == "champion"


def test_a_length_of_time_that_is_none_is_told_at_its_field(manager: Client) -> None:
    begun = {"title": "Our way", "way": "told", "lines": TOLD, "remind": "soon"}
    answer = manager.post("/playbooks/drafts", begun)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "“soon” is no length of time" in page
    assert "Send the asset list (customer), day 7" in page
    assert queries.draft(SYSTEM, "our_way") is None


def test_a_draft_behind_says_so_and_can_be_thrown_away(manager: Client) -> None:
    press(manager, "save", "playbook", **{"f-title": "Once"})
    actions.publish(actor=SYSTEM, text=starter("mine").replace("3w", "4w"))
    assert "Version 2 came out since this draft was begun from version 1" in shown(manager)
    late = manager.post("/playbooks/mine/studio/publication", {"edition": "2", "over": "1"})
    assert late.status_code == 412
    assert manager.post("/playbooks/mine/studio/removal").status_code == 302
    assert queries.draft(SYSTEM, "mine") is None


def test_a_condition_is_tried_on_a_running_journey(world: Cast, manager: Client) -> None:
    deal = accounts.open_deal(actor=world.mara, account_id=world.acme, name="First year", amount="12000")
    accounts.win_deal(actor=world.mara, deal_id=deal, signed_at=SIGNED)
    page = shown(manager, at="exit.kickoff.champion_named")
    ref = re.search(r'value="(jny_[^"]+)"', page)[1]
    page = manager.get("/playbooks/mine/studio", {"at": "exit.kickoff.champion_named", "against": ref}).content.decode()
    assert "<code>role.champion.filled</code> is" in page
    press(manager, "save", "exit.setup.connected", **{"f-when": "task.provision.done"})
    page = manager.get("/playbooks/mine/studio", {"at": "exit.setup.connected", "against": ref}).content.decode()
    assert "Its playbook, “Small playbook”, has no task.provision.done." in page


def test_names_come_with_what_they_mean(manager: Client) -> None:
    told = manager.get("/playbooks/mine/studio/names", headers={"X-Fragment": "1"}).json()
    names = {row[0]: row[2] for row in told["names"]}
    assert names["task.connect.done"] == "Done, and confirmed where that is asked for"
    assert names["usage.last_7d.users"] == "Different people seen in the product, in the last 7 days"
    sought = {row[0]: row[4].split() for row in told["names"]}
    assert {"people", "used", "active", "users", "week"} <= {*sought["usage.last_7d.users"]}
    assert {*sought} == {*names}, "each name once"
    assert "task.kickoff.held" in {row[0] for row in told["moments"]}
    assert "task.connect.done" in manager.get("/playbooks/mine/studio/names").content.decode()


def test_only_who_may_publish_writes(world: Cast, manager: Client) -> None:
    assert world.tomas.role == "member"
    client = signed_in(world.tomas)
    assert client.get("/playbooks/mine/studio").status_code == 403
    assert client.post("/playbooks/drafts", {"title": "x"}).status_code == 403
