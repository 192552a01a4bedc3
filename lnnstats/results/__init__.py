"""Results: one long table with a status per run, and the only reader and writer of run folders."""
