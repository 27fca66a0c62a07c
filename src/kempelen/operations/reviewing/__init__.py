"""What becomes of answers: decisions, review policies and their reports."""
