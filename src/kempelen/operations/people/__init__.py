"""Workers as requesters deal with them: qualifications, blocks, messages."""
