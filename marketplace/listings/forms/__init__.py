"""The forms of listings: posting and editing, and the officer's decision."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import request
from werkzeug.datastructures import CombinedMultiDict

from marketplace.listings.forms.listing import ListingForm, form_class, typed
from marketplace.listings.forms.review import ReturnForm
from marketplace.listings.services import ListingValues
from matching.types import Kind, Side

__all__ = ["ListingForm", "ReturnForm", "listing_form", "typed"]


def listing_form(
    organisations: Sequence[tuple[int, str, str]],
    *,
    values: ListingValues | None = None,
    language: str = "en",
) -> ListingForm:
    """Return the form of a listing, filled from the request or from a stored listing.

    Parameters
    ----------
    organisations
        (id, name, country) of those the actor writes for; the first is the one chosen at first.
    values
        Of the listing to be edited; ``None`` for a new one.
    language
        In which a new listing is probably written, ISO 639-1.
    """
    sent: Any = CombinedMultiDict([request.files, request.form]) if request.method == "POST" else None
    words: Any = request.form if sent is not None else request.args
    kind = _member(Kind, words.get("kind"), values.kind if values else Kind.SUBCONTRACTING)
    side = _member(Side, words.get("side"), values.side if values else Side.REQUEST)
    data: dict[str, Any] = typed(values) if values else {"language": language}
    if values is None and organisations:
        data["country"] = organisations[0][2]
        data["organisation"] = str(organisations[0][0])
    form = form_class(kind, side)(formdata=sent, data=data | {"kind": kind.value, "side": side.value})
    form.organisation.choices = [(str(key), name) for key, name, _country in organisations]
    return form


def _member(kind: Any, word: str | None, otherwise: Any) -> Any:
    return kind(word) if word in set(kind) else otherwise
