"""Form fields made from the tables: a kind's own fields, and one row of requirements."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

from flask_babel import gettext as _
from wtforms import BooleanField, Field, Form, StringField, TextAreaField
from wtforms.widgets import CheckboxInput, ListWidget

from marketplace.listings.kinds import KindField, Type, fields_of
from marketplace.listings.kinds.words import CRITERIA_TITLES
from marketplace.web.choices import SelectField, SelectMultipleField
from marketplace.web.fields import lazy as _l
from marketplace.web.labels import LABELS
from matching.criteria import CRITERIA
from matching.types import Kind, Operator, Side

Choices = Sequence[tuple[str, Any]] | Callable[[], Sequence[tuple[str, Any]]]


class TickField(SelectMultipleField):
    """Several of a short list, as boxes to tick; what was sent is judged by the reader of listings."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()

    def __init__(self, label: Any = None, *, choices: Choices = (), **options: Any) -> None:
        super().__init__(label, validate_choice=False, choices=_later(choices), **options)


class OneSelectField(SelectField):
    """One of a list, or nothing; judged by the reader of listings."""

    def __init__(self, label: Any = None, *, choices: Choices = (), **options: Any) -> None:
        super().__init__(label, validate_choice=False, choices=_later(choices), **options)


def _later(choices: Choices) -> Any:
    """Return choices as WTForms wants pairs: asked for when they are shown."""
    return choices if callable(choices) else lambda: list(choices)


def _hint(of: KindField) -> Any:
    example = _l("For example %(example)s.", example=of.example) if of.example else ""
    return _Words(of.hint, example) if of.hint and example else (of.hint or example)


class _Words:
    """Lazy texts joined when they are shown, in the reader's language."""

    def __init__(self, *parts: Any) -> None:
        self.parts = parts

    def __str__(self) -> str:
        """Return the texts that are not empty, with a space between."""
        return " ".join(text for text in map(str, self.parts) if text)


def _label(of: KindField, side: Side) -> Any:
    label = of.label_for(side)
    return _Words(label, f"({of.unit})") if of.unit and of.unit != "currency" else label


def _unbound(of: KindField, side: Side) -> Any:
    shared: dict[str, Any] = {"description": _hint(of)}
    label = _label(of, side)
    if of.type is Type.CHOICE:
        return OneSelectField(label, choices=[("", _l("Not stated")), *of.choices.items()], **shared)
    if of.type is Type.CHOICES:
        return TickField(label, choices=list(of.choices.items()), **shared)
    if of.type is Type.YES_NO:
        return OneSelectField(
            label, choices=[("", _l("Not stated")), ("yes", _l("Yes")), ("no", _l("No"))], **shared
        )
    if of.type is Type.LONG_TEXT:
        return TextAreaField(label, **shared)
    modes = {
        Type.NUMBER: {"inputmode": "decimal"},
        Type.DATE: {"type": "date"},
        Type.TERMS: {"data-chips": "yes"},
    }
    return StringField(label, render_kw={"autocomplete": "off", **modes.get(of.type, {})}, **shared)


@lru_cache(maxsize=8)
def details_form(kind: Kind, side: Side) -> type[Form]:
    """Return the form of the fields of a kind on a side; everything in it is optional."""
    fields = {of.name: _unbound(of, side) for of in fields_of(kind, side)}
    return type(f"{kind.name.title()}{side.name.title()}Details", (Form,), fields)


def grouped(kind: Kind, side: Side, form: Form) -> list[tuple[Any, list[Field]]]:
    """Return the fields of a kind under their headings, in the order of the table."""
    groups: dict[str, list[Field]] = {}
    for of in fields_of(kind, side):
        groups.setdefault(str(of.group), []).append(form[of.name])
    return list(groups.items())


def _criteria() -> list[tuple[str, Any]]:
    return [("", _("Choose …")), *((key, CRITERIA_TITLES[key]) for key in CRITERIA)]


def _operators() -> list[tuple[str, Any]]:
    return [
        ("", _("as usual")),
        *((operator.value, LABELS["Operator"][operator.value]) for operator in Operator),
    ]


class RequirementForm(Form):
    """One row of the requirements."""

    criterion = OneSelectField(_l("What is measured"), choices=_criteria)
    operator = OneSelectField(_l("How"), choices=_operators)
    value = StringField(_l("Value"))
    value_to = StringField(_l("and"))
    unit = StringField(_l("Unit"))
    hard = BooleanField(_l("Must be met"))
    weight = StringField(_l("Weight"), default="1")
    evidence = StringField(_l("Evidence accepted"))
