"""Whether everybody can use a page: what axe finds wrong with it, and whether it fits its window."""

from __future__ import annotations

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

# What is right is not sent through the wire: it is a hundred times as much.
RUN = """
() => axe.run({resultTypes: ["violations"]}).then((found) => found.violations.map(
  (fault) => `${fault.id}: ${fault.nodes.map((node) => node.target.join(" ")).slice(0, 3).join("; ")}`
))
"""


def faults(page: Page) -> list[str]:
    """Return the rules of WCAG that a page breaks, and up to three places of each."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    found: list[str] = page.evaluate(RUN)
    return found


def overhang(page: Page) -> int:
    """Return how many pixels a page is wider than its window; 0 for one that fits."""
    wide: int = page.evaluate(
        "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    return wide
