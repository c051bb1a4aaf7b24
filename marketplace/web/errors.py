"""What a person sees when something cannot be done."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any, Final

from flask import Flask, current_app, g, render_template
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException

from marketplace.errors import Conflict, Forbidden, Invalid, NotFound
from marketplace.web.context import settings
from marketplace.web.login import login_manager

Page = tuple[str, int]


def page(status: int, title: str, text: str) -> Page:
    """Render the page of an error."""
    return render_template("error.html", status=status, title=title, text=text), status


def register(app: Flask) -> None:
    """Teach the application to answer each kind of failure."""
    for kinds, answer in _ANSWERS:
        for kind in kinds:
            app.register_error_handler(kind, answer)


def _not_found(_error: Any) -> Page:
    return page(
        404,
        _("This page is not here"),
        _("It may have been removed, or the address may have a typing error in it."),
    )


def _forbidden(_error: Any) -> Page:
    return page(
        403,
        _("This is not yours to do"),
        _("Your login does not allow it. Ask an owner of your organisation, or your office."),
    )


def _invalid(error: Any) -> Page:
    return page(422, _("This cannot be accepted"), error.message)


def _conflict(error: Any) -> Page:
    return page(409, _("Somebody was faster"), error.message)


def _stale(_error: Any) -> Page:
    return page(
        409,
        _("Somebody was faster"),
        _("This was changed by somebody else while you were at it. Open it again and look."),
    )


def _expired(_error: Any) -> Page:
    return page(
        400,
        _("This form has expired"),
        _(
            "It stood open for too long, or cookies are switched off. "
            "Go back, reload the page and send it again."
        ),
    )


def _too_large(_error: Any) -> Page:
    most = settings().upload_max_mb
    words = _("A file may have %(most)s MB. Send a smaller one, or a shorter text.", most=most)
    return page(413, _("This is too large"), words)


def _too_many(_error: Any) -> Page:
    return page(
        429,
        _("Too many attempts"),
        _("For safety this is limited. Wait a few minutes and try again."),
    )


def _busy(error: Any) -> Page:
    current_app.logger.error("the database did not answer: %s", error.orig)
    _forget_login()
    return page(
        503,
        _("The exchange is busy"),
        _("What you sent was not saved. Go back and send it again in a moment."),
    )


def _broken(_error: Any) -> Page:
    _forget_login()
    return page(
        500,
        _("Something broke on our side"),
        _("It has been written down. What you sent was not saved; please try again later."),
    )


def _other(error: Any) -> Any:
    # A redirect is raised as an exception as well.
    if error.code is None or error.code < HTTPStatus.BAD_REQUEST:
        return error
    return page(error.code, error.name, error.description or "")


def _forget_login() -> None:
    """Go on as a visitor: asking the database again who is asking would fail again."""
    g._login_user = login_manager.anonymous_user()  # noqa: SLF001 (Flask-Login offers no other way)


_ANSWERS: Final[tuple[tuple[tuple[Any, ...], Callable[[Any], Any]], ...]] = (
    ((NotFound, 404), _not_found),
    ((Forbidden, 403), _forbidden),
    ((Invalid,), _invalid),
    ((Conflict,), _conflict),
    ((StaleDataError,), _stale),
    ((CSRFError,), _expired),
    ((413,), _too_large),
    ((429,), _too_many),
    ((OperationalError,), _busy),
    ((500,), _broken),
    ((HTTPException,), _other),
)
