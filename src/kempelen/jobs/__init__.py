"""Time's door: sweeps of what is due, and work from the outbox."""
