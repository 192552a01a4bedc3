# Reference values for Bayes factors: inputs and log factors go to bayes.json.
# Run: Rscript bayes.R   (BayesFactor, jsonlite)
suppressPackageStartupMessages({library(BayesFactor); library(jsonlite)})
one <- function(t, n1, n2, r, interval) {
  point <- ttest.tstat(t, n1 = n1, n2 = n2, rscale = r)
  inside <- ttest.tstat(t, n1 = n1, n2 = n2, rscale = r, nullInterval = interval)
  outside <- ttest.tstat(t, n1 = n1, n2 = n2, rscale = r, nullInterval = interval, complement = TRUE)
  list(t = t, n1 = n1, n2 = n2, r = r, low = interval[1], high = interval[2], log10_0 = point$bf, inside = inside$bf,
       outside = outside$bf, error = max(point$properror, inside$properror, outside$properror))
}
cases <- expand.grid(t = c(0, 0.7, 2.3, -4.1, 8), n = c(5, 20, 200), two = c(FALSE, TRUE), r = c(0.5, sqrt(2) / 2, 1))
intervals <- list(c(-0.3, 0.3), c(0, Inf), c(-Inf, 0), c(-0.1, 0.4))
rows <- lapply(seq_len(nrow(cases)), function(i) with(cases[i, ], {
  x <- intervals[[(i - 1) %% 4 + 1]]
  out <- one(t, n, if (two) n + 3 else 0, r, x)
  out[c("low", "high")] <- pmax(-1e9, pmin(1e9, x))
  out
}))
sleep_paired <- with(sleep, extra[group == 2] - extra[group == 1])
bf <- extractBF(ttestBF(sleep_paired))$bf
set.seed(2)
x <- rnorm(30); y <- 0.5 * x + rnorm(30)
correlation <- lapply(c(1 / 3, 1 / sqrt(27), 1 / 2, 1), function(k) list(kappa = k, bf = extractBF(correlationBF(x, y, rscale = k))$bf))
write_json(list(versions = list(BayesFactor = as.character(packageVersion("BayesFactor"))), t = rows,
                sleep = list(differences = sleep_paired, bf10 = bf), correlation = list(x = x, y = y, r = cor(x, y), bf10 = correlation)),
           "bayes.json", digits = NA, auto_unbox = TRUE)
