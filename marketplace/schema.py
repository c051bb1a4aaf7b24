"""Every table of the exchange, in one import: for migrations and for tests."""

from __future__ import annotations

from marketplace.accounts import models as accounts
from marketplace.audit import AuditEntry
from marketplace.databank import models as databank
from marketplace.db import Base
from marketplace.files import StoredFile
from marketplace.intake import models as intake
from marketplace.introductions import models as introductions
from marketplace.learning import models as learning
from marketplace.listings import models as listings
from marketplace.matches import models as matches
from marketplace.merging import models as merging
from marketplace.notifications import models as notifications
from marketplace.offices import models as offices
from marketplace.organisations import models as organisations
from marketplace.outbox import Event
from marketplace.programmes import models as programmes
from marketplace.reports import models as reports

metadata = Base.metadata

__all__ = [
    "AuditEntry",
    "Event",
    "StoredFile",
    "accounts",
    "databank",
    "intake",
    "introductions",
    "learning",
    "listings",
    "matches",
    "merging",
    "metadata",
    "notifications",
    "offices",
    "organisations",
    "programmes",
    "reports",
]
