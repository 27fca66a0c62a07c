"""The house: people, organisations, keys, policies, tokens."""
