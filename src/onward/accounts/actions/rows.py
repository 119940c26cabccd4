"""Loading, comparing and saving one stored row under its version. Called inside actions."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import Any, TypeVar

from django.db.models import Model

from onward.accounts.models import Account, Contact, Deal, Product
from onward.foundation.actions import act
from onward.kernel.refusals import Refusal

M = TypeVar("M", Account, Contact, Deal)


def check_version(row: Account | Contact | Deal, version: int | None) -> None:
    """Refusal "stale" when the row has moved on since the version that the person saw."""
    if version is not None and version != row.version:
        raise Refusal(
            "stale",
            f"{row.name} was changed by somebody else meanwhile.",
            mend="Look at it again, then repeat your change.",
            details={"version": row.version},
        )


def moved(row: Model, given: Mapping[str, Any]) -> dict[str, Any]:
    """The fields whose value would change. `fields` is merged key by key; None removes a key."""
    out: dict[str, Any] = {}
    for name, value in given.items():
        have = getattr(row, name)
        if name in {"fields", "preferences"}:
            merged = {key: item for key, item in {**have, **value}.items() if item is not None}
            if merged != have:
                out[name] = merged
        elif have != value:
            out[name] = value
    return out


def apply(row: M, changed: Mapping[str, Any]) -> dict[str, Any]:
    """Write the changed fields and the next version; the values from before."""
    was = {name: getattr(row, name) for name in changed}
    for name, value in changed.items():
        setattr(row, name, value)
    row.version += 1
    row.updated_at = act().now
    row.save(update_fields=[*changed, "version", "updated_at"])
    return was


def check_names(given: Mapping[str, Any], known: Collection[str], noun: str) -> None:
    """A field that does not exist is a bug of the caller."""
    unknown = set(given) - set(known)
    if unknown:
        raise TypeError(f"not fields of {noun}: {sorted(unknown)}")


def clean_amount(value: Any, what: str) -> Decimal | None:
    """An amount with two places, or None. Refusal "invalid" when it is none or out of range."""
    if value is None or value == "":
        return None
    try:
        amount = Decimal(str(value))
    except ArithmeticError:
        amount = Decimal("NaN")
    if not amount.is_finite() or abs(amount) >= Decimal(10) ** 13:
        raise Refusal(
            "invalid", f"“{str(value)[:40]}” is not an amount.", mend="Write it as 12500.00.", details={"field": what}
        )
    return amount.quantize(Decimal("0.01"))


def product_named(name: str) -> Product | None:
    """The product of that name, whatever its capitals."""
    return Product.objects.filter(name__iexact=name.strip()).first() if name.strip() else None
