"""Field by field, what each of two records says, and which of the two will stand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from marketplace.organisations.services.values import NAMES, Profile

KEPT: Final = "kept"
MERGED: Final = "merged"
# Names of both are kept, and a currency goes with its amount.
BY_ITSELF: Final = frozenset({"other_names", "turnover_currency"})
CHOSEN: Final = tuple(name for name in NAMES if name not in BY_ITSELF)
# As many as the form of the profile takes.
MOST_NAMES: Final = 10


@dataclass(frozen=True, slots=True)
class Field:
    """One field of the two records.

    Parameters
    ----------
    stands
        ``kept`` or ``merged``.
    """

    name: str
    kept: Any
    merged: Any
    stands: str

    @property
    def differs(self) -> bool:
        """Whether there is anything to choose."""
        return bool(self.kept != self.merged)


def _says(value: Any) -> bool:
    return value is not None and value not in {"", ()}


def fields(kept: Profile, merged: Profile, choices: Mapping[str, str]) -> list[Field]:
    """Return every field; where nobody has chosen, the kept record's value, or what fills its gap."""
    found = []
    for name in CHOSEN:
        mine, theirs = getattr(kept, name), getattr(merged, name)
        usual = MERGED if _says(theirs) and not _says(mine) else KEPT
        choice = choices.get(name)
        found.append(Field(name, mine, theirs, choice if choice in {KEPT, MERGED} else usual))
    return found


def merged_profile(kept: Profile, merged: Profile, choices: Mapping[str, str]) -> Profile:
    """Return what the kept organisation will say of itself; what it is no longer called, it was called."""
    said: dict[str, Any] = {
        field.name: field.merged for field in fields(kept, merged, choices) if field.stands == MERGED
    }
    if "turnover" in said:
        said["turnover_currency"] = merged.turnover_currency
    whole = replace(kept, **said)
    names = {
        name.casefold(): name
        for name in (merged.name, kept.name, *reversed(merged.other_names), *reversed(kept.other_names))
    }
    names.pop(whole.name.casefold(), None)
    first = (*kept.other_names, *merged.other_names, kept.name, merged.name)
    other_names = dict.fromkeys(name for name in first if name in names.values())
    return replace(whole, other_names=tuple(other_names)[:MOST_NAMES])
