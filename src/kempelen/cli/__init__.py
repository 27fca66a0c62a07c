"""The command line: a door like the others, which also starts the program."""
