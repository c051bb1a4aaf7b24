"""The least developed countries.

Source: United Nations, Committee for Development Policy, *List of Least Developed Countries*, as of
13 December 2024, when São Tomé and Príncipe left it: 44 countries.  When a country leaves or joins, change
the table and its date; figures of earlier quarters follow the list as it stands here.
"""

from __future__ import annotations

from datetime import date
from typing import Final

AS_OF: Final = date(2024, 12, 13)
_AFRICA: Final = (
    "AO BJ BF BI CF TD KM CD DJ ER ET GM GN GW LS LR MG MW ML MR MZ NE RW SN SL SO SS SD TG UG TZ ZM"
)
_ASIA: Final = "AF BD KH LA MM NP TL YE"
_CARIBBEAN_AND_PACIFIC: Final = "HT KI SB TV"
LEAST_DEVELOPED: Final = frozenset(f"{_AFRICA} {_ASIA} {_CARIBBEAN_AND_PACIFIC}".split())
"""ISO 3166-1 alpha-2."""
