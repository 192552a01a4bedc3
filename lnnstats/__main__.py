"""`python -m lnnstats`."""

from lnnstats.cli import main

if __name__ == "__main__":
    main()
