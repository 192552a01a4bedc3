"""How often every 5% test errs and every 95% interval covers, in simulated worlds whose truth is known."""
