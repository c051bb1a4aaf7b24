"""exchange admin."""

from __future__ import annotations

import secrets

import click
from flask import url_for

from exchange.commands.shared import EXIT_CODES, USAGE, command, read_settings, say
from exchange.compose import Exchange, composed, log_to_stderr
from marketplace import audit, clock
from marketplace.accounts.models import Purpose
from marketplace.accounts.queries import link_token, user_by_email
from marketplace.accounts.services.links import make_link
from marketplace.accounts.services.passwords import hashed
from marketplace.accounts.services.register import add_user
from marketplace.errors import Invalid


@click.command(
    epilog=f"""\b
Examples:
  exchange admin you@example.org
  exchange admin you@example.org --name "Ama Example"

{EXIT_CODES}"""
)
@click.argument("email")
@click.option("--name", default="Administrator", show_default=True, help="How the person is called.")
@command
def admin(email: str, name: str) -> int | None:
    """Make somebody an administrator, and print a link for setting the password.

    EMAIL is the address to log in with. Whoever has it already becomes an administrator. The link
    works once, for one hour; run the command again for another one.
    """
    settings = read_settings()
    log_to_stderr(settings.log_level)
    try:
        with composed(settings) as exchange:
            click.echo(_make_admin(exchange, email, name))
    except Invalid as error:
        say(error.message)
        return USAGE
    return None


def _make_admin(exchange: Exchange, email: str, name: str) -> str:
    """Return the address where the password is set."""
    now, settings = clock.now(), exchange.settings
    password = hashed(secrets.token_urlsafe(32))
    with exchange.database.transaction() as session:
        user = user_by_email(session, email) or add_user(
            session, email=email, name=name, password_hash=password, now=now, verified=True
        )
        user.is_admin = True
        user.verified_at = user.verified_at or now
        audit.note(session, None, "admin:make", "user", user.id, now)
        link = make_link(session, user_id=user.id, purpose=Purpose.RESET, now=now)
    token = link_token(settings.secret_key, link.id, Purpose.RESET)
    with exchange.app.test_request_context(base_url=settings.public_url):
        return url_for("accounts.new_password", token=token, _external=True)
