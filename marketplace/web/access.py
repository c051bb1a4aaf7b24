"""What a route needs: every view declares it, and this is where it is held."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from flask import current_app, flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.exceptions import NotFound as PageNotFound
from werkzeug.wrappers import Response

from marketplace import policy
from marketplace.web.context import actor

View = TypeVar("View", bound=Callable[..., Any])
PUBLIC = "public"
ATTRIBUTE = "needs"


def public(view: View) -> View:
    """Declare that anybody may ask for this route."""
    setattr(view, ATTRIBUTE, PUBLIC)
    return view


def needs(permission: str) -> Callable[[View], View]:
    """Declare the permission of a route.

    A permission that needs no thing is decided before the view runs; for one that needs a thing
    the visitor must be signed in, and the service decides when it has found the thing.

    Raises
    ------
    KeyError
        At import, for a permission that is not in the table.
    """
    policy.PERMISSIONS[permission]

    def declare(view: View) -> View:
        setattr(view, ATTRIBUTE, permission)
        return view

    return declare


def declared(endpoint: str) -> str | None:
    """Return what an endpoint of the current application declares; ``None`` for nothing."""
    return getattr(current_app.view_functions[endpoint], ATTRIBUTE, None)


def hold() -> Response | None:
    """Answer in place of the view where the actor lacks what the route declares."""
    if request.endpoint is None or request.endpoint == "static":
        return None
    permission = declared(request.endpoint)
    if permission == PUBLIC:
        return None
    if permission is None:
        raise RuntimeError(f"{request.endpoint} declares no permission")
    who = actor()
    if not who.signed_in:
        flash(_("Please log in first; you will come back here."), "info")
        target = request.full_path.rstrip("?") if request.method == "GET" else None
        return redirect(url_for("accounts.login", next=target))
    row = policy.PERMISSIONS[permission]
    if not row.on_thing and not policy.allowed(who, permission):
        if permission in {"admin:use", "desk:use"}:
            # Staff pages do not tell others that they exist.
            raise PageNotFound
        policy.require(who, permission)
    return None
