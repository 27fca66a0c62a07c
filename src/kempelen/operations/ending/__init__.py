"""How HITs end: by expiry, by deletion, and by the sweeps of what falls due."""
