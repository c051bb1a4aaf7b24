"""Short forms of trade words in English, written out: what is abbreviated is compared by its words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from matching.words import DATA

_LETTERS: Final = re.compile(r"[^\W\d_]+\.?")
_DOTTED: Final = re.compile(r"\b(?:[^\W\d_]\.){2,}(?:[^\W\d_]\b)?")


@lru_cache(maxsize=1)
def short_forms() -> Mapping[str, str]:
    """Return short form → what it stands for."""
    lines = (DATA / "abbreviations.txt").read_text("utf-8").splitlines()
    return dict(line.split(" ", 1) for line in lines if line and not line.startswith("#"))


def expand(text: str) -> str:
    """Return an English text with the short forms of trade words written out."""
    undotted = _DOTTED.sub(lambda hit: hit[0].replace(".", ""), text)
    return _LETTERS.sub(_written_out, undotted)


def _written_out(hit: re.Match[str]) -> str:
    word, forms = hit[0].rstrip("."), short_forms()
    return forms.get(word) or forms.get(word.casefold(), hit[0])
