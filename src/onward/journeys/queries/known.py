"""What is known already when a form is opened: a playbook names the source, and nobody is asked twice."""

from __future__ import annotations

from typing import Any

from onward.accounts import queries as accounts
from onward.journeys.decisions.state import Run
from onward.kernel.actor import SYSTEM

NOTHING: tuple[Any, str] = (None, "")
# Of a deal and an account what is a plain value; of a contact how they are reached.
DEAL = frozenset({"name", "product", "amount", "currency", "contract_start", "renewal_on", "signed_at"})
CONTACT = frozenset({"name", "mail", "title", "zone", "language"})


def prefilled(run: Run, source: str) -> tuple[Any, str]:
    """The value and in words from where; (None, "") when nothing is known.

    Sources: `answer.FORM.FIELD`, `deal.WORD`, `deal.field.NAME`, `account.WORD`, `account.field.NAME`,
    `contact.ROLE.WORD`.
    """
    kind, _, rest = source.partition(".")
    if kind == "answer":
        return _of_answer(run, rest)
    if kind == "deal":
        return _of_deal(run, rest)
    if kind == "account":
        return _of_account(run, rest)
    return _of_contact(run, rest) if kind == "contact" else NOTHING


def _of_answer(run: Run, rest: str) -> tuple[Any, str]:
    form, _, name = rest.partition(".")
    value = run.journey.answers.get(form, {}).get("values", {}).get(name)
    return (value, f"from {form.replace('_', ' ')}") if value is not None else NOTHING


def _of_deal(run: Run, rest: str) -> tuple[Any, str]:
    deal = (
        accounts.deals_by_ids(SYSTEM, [run.journey.deal_id]).get(run.journey.deal_id) if run.journey.deal_id else None
    )
    if deal is None:
        return NOTHING
    own = rest.startswith("field.")
    value = deal.fields.get(rest.removeprefix("field.")) if own else getattr(deal, rest) if rest in DEAL else None
    return _told(value, "from the deal")


def _of_account(run: Run, rest: str) -> tuple[Any, str]:
    account = accounts.account_metrics(run.journey.account_id)
    if account is None:
        return NOTHING
    own = rest.startswith("field.")
    known = rest.isidentifier() and rest != "fields"
    value = account.fields.get(rest.removeprefix("field.")) if own else getattr(account, rest, None) if known else None
    return _told(value, "from the account")


def _of_contact(run: Run, rest: str) -> tuple[Any, str]:
    role, _, word = rest.partition(".")
    held = accounts.contacts_by_role(run.journey.account_id).get(role)
    return _told(getattr(held[0], word), "from your people") if held and word in CONTACT else NOTHING


def _told(value: Any, origin: str) -> tuple[Any, str]:
    """Moments as the day that a form's field takes."""
    if value in (None, ""):
        return NOTHING
    return (value.date().isoformat() if hasattr(value, "hour") else value, origin)
