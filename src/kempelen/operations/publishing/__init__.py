"""Putting work up: HIT types, layouts, HITs and what their requester reads of them."""
