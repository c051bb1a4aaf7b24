"""Two versions of one listing side by side, where two people saved at the same time."""

from __future__ import annotations

from typing import Any

from marketplace.listings.forms import ListingForm, typed
from marketplace.listings.services import ListingValues


def differences(saved: Any, form: ListingForm) -> list[tuple[str, str, str]]:
    """Return (label, as saved, as typed) of every field in which the two differ."""
    assert isinstance(saved, ListingValues)  # noqa: S101 - what services/write.py put in
    theirs, mine = typed(saved), form.raw()
    found = []
    for name, value in theirs.items():
        if name in {"details", "requirements"}:
            continue
        old, new = _words(value), _words(mine.get(name))
        if old != new:
            found.append((str(form[name].label.text), old, new))
    for name, value in theirs["details"].items():
        if name in mine["details"]:
            old, new = _words(value), _words(mine["details"][name])
            if old != new:
                found.append((str(form.details_form[name].label.text), old, new))
    old_rows, new_rows = _rows(theirs["requirements"]), _rows(mine["requirements"])
    if old_rows != new_rows:
        found.append((str(form.requirements.label.text), old_rows, new_rows))
    return found


def _words(value: Any) -> str:
    if isinstance(value, (list, tuple)):
        return "; ".join(str(one) for one in value)
    if value is None or value is False:
        return ""
    text = "✓" if value is True else str(value)
    return "; ".join(line.strip() for line in text.replace(";", "\n").splitlines() if line.strip())


def _rows(rows: Any) -> str:
    named = ("criterion", "operator", "value", "value_to", "unit")
    return "; ".join(
        " ".join(str(row.get(name)) for name in named if row.get(name)) + (" !" if row.get("hard") else "")
        for row in rows
        if row.get("criterion")
    )
