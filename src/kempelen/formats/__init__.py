"""Formats that results leave in: pure functions from rows to text."""
