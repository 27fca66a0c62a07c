"""What an audit reads: statements over ranges of keys, one snapshot a database, nothing held in memory."""
