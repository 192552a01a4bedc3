"""Analysis of variance: designs, sums of squares, sphericity, shares of variance."""
