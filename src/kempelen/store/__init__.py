"""All SQL: tables, statements built once, and the one writer that keeps them."""
