"""Why a matter stands where it stands, in words."""

from __future__ import annotations

from flask_babel import gettext as _

from marketplace.desk.ranking import Rank
from marketplace.web.words import number


def reason(
    rank: Rank,
    *,
    total: float | None,
    accepted: float | None,
    quantity: float | None,
    unit: str,
    amount: float | None,
    currency: str,
) -> tuple[str, ...]:
    """Return chance, value and age in a few words each.

    Parameters
    ----------
    total
        The score; ``None`` where none was kept.
    accepted
        The share of introductions like it that were accepted; ``None`` where too few were decided.
    quantity, unit
        A year.
    amount, currency
        Of money.
    """
    return (_chance(total, accepted), _value(quantity, unit, amount, currency), _age(rank))


def _chance(total: float | None, accepted: float | None) -> str:
    if accepted is not None:
        return _("of 10 like it, %(accepted)s were accepted", accepted=number(round(accepted * 10)))
    if total is None:
        return _("chance not known")
    return _("fits by %(total)s of 100", total=number(round(total)))


def _value(quantity: float | None, unit: str, amount: float | None, currency: str) -> str:
    if amount is not None:
        return f"{number(amount)} {currency}".strip()
    if quantity is not None:
        return _("%(quantity)s %(unit)s a year", quantity=number(quantity), unit=unit).replace("  ", " ")
    return _("size not stated")


def _age(rank: Rank) -> str:
    if rank.overdue:
        return _("over its time limit")
    return _("%(share)s %% of the time used", share=number(round(rank.age * 100)))
