"""What holds figures and is no condition: addresses, telephone numbers, dates, times and prices."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from matching.stated.tokens import Token, role

_LINK: Final = re.compile(
    r"https?://\S{1,400}|\bwww\.\S{1,400}|(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,64}\.[\w.]{1,64}"
)
_BARRIER: Final = re.compile(
    r"(?<!\d)(?:\d{4}[-/.]\d{1,2}[-/.]\d{1,2}(?!\d)|\d{1,2}[./-]\d{1,2}[./-](?:\d{4}|\d{2})(?!\d)"
    r"|(?:19|20)\d\d ?年(?: ?\d{1,2} ?月(?: ?\d{1,2} ?[日号])?)?|\d{1,2} ?月 ?\d{1,2} ?[日号]"
    r"|\d{1,2}:\d{2}(?!\d))"
    r"|(?P<phone>\+[1-9][\d ()./-]{6,20}\d"
    r"|\b(?:tel|phone|fax|mobile|тел|телефон|هاتف|telefon|telefono|telephone|cep|plz|zip)\b[.: ]{0,3}"
    r"[\d()+][\d ()./-]{3,22}\d"
    r"|(?:电话|手机|传真)[:： ]{0,2}\d[\d ()-]{5,20}"
    r"|(?<![\d.,])(?:\(?0\d{1,5}\)?[ /-]?\d[\d /-]{4,14}"
    r"|(?:\(\d{2,4}\) ?|\d{2,4}[ -])(?:\d{2,4}[ -]){1,3}\d{2,4})(?![\d.,]))"
)
_GROUPS: Final = re.compile(r"\d{1,3}(?: \d{3})+")
_BETWEEN: Final = frozenset({"de", "of", ".", "st", "nd", "rd", "th", "er", "º", "ª"})
_DAYS: Final = 31


def links_in(folded: str) -> list[tuple[int, int]]:
    """Return where a folded text holds addresses of pages and of mail."""
    if "@" not in folded and "www." not in folded and "://" not in folded:
        return []
    return [hit.span() for hit in _LINK.finditer(folded)]


def barriers_in(folded: str) -> list[tuple[int, int]]:
    """Return where a folded text holds telephone numbers, dates in figures, and times."""
    return [
        hit.span()
        for hit in _BARRIER.finditer(folded)
        # "25 000 000" is a figure with its thousands apart, not a telephone number.
        if not (hit["phone"] and _GROUPS.fullmatch(hit[0]))
    ]


def prices_and_days(tokens: Sequence[Token]) -> set[int]:
    """Return which tokens are figures of money ("EUR 5,000 to 6,000") or of a day ("12 March 2027")."""
    found: set[int] = set()
    for at, token in enumerate(tokens):
        if not token.roles:
            continue
        if role(token, "money"):
            found |= _beside(tokens, at, 1) or _beside(tokens, at, -1)
        elif role(token, "month"):
            before = {here for here in _beside(tokens, at, -1) if _is_day(tokens[here].text)}
            found |= before | _beside(tokens, at, 1)
    return found


def _beside(tokens: Sequence[Token], at: int, step: int) -> set[int]:
    """Return the figures that stand beside a token, past a scale, a full stop, or the word of a span."""
    found: set[int] = set()
    here, skipped = at + step, 0
    while 0 <= here < len(tokens) and skipped <= 1:
        token = tokens[here]
        if token.number:
            found.add(here)
            skipped = 0
        elif token.text in _BETWEEN or any(one.name in {"scale", "range"} for one in token.roles):
            skipped += 1
        else:
            break
        here += step
    return found


def _is_day(figure: str) -> bool:
    return len(figure) <= len(str(_DAYS)) and int(figure) <= _DAYS
