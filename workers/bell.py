"""The bell: says that there is work, and never fails whoever rings it."""

from __future__ import annotations

import logging
import time

from celery import Celery
from kombu.exceptions import KombuError
from kombu.exceptions import OperationalError as BrokerError

from workers.broker import BELL_LIFE_SECONDS

# After a failure nobody rings for so long: a broker that hangs would hold up every request.
QUIET_SECONDS = 5.0

log = logging.getLogger(__name__)


class Bell:
    """Sends the names of tasks, without arguments: what there is to do stands in the database.

    Parameters
    ----------
    celery
        Whose broker carries them.
    """

    def __init__(self, celery: Celery) -> None:
        self._celery = celery
        self._quiet_until = 0.0

    def ring(self, task: str) -> bool:
        """Ask for a task to be run by any worker.

        Returns
        -------
        bool
            Whether the broker took it; where not, the sweep finds the work some seconds later.
        """
        if time.monotonic() < self._quiet_until:
            return False
        try:
            self._celery.send_task(task, expires=BELL_LIFE_SECONDS, retry=False, ignore_result=True)
        except (BrokerError, KombuError, OSError) as error:
            self._quiet_until = time.monotonic() + QUIET_SECONDS
            log.warning("the bell for %r did not ring (%s); the sweep will find the work", task, error)
            return False
        return True
