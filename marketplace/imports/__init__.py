"""Reading tables that people bring: CSV and XLSX files of listings and of organisations."""
