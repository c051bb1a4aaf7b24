"""What of a listing is compared: its phrases, words and sectors in normal form."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from typing import Final

from matching.normalise import GENERIC_WEIGHT, Phrase, clauses, clean, phrase, tokens_of
from matching.sectors import is_sector
from matching.types import Listing

CAPABILITIES: Final = 20
"""Capabilities of a listing that count."""
CLAUSES: Final = 12
"""Clauses of title and text that count as phrases."""
SECTORS: Final = 5
"""Sectors of a listing that count."""
TERMS: Final = 400
"""Distinct words of a listing that count for text relevance."""
EXACT_WEIGHT: Final = 0.5
"""Weight of a number among the words of a text (a power of two: sums are exact)."""


@dataclass(frozen=True, slots=True)
class Profile:
    """A listing ready to be compared.

    Parameters
    ----------
    listing
        As it came.
    named
        Its capabilities, without doubles and empty ones.
    told
        Clauses of its title and text that are not capabilities too.
    asked
        What it asks for when it is a request: its capabilities, or without them its title.
    terms
        Stem → weight of the words of title, capabilities and text, in order.
    terms_weight
        Their sum.
    sectors
        Those that exist.
    """

    listing: Listing
    named: tuple[Phrase, ...]
    told: tuple[Phrase, ...]
    asked: tuple[Phrase, ...]
    terms: dict[str, float]
    terms_weight: float
    sectors: tuple[str, ...]


def profile(listing: Listing) -> Profile:
    """Return the profile of a listing; linear in the listing's size, which is capped."""
    language = listing.language
    named = _distinct(phrase(text, language) for text in listing.capabilities[:CAPABILITIES])
    taken = {item.key for item in named}
    title = _distinct(phrase(text, language) for text in clauses(listing.title, CLAUSES))
    body = (phrase(text, language) for text in clauses(listing.text, CLAUSES))
    told = tuple(item for item in _distinct([*title, *body]) if item.key not in taken)[:CLAUSES]
    texts = (listing.title, *listing.capabilities[:CAPABILITIES], listing.text)
    terms = _terms(texts, language)
    return Profile(
        listing=listing,
        named=named,
        told=told,
        asked=named or title,
        terms=terms,
        terms_weight=sum(terms.values()),
        sectors=tuple(code for code in dict.fromkeys(listing.sectors) if is_sector(code))[:SECTORS],
    )


def phrase_weight(item: Phrase) -> float:
    """Return how much an asked phrase counts: little when all its words say little."""
    return GENERIC_WEIGHT if all(token.generic for token in item.tokens) else 1.0


def _distinct(phrases: Iterable[Phrase]) -> tuple[Phrase, ...]:
    """Return the phrases that have words, the first of those with the same words."""
    found: dict[str, Phrase] = {}
    for item in phrases:
        if item.tokens:
            found.setdefault(item.key, item)
    return tuple(found.values())


def _terms(texts: Iterable[str], language: str) -> dict[str, float]:
    """Return the stems of texts with their weights, as many as count."""
    stems: dict[str, float] = {}
    for text in texts:
        for token in tokens_of(clean(text), language):
            weight = EXACT_WEIGHT if token.exact else token.weight
            stems[token.stem] = max(weight, stems.get(token.stem, 0.0))
    return dict(islice(stems.items(), TERMS))
