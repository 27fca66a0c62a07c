"""Balances, bonuses, terms and quotas."""
