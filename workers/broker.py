"""The Celery application: Redis in production, a folder where everything lives in one process."""

from __future__ import annotations

from typing import Any

from celery import Celery
from celery.signals import setup_logging

from marketplace.settings import Settings

QUEUE = "exchange"
# What no bell announced waits for the sweep at most this long.
SWEEP_SECONDS = 5.0
EXPIRE_SECONDS = 3600.0
# What scores have meant is learnt once a night; asked more often, to make up for a night without power.
CALIBRATE_SECONDS = 1800.0
# A quarter is closed four times a year; asked more often, so that those of before an upgrade are soon closed.
CLOSE_SECONDS = 900.0
# A time limit ends at midnight, and a reminder is there in the morning: minutes do not matter.
KEEP_TIME_SECONDS = 300.0
# Redis gives a task to another worker after this; a task must be over before.
VISIBILITY_SECONDS = 120
TIME_LIMIT_SECONDS = 110
SOFT_TIME_LIMIT_SECONDS = 100
# The one task that may take longer; see tasks.py.
BRING_IN_SECONDS = 900
SOFT_SHUTDOWN_SECONDS = 10.0
# A web request that rings must not wait for a Redis that hangs.
PATIENCE_SECONDS = 2.0
# A message that nobody took for so long is pointless: the sweep has done its work.
BELL_LIFE_SECONDS = 60

FOLDER_OPTIONS = {"polling_interval": 0.05}
REDIS_OPTIONS = {
    "visibility_timeout": VISIBILITY_SECONDS,
    # With the defaults, what a dead worker held comes back only after some hundred seconds more.
    "unacked_restore_interval": 1,
    "unacked_restore_throttle": 1,
    "socket_connect_timeout": PATIENCE_SECONDS,
    "socket_timeout": PATIENCE_SECONDS,
    "socket_keepalive": True,
    # Whoever rings gives up at once; workers wait for Redis by settings of their own.
    "max_retries": 1,
    "interval_start": 0,
}

SCHEDULE = {
    "sweep": {"task": "sweep", "schedule": SWEEP_SECONDS, "options": {"expires": SWEEP_SECONDS}},
    "keep_time": {
        "task": "keep_time",
        "schedule": KEEP_TIME_SECONDS,
        "options": {"expires": KEEP_TIME_SECONDS},
    },
    "expire": {"task": "expire", "schedule": EXPIRE_SECONDS, "options": {"expires": EXPIRE_SECONDS}},
    "calibrate": {
        "task": "calibrate",
        "schedule": CALIBRATE_SECONDS,
        "options": {"expires": CALIBRATE_SECONDS},
    },
    "close_quarters": {
        "task": "close_quarters",
        "schedule": CLOSE_SECONDS,
        "options": {"expires": CLOSE_SECONDS},
    },
}


def make_celery(settings: Settings) -> Celery:
    """Make the Celery application of this process, and make it the one that all threads use.

    Parameters
    ----------
    settings
        Without an address of Redis, messages are files under ``var/broker``.
    """
    # We say ourselves how to log; Celery would take the root logger over.
    setup_logging.connect(_leave_logging, weak=False, dispatch_uid="exchange")
    celery = Celery("exchange", set_as_current=False)
    celery.conf.update(_broker(settings))
    celery.conf.update(
        accept_content=["json"],
        beat_schedule=SCHEDULE,
        broker_connection_retry_on_startup=True,
        broker_connection_timeout=PATIENCE_SECONDS,
        enable_utc=True,
        result_accept_content=["json"],
        result_serializer="json",
        task_acks_late=True,
        task_default_queue=QUEUE,
        task_ignore_result=True,
        task_reject_on_worker_lost=True,
        task_serializer="json",
        task_soft_time_limit=SOFT_TIME_LIMIT_SECONDS,
        task_time_limit=TIME_LIMIT_SECONDS,
        timezone="UTC",
        worker_enable_remote_control=False,
        worker_prefetch_multiplier=1,
        worker_soft_shutdown_timeout=SOFT_SHUTDOWN_SECONDS,
    )
    # A thread of a pool would otherwise talk to Celery's default application, on amqp://localhost.
    celery.set_default()
    return celery


def _broker(settings: Settings) -> dict[str, Any]:
    if settings.redis_url:
        return {"broker_url": settings.redis_url, "broker_transport_options": REDIS_OPTIONS}
    place = settings.var / "broker"
    place.mkdir(parents=True, exist_ok=True)
    names = ("data_folder_in", "data_folder_out", "processed_folder", "control_folder")
    folders: dict[str, Any] = dict.fromkeys(names, str(place))
    return {
        "broker_url": "filesystem://localhost",
        "broker_transport": "workers.folder:Transport",
        "broker_transport_options": folders | FOLDER_OPTIONS,
    }


def _leave_logging(**_options: Any) -> None:
    """Do nothing: the roof has set up logging."""
