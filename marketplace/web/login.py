"""Flask-Login, holding an :class:`~marketplace.policy.Actor` instead of a row."""

from __future__ import annotations

from flask_login import LoginManager, UserMixin

from marketplace.policy import Actor

login_manager = LoginManager()
# Being moved to the login page is decided in access.hold, with what the route declares.
login_manager.session_protection = None  # type: ignore[assignment]


class Login(UserMixin):
    """What the cookie stands for.

    Parameters
    ----------
    actor
        Who it is, as loaded for this request.
    session_key
        Changed by a reset or a suspension, which ends every session at once.
    """

    def __init__(self, actor: Actor, session_key: str) -> None:
        self.actor = actor
        self.session_key = session_key

    def get_id(self) -> str:
        """Return the text kept in the signed cookie."""
        return f"{self.actor.user_id}:{self.session_key}"
