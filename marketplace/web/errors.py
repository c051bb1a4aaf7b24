"""What a person sees when something cannot be done."""

from __future__ import annotations

from typing import Any

from flask import Flask, g, render_template
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException

from marketplace.errors import Conflict, Forbidden, Invalid, NotFound
from marketplace.web.login import login_manager


def page(status: int, title: str, text: str) -> tuple[str, int]:
    """Render the page of an error."""
    return render_template("error.html", status=status, title=title, text=text), status


def forget_login() -> None:
    """Go on as a visitor: asking the database again who is asking would fail again."""
    g._login_user = login_manager.anonymous_user()


def register(app: Flask) -> None:
    """Teach the application to answer each kind of failure."""

    @app.errorhandler(NotFound)
    @app.errorhandler(404)
    def not_found(_error: Any) -> tuple[str, int]:
        return page(
            404,
            _("This page is not here"),
            _("It may have been removed, or the address may have a typing error in it."),
        )

    @app.errorhandler(Forbidden)
    @app.errorhandler(403)
    def forbidden(_error: Any) -> tuple[str, int]:
        return page(
            403,
            _("This is not yours to do"),
            _("Your login does not allow it. Ask an owner of your organisation, or your office."),
        )

    @app.errorhandler(Invalid)
    def invalid(error: Invalid) -> tuple[str, int]:
        return page(422, _("This cannot be accepted"), error.message)

    @app.errorhandler(Conflict)
    def conflict(error: Conflict) -> tuple[str, int]:
        return page(409, _("Somebody was faster"), error.message)

    @app.errorhandler(StaleDataError)
    def stale(_error: Any) -> tuple[str, int]:
        return page(
            409,
            _("Somebody was faster"),
            _("This was changed by somebody else while you were at it. Open it again and look."),
        )

    @app.errorhandler(CSRFError)
    def expired(_error: Any) -> tuple[str, int]:
        return page(
            400,
            _("This form has expired"),
            _("It stood open for too long, or cookies are switched off. Go back, reload the page and send it again."),
        )

    @app.errorhandler(413)
    def too_large(_error: Any) -> tuple[str, int]:
        return page(413, _("This is too large"), _("Send a smaller file or a shorter text."))

    @app.errorhandler(429)
    def too_many(_error: Any) -> tuple[str, int]:
        return page(
            429,
            _("Too many attempts"),
            _("For safety this is limited. Wait a few minutes and try again."),
        )

    @app.errorhandler(OperationalError)
    def busy(error: OperationalError) -> tuple[str, int]:
        app.logger.error("the database did not answer: %s", error.orig)
        forget_login()
        return page(
            503,
            _("The exchange is busy"),
            _("What you sent was not saved. Go back and send it again in a moment."),
        )

    @app.errorhandler(500)
    def broken(_error: Any) -> tuple[str, int]:
        forget_login()
        return page(
            500,
            _("Something broke on our side"),
            _("It has been written down. What you sent was not saved; please try again later."),
        )

    @app.errorhandler(HTTPException)
    def other(error: HTTPException) -> Any:
        if error.code is None or error.code < 400:
            return error
        return page(error.code, error.name, error.description or "")
