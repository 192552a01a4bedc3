"""In: a seed, block numbers, options. Out: what a block draws (data, initial weights, batch orders) and its moments."""
