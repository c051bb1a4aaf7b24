"""Messages as files, each of them there whole or not at all."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Any

from kombu.transport import filesystem
from kombu.utils.json import dumps


class Channel(filesystem.Channel):
    """Kombu's channel, which writes a message in place: a reader may find it half written, and stop."""

    def _put(self, queue: str, payload: Any, **_options: Any) -> None:  # type: ignore[override]
        place, name = Path(self.data_folder_out), uuid.uuid4().hex
        unfinished = place / f"{name}.unfinished"
        unfinished.write_text(dumps(payload), encoding="utf-8")
        # Readers go by this ending.
        unfinished.replace(place / f"{name}.{queue}.msg")


class Transport(filesystem.Transport):
    """Kombu's transport with that channel."""

    Channel = Channel
