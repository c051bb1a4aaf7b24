"""The five people one can log in as in the demo, and the officers beside them."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """A person of the demo.

    Parameters
    ----------
    role
        What they are, for whoever tries the exchange.
    organisation
        Key in ``organisations.toml`` of the organisation they own; ``""`` for none.
    office
        Code of the office they work for; ``""`` for none.
    """

    role: str
    title: str
    email: str
    name: str
    organisation: str = ""
    office: str = ""
    is_admin: bool = False


PEOPLE: Final = (
    DemoPerson(
        "sme", "SME member (workshop in Kumasi)", "sme@example.org", "Adjoa Demo", organisation="adom"
    ),
    DemoPerson(
        "buyer",
        "Buyer of a large corporation (Bonn)",
        "buyer@example.org",
        "Britta Demo",
        organisation="rheinwerk",
    ),
    DemoPerson("itpo_officer", "ITPO officer (Bonn)", "itpo@example.org", "Ines Demo", office="ITPO-BON"),
    DemoPerson("spx_officer", "SPX officer (Accra)", "spx@example.org", "Samuel Demo", office="SPX-ACC"),
    DemoPerson("admin", "Administrator", "admin@example.org", "Ada Demo", is_admin=True),
)


@dataclass(frozen=True, slots=True)
class DemoColleague:
    """Somebody on the staff of an office into whose hands work can be given; nobody logs in as them."""

    office: str
    name: str
    email: str


COLLEAGUES: Final = (
    DemoColleague("SPX-ACC", "Efua Demo", "efua@example.org"),
    DemoColleague("SPX-NBO", "Wanjiru Demo", "wanjiru@example.org"),
    DemoColleague("ITPO-BON", "Jonas Demo", "jonas@example.org"),
    DemoColleague("ITPO-SHA", "Lin Demo", "lin@example.org"),
    DemoColleague("ITPO-LAM", "Rafaela Demo", "rafaela@example.org"),
)


def demo_password(secret_key: str) -> str:
    """Return the password of all demo people of one installation.

    It is derived from the installation's own key, so that none stands in the source and a
    second start prints the same.
    """
    digest = hmac.new(secret_key.encode(), b"the demo's people", hashlib.sha256).hexdigest()
    return f"demo-{digest[:10]}"
