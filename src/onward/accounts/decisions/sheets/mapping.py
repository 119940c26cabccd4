"""Which column is which field. Guessed from the header's words; a person, or a MAP file, has the last word."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

from onward.accounts.decisions.sheets.dates import DATE_FORMATS
from onward.accounts.decisions.sheets.sniffing import SEPARATORS, Sheet
from onward.kernel.refusals import invalid

KINDS = ("accounts", "products", "users", "deals")
IGNORE = "ignore"

# Fields of each kind, with the header words (letters and digits only) that are taken for them. Revenue and employees
# are the account's own, not ARR and seats: they are kept as further fields unless a person maps them.
FIELDS: dict[str, dict[str, tuple[str, ...]]] = {
    "accounts": {
        "name": ("name", "account", "accountname", "company", "companyname", "customer", "client", "organization"),
        "external_id": ("id", "externalid", "accountid", "companyid", "crmid", "recordid"),
        "group_id": ("groupid", "workspaceid", "tenantid", "productid", "organizationid", "orgid"),
        "industry": ("industry", "sector", "vertical"),
        "region": ("region", "territory"),
        "country": ("country", "officelocation", "location", "billingcountry"),
        "language": ("language", "locale"),
        "zone": ("zone", "timezone"),
        "working_week": ("workingweek", "workingdays", "workdays"),
        "holidays": ("holidays", "publicholidays", "holidaysof"),
        "closed_days": ("closeddays", "closeddates", "companyholidays"),
        "practice_url": ("practiceurl", "practiceenvironment", "sandbox", "sandboxurl", "testenvironment"),
        "arr": ("arr", "annualrecurringrevenue"),
        "currency": ("currency", "currencycode"),
        "seats": ("seats", "licenses", "licences", "seatcount"),
        "complexity": ("complexity",),
        "segment": ("segment", "tier"),
        "owner": ("owner", "accountowner", "csm", "customersuccessmanager"),
    },
    "products": {
        "name": ("name", "product", "productname"),
        "external_id": ("id", "externalid", "productid", "sku"),
        "series": ("series", "family", "line", "category"),
        "price": ("price", "salesprice", "listprice", "unitprice"),
    },
    "users": {
        "name": ("name", "user", "username", "fullname", "salesagent", "agent", "owner", "employee", "member"),
        "external_id": ("id", "externalid", "userid", "employeeid"),
        "mail": ("mail", "email", "emailaddress"),
        "role": ("role",),
        "team": ("team", "department"),
        "region": ("region", "regionaloffice", "office", "territory"),
        "manager": ("manager", "reportsto", "teamlead"),
    },
    "deals": {
        "external_id": ("id", "externalid", "dealid", "opportunityid", "recordid"),
        "name": ("name", "deal", "dealname", "opportunity", "opportunityname", "title"),
        "account": ("account", "accountname", "accountid", "company", "companyname", "customer", "client"),
        "product": ("product", "productname"),
        "owner": ("owner", "dealowner", "salesagent", "agent", "accountexecutive", "rep", "salesrep"),
        "stage": ("stage", "dealstage", "stagename", "status", "salesstage"),
        "amount": ("amount", "value", "closevalue", "dealvalue", "dealamount", "price", "arr"),
        "currency": ("currency", "currencycode", "dealcurrency"),
        "opened_on": ("opened", "openedon", "engagedate", "createdate", "createddate", "createdat", "opendate"),
        "closed_on": ("closed", "closedon", "closedate", "closeddate", "wondate", "closedat"),
        "signed_on": ("signed", "signedon", "signedat", "signaturedate", "contractsigned", "contractdate"),
        "contract_start": ("contractstart", "startdate", "subscriptionstart"),
        "renewal_on": ("renewal", "renewalon", "renewaldate", "contractend"),
    },
}
DATES = frozenset({"opened_on", "closed_on", "signed_on", "contract_start", "renewal_on"})
NUMBERS = frozenset({"arr", "price", "amount", "seats"})
_NEEDED = {"accounts": ("name",), "products": ("name",), "users": ("name",), "deals": ("account", "stage")}

MAP_KEYS = {
    "columns": "COLUMN: FIELD for each column to read otherwise than guessed; fields.WORD keeps it under that word, "
    "ignore leaves it out",
    "dates": f"the format of all date columns, or COLUMN: FORMAT; one of {', '.join(DATE_FORMATS)}",
    "decimal": 'what separates decimals: "." or ","',
    "encoding": "such as utf-8, utf-16 or cp1252; detected when left out",
    "separator": "one of , ; tab |; detected when left out",
    "currency": "three letters, for amounts without a column that says so; USD when left out",
    "won": "list of stage names that mean a signed deal",
    "lost": "list of stage names that mean a lost deal",
}
_WON = ("won", "closed won", "closedwon", "closed-won", "signed", "gewonnen", "gagné", "ganado")
_LOST = ("lost", "closed lost", "closedlost", "closed-lost", "verloren", "perdu", "perdido")


@dataclass(frozen=True)
class Plan:
    """How a sheet is read. `columns`: column to field, "fields.word" or "ignore"; `dates`: column to its format, where
    a person gave one."""

    kind: str
    columns: dict[str, str]
    dates: dict[str, str] = field(default_factory=dict)
    decimal: str = ""
    currency: str = "USD"
    won: tuple[str, ...] = _WON
    lost: tuple[str, ...] = _LOST

    def column_of(self, name: str) -> str:
        """The column that a field is read from, or ""."""
        return next((column for column, mapped in self.columns.items() if mapped == name), "")


def guess_columns(kind: str, header: tuple[str, ...]) -> dict[str, str]:
    """Each column's field by its words; what is not known is kept under "fields."."""
    return {column: name or f"fields.{word(column)}" for column, name in guessed(FIELDS[kind], header).items()}


