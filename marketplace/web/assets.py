"""Style sheets, scripts and icons, sent small and kept long."""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import flask_bootstrap
from flask import Flask, request, url_for
from markupsafe import Markup
from werkzeug.exceptions import NotFound
from werkzeug.security import safe_join
from werkzeug.wrappers import Response

from marketplace.web.access import public

BOOTSTRAP = Path(flask_bootstrap.__file__).parent / "static" / "bootstrap5"
# Of the package's files these are used; the rest (its sprite alone is over 1 MB) stays unserved.
BOOTSTRAP_FILES = frozenset({"css/bootstrap.min.css"})
# An address that carries the hash of its content may be kept for a year.
KEEP_SECONDS = 31_536_000
# Smaller answers do not become smaller by compression.
WORTH_COMPRESSING_BYTES = 500
COMPRESSIBLE = frozenset({"text/css", "text/javascript", "image/svg+xml", "text/plain", "application/json"})
SYMBOL = re.compile(r'<symbol[^>]*? id="(?P<name>[a-z0-9-]+)"[^>]*>(?P<shape>.*?)</symbol>', re.DOTALL)


@dataclass(frozen=True, slots=True)
class Asset:
    """A file as it goes over the wire; pages are left out, since they hold secrets beside typed text."""

    body: bytes
    packed: bytes
    media_type: str
    digest: str


def register(app: Flask) -> None:
    """Serve our files and Bootstrap's, and give templates ``asset``, ``bootstrap_css`` and ``icon``."""
    own = Path(str(app.static_folder))

    @public
    def serve_own(filename: str) -> Response:
        return _answer(own, filename)

    @public
    def serve_bootstrap(filename: str) -> Response:
        if filename not in BOOTSTRAP_FILES:
            raise NotFound
        return _answer(BOOTSTRAP, filename)

    def asset(filename: str) -> str:
        return url_for("static", filename=filename, v=_load(own, filename).digest[:10])

    def bootstrap_css() -> str:
        name = "css/bootstrap.min.css"
        return url_for("bootstrap.static", filename=name, v=_load(BOOTSTRAP, name).digest[:10])

    app.view_functions["static"] = serve_own
    app.view_functions["bootstrap.static"] = serve_bootstrap
    app.jinja_env.globals.update(asset=asset, bootstrap_css=bootstrap_css, icon=icon)


def icon(name: str) -> Markup:
    """Return one icon of the package's sprite as inline SVG; it always stands beside a word.

    Raises
    ------
    KeyError
        For a name that the sprite does not hold.
    """
    shape = _shapes()[name]
    # What points along the line is mirrored where lines run from right to left.
    turns = " icon-turns" if name.endswith(("-left", "-right")) else ""
    # The shape comes from the installed package, not from a person.
    return Markup(  # noqa: S704
        f'<svg class="icon{turns}" width="16" height="16" viewBox="0 0 16 16" fill="currentColor" '
        f'aria-hidden="true" focusable="false">{shape}</svg>'
    )


@lru_cache(maxsize=1)
def _shapes() -> dict[str, str]:
    sprite = (BOOTSTRAP / "icons" / "bootstrap-icons.svg").read_text(encoding="utf-8")
    return {found["name"]: found["shape"] for found in SYMBOL.finditer(sprite)}


def _answer(folder: Path, filename: str) -> Response:
    asset = _load(folder, filename)
    packed = bool(asset.packed) and request.accept_encodings["gzip"] > 0
    response = Response(asset.packed if packed else asset.body, content_type=_content_type(asset.media_type))
    response.headers["Vary"] = "Accept-Encoding"
    if packed:
        response.headers["Content-Encoding"] = "gzip"
    response.set_etag(asset.digest + ("-gz" if packed else ""))
    response.cache_control.public = True
    if request.args.get("v") == asset.digest[:10]:
        response.cache_control.max_age = KEEP_SECONDS
        response.cache_control.immutable = True
    else:
        response.cache_control.no_cache = True
    response.make_conditional(request)
    return response


def _content_type(media_type: str) -> str:
    text = media_type.startswith("text/") or media_type == "image/svg+xml"
    return f"{media_type}; charset=utf-8" if text else media_type


def _load(folder: Path, filename: str) -> Asset:
    path = safe_join(str(folder), filename)
    if path is None or not Path(path).is_file():
        raise NotFound
    return _read(path, Path(path).stat().st_mtime_ns)


@lru_cache(maxsize=64)
def _read(path: str, _changed_ns: int) -> Asset:
    """Read and compress once; the time of change is part of the key, so that an edit shows at once."""
    body = Path(path).read_bytes()
    media_type = mimetypes.guess_type(path)[0] or "application/octet-stream"
    small = media_type not in COMPRESSIBLE or len(body) < WORTH_COMPRESSING_BYTES
    packed = b"" if small else gzip.compress(body, compresslevel=9, mtime=0)
    return Asset(body, packed, media_type, hashlib.sha256(body).hexdigest())
