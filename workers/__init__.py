"""What happens without anybody waiting: Celery carries out events and sends mail."""
