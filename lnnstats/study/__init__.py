"""The study: what a file declares before anything runs."""
