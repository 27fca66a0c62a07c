"""What happens to work: HIT types, HITs, assignments, dispatch, review."""
