"""What whoever runs the house sees here."""
