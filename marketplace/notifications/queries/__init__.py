"""What is read for telling people: kinds, recipients, notices, deliveries, kept mails."""
