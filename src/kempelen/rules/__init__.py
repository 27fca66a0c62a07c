"""Decisions without I/O: facts in, decision out. No clock, no database, no door."""
