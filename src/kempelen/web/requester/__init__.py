"""What a member of a requester's organisation sees here."""
