"""What of a listing is compared: its phrases, in order, and its sectors, stated or guessed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Protocol

from matching.normalise import CLAUSE_LONGEST, clauses, clean
from matching.reading import Key, Reader, Reading
from matching.sectors import is_sector
from matching.types import Listing

CAPABILITIES: Final = 20
"""Capabilities of a listing that count."""
TITLE_CLAUSES: Final = 4
"""Clauses of the title that count."""
PHRASES: Final = 64
"""Phrases of a listing that count: its title's, its capabilities, then those of its text."""
ASKED: Final = 16
"""Phrases of a request that say what it is about: what is wanted stands at the beginning."""
SECTORS: Final = 5
"""Sectors of a listing that count."""
GUESS_CHARS: Final = 600
"""Characters of a listing from which its sectors are guessed."""
ROOT_UNIT: Final = 10_000
"""Roots of shares are whole numbers of 1/10,000."""


class SectorGuess(Protocol):
    """Guesses the sectors of a text where its author stated none."""

    def shares(self, text: str, language: str) -> Mapping[str, float]:
        """Return ISIC class → share, the shares adding up to 1; nothing where nothing is known.

        Parameters
        ----------
        text
            What the listing says, at most :data:`GUESS_CHARS` characters.
        language
            ISO 639-1; ``""`` when unknown.
        """


class NoGuess:
    """Guesses nothing: listings without sectors then have none."""

    def shares(self, text: str, language: str) -> Mapping[str, float]:
        """Return no class."""
        return {}


@dataclass(frozen=True, slots=True)
class Sectors:
    """Where a listing stands in the tree of ISIC Rev.4.

    Parameters
    ----------
    stated
        Codes of any level, as stated; empty when they are guessed or unknown.
    levels
        (class, group or division, root of its share in 1/:data:`ROOT_UNIT`), by code.
    """

    stated: tuple[str, ...]
    levels: tuple[tuple[str, int], ...]

    @property
    def guessed(self) -> bool:
        """Whether nobody stated them."""
        return not self.stated and bool(self.levels)

    @property
    def known(self) -> bool:
        """Whether there are any."""
        return bool(self.stated or self.levels)


@dataclass(frozen=True, slots=True, eq=False)
class Profile:
    """A listing ready to be compared.

    Parameters
    ----------
    listing
        As it came.
    phrases
        Distinct, in order: the title's, the capabilities, those of the text.
    named
        For each phrase whether it is a capability.
    sectors
        Stated or guessed.
    """

    listing: Listing
    phrases: tuple[Reading, ...]
    named: tuple[bool, ...]
    sectors: Sectors

    @property
    def capabilities(self) -> list[Reading]:
        """The phrases that are capabilities and have words."""
        return [
            p for p, named in zip(self.phrases, self.named, strict=True) if named and p.form.phrase.tokens
        ]


def phrases_of(listing: Listing) -> dict[Key, bool]:
    """Return a listing's distinct phrases in order, and for each whether it is a capability.

    Linear in the listing's size, which is capped.
    """
    language = listing.language
    title = clauses(clean(listing.title), TITLE_CLAUSES)
    named = [" ".join(clean(text).split())[:CLAUSE_LONGEST] for text in listing.capabilities[:CAPABILITIES]]
    found = {(text, language): False for text in title}
    found.update({(text, language): True for text in named if text})
    for text in clauses(listing.text, PHRASES):
        if len(found) == PHRASES:
            break
        found.setdefault((text, language), False)
    return found


def sectors_of(listing: Listing, guess: SectorGuess) -> Sectors:
    """Return a listing's sectors: those stated that exist, or else what its text suggests."""
    stated = tuple(code for code in dict.fromkeys(listing.sectors) if is_sector(code))[:SECTORS]
    if stated:
        return Sectors(stated, levels(dict.fromkeys(stated, 1 / len(stated))))
    text = " ".join(" ".join((listing.title, *listing.capabilities, clean(listing.text))).split())
    return Sectors((), levels(guess.shares(text[:GUESS_CHARS], listing.language)))


def levels(shares: Mapping[str, float]) -> tuple[tuple[str, int], ...]:
    """Return the roots of the shares of classes, of their groups and of their divisions."""
    found: dict[str, float] = {}
    for code, share in shares.items():
        for digits in range(2, len(code) + 1):
            found[code[:digits]] = found.get(code[:digits], 0.0) + share
    roots = ((code, round(ROOT_UNIT * share**0.5)) for code, share in sorted(found.items()))
    return tuple((code, root) for code, root in roots if root > 0)


def profile(listing: Listing, reader: Reader, guess: SectorGuess) -> Profile:
    """Return the profile of a listing."""
    found = phrases_of(listing)
    return Profile(
        listing, tuple(reader.read_all(list(found))), tuple(found.values()), sectors_of(listing, guess)
    )
