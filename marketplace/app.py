"""The web application; the only place where its parts meet."""

from __future__ import annotations

from pathlib import Path

from flask import Flask, has_request_context, request
from flask_bootstrap import Bootstrap5
from flask_wtf.csrf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from marketplace import actors, policy
from marketplace.accounts import views as accounts_views
from marketplace.databank import views as databank_views
from marketplace.db import Database
from marketplace.desk import views as desk_views
from marketplace.intake import views as intake_views
from marketplace.introductions import views as introductions_views
from marketplace.learning import views as learning_views
from marketplace.listings import views as listings_views
from marketplace.matches import views as matches_views
from marketplace.merging import views as merging_views
from marketplace.notifications import views as notifications_views
from marketplace.offices import views as offices_views
from marketplace.organisations import views as organisations_views
from marketplace.pages import views as pages_views
from marketplace.pages.queries import KeptFigures
from marketplace.programmes import views as programmes_views
from marketplace.reports import views as reports_views
from marketplace.search import views as search_views
from marketplace.search.replica import Replica
from marketplace.search.resolver import KeptResolver, encoder_of
from marketplace.settings import Settings
from marketplace.web import access, assets, errors, headers, words
from marketplace.web.context import EXTENSION, Parts, actor, reading
from marketplace.web.limits import limiter
from marketplace.web.login import Login, login_manager
from marketplace.web.translating import Translator
from matching.resolver import SectorResolver
from matching.semantic import Encoder

ROOT = Path(__file__).resolve().parent.parent
LANGUAGES = ("en",)
# Flask refuses a request body beyond this; files have a limit of their own below it.
FORM_BYTES = 2_000_000
BLUEPRINTS = (
    accounts_views.bp,
    databank_views.bp,
    desk_views.bp,
    intake_views.bp,
    introductions_views.bp,
    learning_views.bp,
    listings_views.bp,
    matches_views.bp,
    merging_views.bp,
    notifications_views.bp,
    offices_views.bp,
    organisations_views.bp,
    pages_views.bp,
    programmes_views.bp,
    reports_views.bp,
    search_views.bp,
)


def create_app(
    settings: Settings,
    database: Database,
    replica: Replica | None = None,
    resolver: KeptResolver | None = None,
) -> Flask:
    """Put the web application together.

    Parameters
    ----------
    settings
        Of the process.
    database
        Already opened; the application does not migrate it.
    replica
        Of the open listings, where the process has one already; else one is made, and loaded at
        its first use.
    resolver
        From free text to sectors, likewise.
    """
    app = Flask("marketplace", template_folder=str(ROOT / "templates"), root_path=str(ROOT / "marketplace"))
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.secure_cookies,
        REMEMBER_COOKIE_HTTPONLY=True,
        REMEMBER_COOKIE_SAMESITE="Lax",
        REMEMBER_COOKIE_SECURE=settings.secure_cookies,
        MAX_CONTENT_LENGTH=settings.upload_max_mb * 1_000_000 + FORM_BYTES,
        MAX_FORM_MEMORY_SIZE=FORM_BYTES,
        WTF_CSRF_TIME_LIMIT=None,
        BABEL_TRANSLATION_DIRECTORIES=str(ROOT / "translations"),
        BOOTSTRAP_SERVE_LOCAL=True,
        RATELIMIT_ENABLED=settings.rate_limits,
        RATELIMIT_STORAGE_URI=settings.redis_url or "memory://",
    )
    app.extensions[EXTENSION] = parts_of(settings, database, replica, resolver)
    if settings.trusted_proxies:
        count = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=count)  # type: ignore[method-assign]
    CSRFProtect(app)
    Bootstrap5(app)
    Translator(  # type: ignore[no-untyped-call]
        app, locale_selector=_language, timezone_selector=lambda: actor().time_zone
    )
    limiter.init_app(app)
    login_manager.init_app(app)
    login_manager.user_loader(_load_login)
    app.before_request(access.hold)
    app.after_request(headers.protect)
    errors.register(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    words.register(app)
    assets.register(app)
    app.jinja_env.globals.update(allowed=policy.allowed, actor=actor)
    return app


def parts_of(
    settings: Settings,
    database: Database,
    replica: Replica | None = None,
    resolver: KeptResolver | None = None,
) -> Parts:
    """Return what the pages of an application work with; the parameters are those of :func:`create_app`."""
    listings = replica or Replica(database)
    encoder = encoder_of(settings)
    front = KeptFigures()
    return Parts(
        settings=settings,
        database=database,
        others={
            Replica: lambda: listings,
            SectorResolver: resolver or KeptResolver(settings.var, encoder),
            Encoder: lambda: encoder,
            KeptFigures: lambda: front,
        },
    )


def _language() -> str:
    if not has_request_context():
        # A command or a task: nobody's browser to ask.
        return "en"
    return actor().language if actor().signed_in else request.accept_languages.best_match(LANGUAGES) or "en"


def _load_login(cookie: str) -> Login | None:
    with reading() as session:
        found = actors.load_login(session, cookie)
    return None if found is None else Login(*found)
