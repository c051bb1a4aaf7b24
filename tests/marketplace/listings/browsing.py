"""What a browser sends for the form of a listing, and what it shows."""

from __future__ import annotations

import io
import re
from html import unescape
from typing import Any

import sqlalchemy as sa

from marketplace.listings.models import Listing
from tests.marketplace.listings.world import World, raw, request
from tests.marketplace.visitor import hidden

PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


def form(**given: Any) -> dict[str, Any]:
    """Return what a browser sends for a useful offer."""
    return {**raw(), "form_key": "the form", "do": "draft", **given}


def enquiry(**given: Any) -> dict[str, Any]:
    """Return what a browser sends for a useful request."""
    return {**request(), "form_key": "the form", "do": "submit", **given}


def stored(site: World) -> list[Listing]:
    with site.database.reading() as session:
        return list(session.scalars(sa.select(Listing).order_by(Listing.id)))


def box(page: str, name: str) -> str:
    """Return the value of a text field or a text area of a page."""
    area = re.search(rf'<textarea(?=[^>]*name="{re.escape(name)}")[^>]*>\s*(.*?)</textarea>', page, re.DOTALL)
    return unescape(area[1]).strip() if area else hidden(page, name)


def sent_by(page: str) -> dict[str, Any]:
    """Return what a browser would send for the form of a page as it stands."""
    body = page[page.index('id="listing-form"') : page.index("</form>", page.index('id="listing-form"'))]
    sent: dict[str, list[str]] = {}
    for tag in re.findall(r"<input[^>]*>", body):
        given = {name: unescape(value) for name, value in re.findall(r'([\w-]+)="([^"]*)"', tag)}
        ticked = re.search(r"\schecked\b", tag) or given.get("type") not in {"checkbox", "radio"}
        if "name" in given and ticked and given.get("type") != "file":
            sent.setdefault(given["name"], []).append(given.get("value", "on"))
    for name, inner in re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>(.*?)</textarea>', body, re.DOTALL):
        sent[name] = [unescape(inner).removeprefix("\r\n").strip()]
    for name, inner in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', body, re.DOTALL):
        chosen = re.findall(r'<option selected[^>]*value="([^"]*)"', inner)
        sent[name] = [unescape(value) for value in chosen]
    sent.pop("csrf_token")
    return dict(sent)


def upload(content: bytes, name: str) -> tuple[io.BytesIO, str]:
    return io.BytesIO(content), name
