"""`python -m kempelen`: the command line."""

from kempelen.cli.main import main

if __name__ == "__main__":
    main()
