"""Programmes: what offices undertake together for some sectors and countries, with the companies enrolled."""
