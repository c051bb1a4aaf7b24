"""The files for production fit the program: its settings, its commands, its locks."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from marketplace.settings import Settings

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def services() -> dict[str, Any]:
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
    return dict(compose["services"])


@pytest.fixture(scope="module")
def example() -> dict[str, str]:
    lines = (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def test_the_example_filled_in_is_a_valid_production_setting(
    services: dict[str, Any], example: dict[str, str]
) -> None:
    secrets = {name for name, value in example.items() if not value}
    assert secrets == {"POSTGRES_PASSWORD", "EXCHANGE_SECRET_KEY"}
    filled = {**example, **services["web"]["environment"], **dict.fromkeys(secrets, "a1" * 24)}
    settings = Settings.from_env(
        {name: value for name, value in filled.items() if name.startswith("EXCHANGE_")}
    )
    assert settings.production
    assert not settings.embedded


def test_web_worker_and_beat_wait_for_the_migration(services: dict[str, Any]) -> None:
    for name in ("web", "worker", "beat"):
        waits = {other: how["condition"] for other, how in services[name]["depends_on"].items()}
        assert waits == {
            "postgres": "service_healthy",
            "redis": "service_healthy",
            "migrate": "service_completed_successfully",
        }


def test_every_service_that_stays_says_how_it_is(services: dict[str, Any]) -> None:
    asked = {name for name, service in services.items() if "test" in service.get("healthcheck", {})}
    # The web server's question stands in the image.
    assert asked | {"web", "migrate"} == set(services)
    assert "HEALTHCHECK" in (ROOT / "Dockerfile").read_text(encoding="utf-8")


def test_redis_drops_nothing_and_keeps_a_log(services: dict[str, Any]) -> None:
    command = " ".join(services["redis"]["command"])
    assert "--maxmemory-policy noeviction" in command
    assert "--appendonly yes" in command


def test_the_mail_catcher_is_for_development_only(services: dict[str, Any]) -> None:
    assert [name for name, service in services.items() if service.get("profiles")] == ["mailpit"]


def test_the_image_installs_by_hash_and_does_not_run_as_root() -> None:
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    assert "--require-hashes --no-deps -r requirements.lock" in text
    assert re.findall(r"^USER (\S+)", text, re.MULTILINE) == ["exchange"]


def test_everything_the_program_needs_goes_into_the_image() -> None:
    lines = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    allowed = {line.removeprefix("!") for line in lines if line.startswith("!")}
    needed = {"alembic.ini", "exchange", "LICENSE", "marketplace", "matching", "migrations"}
    needed |= {"pyproject.toml", "requirements.lock", "templates", "workers"}
    assert needed <= allowed
