"""Recording how an organisation performs among its peers, and taking that back."""

from __future__ import annotations

from flask_babel import gettext as _

from marketplace import clock
from marketplace.databank.forms import BenchmarkForm
from marketplace.databank.views.blueprint import LARGEST, ONE, Answer, bp, done
from marketplace.databank.views.record import page
from marketplace.errors import Invalid
from marketplace.organisations.forms.people import ReasonForm
from marketplace.organisations.services.benchmarks import record_benchmark, withdraw_benchmark
from marketplace.web.access import needs
from marketplace.web.context import actor, transaction


@bp.post(f"{ONE}/benchmarks")
@needs("organisation:benchmark")
def benchmark(reference: str) -> Answer:
    """Record a benchmark."""
    form = BenchmarkForm()
    if form.validate():
        try:
            with transaction() as session:
                record_benchmark(session, actor(), reference, form.values(), now=clock.now())
        except Invalid as problem:
            form.blame(problem)
        else:
            return done(reference, _("The benchmark is kept."), "benchmarks")
    return page(reference, {"benchmark": form}), 422


@bp.post(f"{ONE}/benchmarks/<int(max={LARGEST}):benchmark_id>/withdraw")
@needs("organisation:benchmark")
def withdraw_measured(reference: str, benchmark_id: int) -> Answer:
    """Take a benchmark back."""
    form = ReasonForm()
    if not form.validate():
        return page(reference, {f"unbenchmark-{benchmark_id}": form}), 422
    with transaction() as session:
        withdraw_benchmark(
            session, actor(), reference,
            benchmark_id=benchmark_id, because=form.text("reason"), now=clock.now(),
        )  # fmt: skip
    return done(reference, _("Withdrawn; the record and your reason stay to be read here."), "benchmarks")
