"""Lists of choices in forms, whose options are put together once: a list of countries has 250 of them."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final

import wtforms
from markupsafe import Markup
from wtforms.fields import Choice  # type: ignore[attr-defined]
from wtforms.widgets import Select

KEPT: Final = 20_000
"""Options that are kept: those of the long lists, in a dozen languages."""


class Options(Select):
    """The widget of a list that keeps its options; what has attributes of its own is not kept."""

    @classmethod
    def render_option(cls, choice: Any, **attributes: Any) -> Markup:  # type: ignore[override]
        """Return one option."""
        if choice.render_kw or attributes:
            return _written(choice, **attributes)
        return _kept(str(choice.value), str(choice.label or choice.value), chosen=bool(choice.selected))


@lru_cache(maxsize=KEPT)
def _kept(value: str, label: str, *, chosen: bool) -> Markup:
    return _written(Choice(value, label, chosen, {}))


def _written(choice: Any, **attributes: Any) -> Markup:
    # The types that WTForms is given describe an older form of it.
    written: Any = Select.render_option
    return Markup(written(choice, **attributes))  # noqa: S704 (it is one already)


class SelectField(wtforms.SelectField):
    """One of a list."""

    widget: Any = Options()


class SelectMultipleField(wtforms.SelectMultipleField):
    """Any of a list."""

    widget: Any = Options(multiple=True)
