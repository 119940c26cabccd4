"""The first file of a new playbook: small, whole, and without a problem."""


def starter(playbook_id: str) -> str:
    """The text of a first playbook of that id."""
    title = playbook_id.replace("_", " ").capitalize()
    return _TEXT.replace("PLAYBOOK", playbook_id).replace("TITLE", title or "New playbook")


_TEXT = """\
# A first playbook: three stages, each left only when it is proven done. Change it, then:
#   onward playbook lint PLAYBOOK.yaml
#   onward playbook publish PLAYBOOK.yaml
playbook: PLAYBOOK
language: 1
title: TITLE
# Which accounts it is for. Without this line it is only ever chosen by hand.
# choose_when: account.segment == "enterprise"
choose_rank: 0
day_zero: signed
targets: {first_value: 30d, complete: 60d}
goals:
  - {goal: first_value_reached, when: milestone.first_value.met}
kpis:
  - {kpi: time_to_kickoff, from: signed, to: task.kickoff.held, below_zero: as_zero, target: at most 7d}
accountable: csm
roles:
  ours:
    csm: {title: Customer success manager, fill: account owner}
  theirs:
    champion: asked of csm
stages:
  - stage: kickoff
    due: within 7d of signed
    tasks:
      - task: kickoff
        title: Kickoff call
        kind: meeting
        by: csm
        attendees: {must: [csm, champion]}
        agenda: [What success means, Who does what by when]
        due: within 7d of signed
    exit:
      - {check: goal_written, title: A written success goal, when: objectives.agreed >= 1}
      - {check: champion_named, title: A named champion, when: role.champion.filled}
  - stage: setup
    takes: 3w
    stalled_after: 7d
    tasks:
      - {task: provision, title: Provision accounts, by: csm, due: 2wd after entered}
      - task: connect
        title: Connect your data
        by: champion
        help: Open Settings and add your data source.
        due: 2w after entered
    exit:
      - {check: connected, title: Data is connected, when: task.connect.done}
  - stage: first_value
    due: within 30d of signed
    exit:
      - {check: value, title: The agreed success was reached once, when: milestone.first_value.met}
milestones:
  - {milestone: kickoff_complete, when: stage.kickoff.closed, due: within 7d of signed}
  - {milestone: first_value, first_value: true, when: objectives.met >= 1, by_hand: csm, due: within 30d of signed}
"""
