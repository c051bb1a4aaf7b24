"""Lists of choices are written as WTForms writes them, kept or not."""

from __future__ import annotations

from typing import Any

import pytest
import wtforms
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]

from marketplace.web.choices import SelectField, SelectMultipleField

CHOICES: list[Any] = [
    ("", "All <of> them"),
    ('a"b', "Tom & Jerry’s"),
    ("GH", "Ghana"),
    (7, "Seven"),
    (True, "Yes"),
    ("x", ""),
    SelectChoice("own", "With attributes", {"data-x": "1"}),
]


@pytest.mark.parametrize("chosen", ["", "GH", 'a"b', "own", None])
def test_one_of_a_list(chosen: str | None) -> None:
    assert written(SelectField, chosen) == written(wtforms.SelectField, chosen)


def test_any_of_a_list_and_with_groups() -> None:
    groups = {"Africa": [("GH", "Ghana"), ("KE", "Kenya")], "Asia": [("CN", "China")]}
    for given in (CHOICES, groups):
        ours = written(SelectMultipleField, ["GH", "CN"], given)
        assert ours == written(wtforms.SelectMultipleField, ["GH", "CN"], given)
        assert ours.count("selected") >= 1


def written(field: Any, chosen: Any, choices: Any = CHOICES) -> str:
    """Return the field's HTML, the second time it is asked for."""
    form = type("Asked", (wtforms.Form,), {"of": field("Of", choices=lambda: choices)})(data={"of": chosen})
    form.of(class_="form-select")
    return str(form.of(class_="form-select"))
