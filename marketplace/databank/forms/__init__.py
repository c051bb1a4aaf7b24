"""The forms of the databank."""

from __future__ import annotations

from marketplace.databank.forms.filters import DIVISIONS, PERCENTS, FilterForm
from marketplace.databank.forms.record import CheckForm, NoteForm, TagsForm

__all__ = ["DIVISIONS", "PERCENTS", "CheckForm", "FilterForm", "NoteForm", "TagsForm"]
