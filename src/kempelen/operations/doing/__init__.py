"""A worker's assignment, from the acceptance to the answer or the return."""
