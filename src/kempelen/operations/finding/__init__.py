"""What a worker sees before accepting: groups, previews, and whether they may."""
