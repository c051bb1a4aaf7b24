"""Organisations: profile, certificates, machines, members and invitations."""
