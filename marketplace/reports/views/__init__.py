"""The report on a page and in files, and the list behind each figure."""

from marketplace.reports.views import behind, files, page
from marketplace.reports.views.blueprint import bp

__all__ = ["behind", "bp", "files", "page"]