def guessed(fields: Mapping[str, Sequence[str]], header: Sequence[str]) -> dict[str, str]:
    """Each column's field, "" for one that no word tells. A field is taken once: the earlier word of its list wins."""
    plain = {column: plain_word(column) for column in header}
    out = dict.fromkeys(header, "")
    for name, words in fields.items():
        found = [(words.index(plain[column]), column) for column in header if plain[column] in words]
        free = [(rank, column) for rank, column in found if not out[column]]
        if free:
            out[min(free)[1]] = name
    return out


def plain_word(text: str) -> str:
    """A header or a word for comparing: small letters without accents, digits, nothing else."""
    bare = unicodedata.normalize("NFKD", text.lower().replace("ß", "ss"))
    return re.sub(r"[^a-z0-9]", "", bare)


def make_plan(kind: str, sheet: Sheet, given: Mapping[str, Any]) -> Plan:
    """The plan of a sheet: guesses, overruled by what is given (the keys of MAP_KEYS). Refusal "invalid" for a key,
    column, field or format that does not exist, or when a needed field has no column."""
    for key in given:
        if key not in MAP_KEYS:
            raise invalid(f"A map has no key {key}.", mend=_nearest(key, MAP_KEYS, "Its keys are"))
    columns = guess_columns(kind, sheet.header)
    wanted = given.get("columns") or {}
    if not isinstance(wanted, Mapping):
        raise invalid("columns maps each column to a field.", mend="Write COLUMN: FIELD, one a line.")
    for column, name in wanted.items():
        _check_column(str(column), sheet)
        _check_field(kind, str(name))
        if str(name) in FIELDS[kind]:
            columns = {key: f"fields.{word(key)}" if value == name else value for key, value in columns.items()}
        columns[str(column)] = str(name)
    needed = [name for name in _NEEDED[kind] if name not in columns.values()]
    if needed:
        raise invalid(
            f"No column is the {needed[0]} of the {kind}.",
            mend=f"Say which: columns are {', '.join(sheet.header[:30])}.",
            field=needed[0],
        )
    return Plan(
        kind,
        columns,
        _dates(given.get("dates"), sheet),
        _one_of(given, "decimal", ("", ".", ",")),
        _currency(given.get("currency")),
        _stages(given, "won", _WON),
        _stages(given, "lost", _LOST),
    )


def separator_of(given: Mapping[str, Any]) -> str:
    """The separator that a map names; "" to detect it."""
    text = str(given.get("separator") or "")
    return {"tab": "\t", "\\t": "\t", **{name: char for char, name in SEPARATORS.items()}}.get(text, text)


def word(column: str) -> str:
    """A column's name as the key of a further field: lower case, underscores."""
    return re.sub(r"\W+", "_", column.strip().lower()).strip("_")[:60] or "field"


def _check_column(column: str, sheet: Sheet) -> None:
    if column not in sheet.header:
        raise invalid(f"The file has no column {column}.", mend=_nearest(column, sheet.header, "Its columns are"))


def _check_field(kind: str, name: str) -> None:
    if name in FIELDS[kind] or name == IGNORE or re.fullmatch(r"fields\.\w{1,60}", name):
        return
    raise invalid(f"There is no field {name} in {kind}.", mend=_nearest(name, FIELDS[kind], "Fields are"))


def _dates(given: Any, sheet: Sheet) -> dict[str, str]:
    if not given:
        return {}
    pairs = given if isinstance(given, Mapping) else dict.fromkeys(sheet.header, given)
    for column, layout in pairs.items():
        _check_column(str(column), sheet)
        if layout not in DATE_FORMATS:
            raise invalid(f"There is no date format {layout}.", mend=_nearest(str(layout), DATE_FORMATS, "Formats are"))
    return {str(column): str(layout) for column, layout in pairs.items()}


def _one_of(given: Mapping[str, Any], key: str, allowed: tuple[str, ...]) -> str:
    value = str(given.get(key) or "")
    if value not in allowed:
        raise invalid(f"{key} is one of {' '.join(allowed)}.", field=key)
    return value


def _currency(given: Any) -> str:
    text = str(given or "USD").strip().upper()
    if len(text) != 3 or not text.isalpha():
        raise invalid("A currency has three letters.", mend="Write it as USD.", field="currency")
    return text


def _stages(given: Mapping[str, Any], key: str, default: tuple[str, ...]) -> tuple[str, ...]:
    value = given.get(key)
    if value is None:
        return default
    names = [value] if isinstance(value, str) else value
    if not isinstance(names, list | tuple) or not all(isinstance(name, str) for name in names):
        raise invalid(f"{key} is a list of stage names.", mend=f"Write it as {key}: [Signed, Closed won].", field=key)
    return tuple(name.strip().lower() for name in names)


def _nearest(text: str, known: Any, lead: str) -> str:
    close = get_close_matches(text, list(known), n=1, cutoff=0.6)
    return f"Did you mean {close[0]}?" if close else f"{lead} {', '.join(list(known)[:30])}."
