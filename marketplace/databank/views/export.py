"""The list as a file."""

from __future__ import annotations

from flask import request
from werkzeug.exceptions import NotFound as PageNotFound

from marketplace import clock
from marketplace.databank.queries.listed import every_row
from marketplace.databank.services.export import note_export
from marketplace.databank.views.blueprint import Answer, bp
from marketplace.databank.views.listed import asked_for, offered_offices
from marketplace.databank.views.table import HEAD, cells_of, sheet_name
from marketplace.policy import allowed
from marketplace.reports.views.files import table_file
from marketplace.web.access import needs
from marketplace.web.context import actor, reading, transaction


@bp.post("/desk/databank/export")
@needs("databank:export")
def export() -> Answer:
    """Give the filtered list, all of it; who took it is noted before it goes out."""
    ending = request.form.get("ending", "")
    if ending not in {"csv", "xlsx"}:
        raise PageNotFound
    asked = asked_for(offered_offices())
    with reading() as session:
        rows = [
            cells_of(row, contacts=allowed(actor(), "organisation:contacts", row.organisation))
            for row in every_row(session, actor(), asked.wanted, asked.order, clock.now())
        ]
    # What was searched for may be a name: it stays out of the record.
    filters = {name: word for name, word in asked.words.items() if name != "q"}
    with transaction() as session:
        note_export(session, actor(), filters=filters, ending=ending, rows=len(rows), now=clock.now())
    return table_file(ending, f"databank-{clock.today().isoformat()}", sheet_name(), HEAD, rows)
