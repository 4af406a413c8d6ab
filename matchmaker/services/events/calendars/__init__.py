"""Calendars: ours for others to read, and others' for us."""
