"""The worker site: finding work, doing it, being paid and heard."""
