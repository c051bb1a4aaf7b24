"""Offices (SPX and ITPO), the countries they cover and the officers who staff them."""
