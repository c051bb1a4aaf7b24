"""Passwords: argon2id, slow on purpose, and therefore outside every transaction."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST = 10
LONGEST = 200

# The library's defaults follow RFC 9106, section 4, second recommendation (64 MiB).
_hasher = PasswordHasher()


def _typed(password: str) -> str:
    """Return one form for what different keyboards send for the same letters (NFKC)."""
    return unicodedata.normalize("NFKC", password)


def hashed(password: str) -> str:
    """Return what is stored of a password."""
    return _hasher.hash(_typed(password))


def matches(stored: str | None, password: str) -> bool:
    """Tell whether a password is the right one.

    Parameters
    ----------
    stored
        ``None`` where there is no such person: a hash of nothing is tried, so that the answer
        takes as long.
    """
    try:
        _hasher.verify(stored or _nobody(), _typed(password))
    except (VerificationError, InvalidHashError):
        return False
    return stored is not None


def outdated(stored: str) -> bool:
    """Tell whether a hash was made with other parameters than those of today."""
    return _hasher.check_needs_rehash(stored)


@lru_cache(maxsize=1)
def _nobody() -> str:
    return _hasher.hash("nobody has this password")
