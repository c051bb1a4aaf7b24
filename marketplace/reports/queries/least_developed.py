"""The least developed countries.

Source: United Nations, Committee for Development Policy: the list as of 13 December 2024, when São Tomé and
Príncipe left it as the eighth and 44 countries remained
(policy.desa.un.org/themes/cdp-news-and-events/news/sao-tome-and-principe-graduated-from-ldc-status).  Held
against the 46 of UNCTAD's *Least Developed Countries Report 2022*, less Bhutan (13 December 2023) and São
Tomé and Príncipe.  Read on 26 November 2026.

Bangladesh, the Lao People's Democratic Republic and Nepal were to leave it on 24 November 2026
(A/RES/76/8).  Bangladesh has asked for three years more, which the Committee supported in June 2026, and
Nepal for two and a half; what the General Assembly decided was not found in any source.  So all three stand
here until the Committee's own list says otherwise.

When a country leaves or joins, change the table and its date; figures of earlier quarters follow the list as
it stands here.
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
