"""The settings of a process, read once from ``EXCHANGE_*`` and then frozen."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

MINIMUM_SECRET = 32
DATABASES = {"sqlite", "postgresql", "postgresql+psycopg"}


class SettingsError(Exception):
    """Wrong or missing variables, all of them at once."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything an installation can choose; docs/reference/settings.md explains each."""

    production: bool
    var: Path
    database_url: str
    redis_url: str
    secret_key: str
    public_url: str
    smtp_url: str
    mail_from: str
    trusted_proxies: int
    upload_max_mb: int
    log_level: str
    match_threshold: int
    match_mails_per_listing: int
    rate_limits: bool
    encoder: bool
    thesaurus: Path | None

    @property
    def embedded(self) -> bool:
        """Whether the worker lives in the web process, without Redis."""
        return not self.redis_url

    @property
    def secure_cookies(self) -> bool:
        """Whether the public address is HTTPS, so that cookies may be marked secure."""
        return self.public_url.startswith("https://")

    @classmethod
    def from_env(cls, env: Mapping[str, str] | None = None) -> Settings:
        """Read the settings.

        Parameters
        ----------
        env
            Variables; the process's own when ``None``.

        Raises
        ------
        SettingsError
            Naming every wrong or missing variable at once.
        """
        return _Reader(os.environ if env is None else env).settings()


class _Reader:
    def __init__(self, env: Mapping[str, str]) -> None:
        self.env = env
        self.problems: list[str] = []

    def settings(self) -> Settings:
        production = self.flag("PRODUCTION", default=False)
        var = Path(self.text("VAR", "var")).absolute()
        result = Settings(
            production=production,
            var=var,
            database_url=self.database(var, production=production),
            redis_url=self.url("REDIS_URL", "", {"redis", "rediss", "unix"}),
            secret_key=self.secret(var, production=production),
            public_url=self.url("PUBLIC_URL", "http://127.0.0.1:8000", {"http", "https"}).rstrip("/"),
            smtp_url=self.url("SMTP_URL", "", {"smtp", "smtps", "smtp+starttls"}),
            mail_from=self.text("MAIL_FROM", "Partnership Exchange <exchange@example.org>"),
            trusted_proxies=self.number("TRUSTED_PROXIES", 0, 0, 10),
            upload_max_mb=self.number("UPLOAD_MAX_MB", 10, 1, 200),
            log_level=self.choice("LOG_LEVEL", "INFO", {"DEBUG", "INFO", "WARNING", "ERROR"}),
            match_threshold=self.number("MATCH_THRESHOLD", 60, 1, 100),
            match_mails_per_listing=self.number("MATCH_MAILS_PER_LISTING", 5, 1, 50),
            rate_limits=self.flag("RATE_LIMITS", default=True),
            encoder=self.flag("ENCODER", default=True),
            thesaurus=self.path("THESAURUS"),
        )
        known = {f"EXCHANGE_{name.upper()}" for name in Settings.__dataclass_fields__}
        for name in sorted(self.env):
            # The test suite's own variables share the prefix and concern no installation.
            if name.startswith("EXCHANGE_") and name not in known and not name.startswith("EXCHANGE_TEST_"):
                self.problems.append(f"{name}: no such setting")
        if self.problems:
            raise SettingsError(self.problems)
        return result

    def text(self, name: str, default: str) -> str:
        return self.env.get(f"EXCHANGE_{name}", "").strip() or default

    def flag(self, name: str, *, default: bool) -> bool:
        word = self.text(name, "yes" if default else "no").lower()
        if word not in {"yes", "no", "true", "false", "1", "0", "on", "off"}:
            self.problems.append(f"EXCHANGE_{name}: say yes or no, not {word!r}")
        return word in {"yes", "true", "1", "on"}

    def number(self, name: str, default: int, low: int, high: int) -> int:
        word = self.text(name, str(default))
        if not word.isascii() or not word.isdigit() or not low <= int(word) <= high:
            self.problems.append(f"EXCHANGE_{name}: a whole number from {low} to {high}, not {word!r}")
            return default
        return int(word)

    def path(self, name: str) -> Path | None:
        word = self.text(name, "")
        if word and not Path(word).exists():
            self.problems.append(f"EXCHANGE_{name}: there is nothing at {word}")
        return Path(word).absolute() if word else None

    def choice(self, name: str, default: str, choices: set[str]) -> str:
        word = self.text(name, default).upper()
        if word not in choices:
            self.problems.append(f"EXCHANGE_{name}: one of {', '.join(sorted(choices))}, not {word!r}")
        return word

    def url(self, name: str, default: str, schemes: set[str]) -> str:
        word = self.text(name, default)
        if word and urlsplit(word).scheme not in schemes:
            self.problems.append(
                f"EXCHANGE_{name}: an address starting with {' or '.join(sorted(schemes))}://"
            )
        return word

    def database(self, var: Path, *, production: bool) -> str:
        word = self.text("DATABASE_URL", f"sqlite:///{var / 'exchange.sqlite'}")
        scheme = urlsplit(word).scheme
        if scheme not in DATABASES:
            self.problems.append("EXCHANGE_DATABASE_URL: sqlite:///… or postgresql://…")
        if production and scheme == "sqlite":
            self.problems.append("EXCHANGE_DATABASE_URL: production needs PostgreSQL")
        return word.replace("postgresql://", "postgresql+psycopg://", 1)

    def secret(self, var: Path, *, production: bool) -> str:
        word = self.text("SECRET_KEY", "")
        if word and len(word) < MINIMUM_SECRET:
            self.problems.append(f"EXCHANGE_SECRET_KEY: at least {MINIMUM_SECRET} characters")
        if word or self.problems:
            return word
        if production:
            self.problems.append("EXCHANGE_SECRET_KEY: missing; production does not make one up")
            return ""
        return _kept_secret(var / "secret_key")


def _kept_secret(path: Path) -> str:
    """Make a key at the first start and keep it, so that a restart logs nobody out."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        return path.read_text(encoding="ascii").strip()
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secrets.token_urlsafe(48))
    return path.read_text(encoding="ascii").strip()
