"""The forms of the databank."""

from __future__ import annotations

from marketplace.databank.forms.filters import DIVISIONS, PERCENTS, FilterForm
from marketplace.databank.forms.record import BenchmarkForm, CheckForm, NoteForm, TagsForm

__all__ = ["DIVISIONS", "PERCENTS", "BenchmarkForm", "CheckForm", "FilterForm", "NoteForm", "TagsForm"]
