"""Free text as strangers may read it: without what looks like a contact."""

from __future__ import annotations

import re

# An address, a link, or a number long enough to be dialled that is written like one.
CONTACT = re.compile(
    r"""
    [\w.+%-]+ \s? (?:@|\(at\)|\[at\]) \s? [\w-]+ (?:\.[\w-]+)+      # somebody@example.org
    | (?:https?://|www\.) \S+                                      # https://www.example.org/page
    | (?<![\w@.]) (?:[a-z0-9-]+\.)+ (?:com|org|net|info|biz|eu|io)\b \S*   # example.org
    | (?<![\w.,/-]) (?:\+|00) [\s(]* [1-9] (?:[\s()./-]? \d){6,14}  # +233 20 123 45 67
    | (?<![\w.,/-]) 0 [1-9] (?:[\s()./-]? \d){7,12} (?![\d.,]\d)    # 020 123 4567
    | \b(?:tel|phone|fax|mob|mobile|whatsapp|call)\b [\s.:]* \+? \d (?:[\s()./-]? \d){4,14}
    """,
    re.IGNORECASE | re.VERBOSE,
)
MASK = "•••"


def without_contacts(text: str) -> str:
    """Return a text with addresses, links and telephone numbers struck out.

    Members describe themselves freely, and imported files hold whatever they hold; what others
    may read before both sides agree is decided here, at the time of showing.
    """
    return CONTACT.sub(MASK, text)
