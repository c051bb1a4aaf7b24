"""What can go wrong in a service, in four kinds."""

from __future__ import annotations

from collections.abc import Mapping


class ExchangeError(Exception):
    """Something a person or a caller did that cannot be carried out."""


class Invalid(ExchangeError):
    """Input that cannot be accepted.

    Parameters
    ----------
    field
        The field that is wrong; ``""`` when it is the whole.
    message
        What is wrong and how to mend it, for the person who typed it.
    code
        Stable word for programs, such as ``too_long``.
    """

    def __init__(self, field: str, message: str, code: str = "invalid") -> None:
        super().__init__(message)
        self.field = field
        self.message = message
        self.code = code


class Forbidden(ExchangeError):
    """The actor may not do this."""


class NotFound(ExchangeError):
    """No such thing, or none that the actor may know of."""


class Conflict(ExchangeError):
    """Somebody else was faster.

    Parameters
    ----------
    message
        What happened meanwhile.
    current
        The values as they are now, for showing both versions; empty when it does not apply.
    """

    def __init__(self, message: str, current: Mapping[str, object] | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.current = dict(current or {})
