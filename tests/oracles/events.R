# Reference values of binary events: base R. Run: Rscript events.R (writes events.json)
library(jsonlite)

fisher <- function(a, n1, b, n2) {
  table <- matrix(c(a, n1 - a, b, n2 - b), 2)
  two <- fisher.test(table)
  list(
    counts = c(a, n1, b, n2), estimate = unname(two$estimate), limits = as.numeric(two$conf.int),
    greater = fisher.test(table, alternative = "greater")$p.value,
    less = fisher.test(table, alternative = "less")$p.value,
    greater_than_2 = fisher.test(table, or = 2, alternative = "greater")$p.value
  )
}

cochran <- function(events) {
  n <- nrow(events); k <- ncol(events)
  long <- data.frame(y = factor(as.vector(events)), level = factor(rep(1:k, each = n)), block = factor(rep(1:n, k)))
  list(events = events, q = unname(mantelhaen.test(long$level, long$y, long$block)$statistic))
}

set.seed(3)
random <- matrix(rbinom(40, 1, rep(c(0.3, 0.4, 0.6, 0.8), each = 10)), 10)
example <- cbind(c(0, 1, 0, 0, 1, 0, 0, 1, 0, 1, 0, 1), c(1, 1, 0, 1, 1, 1, 0, 1, 1, 1, 0, 1), c(0, 1, 0, 0, 0, 0, 1, 1, 0, 1, 0, 1))

# Score tests of a risk difference by direct maximisation of the likelihood (optimize), apart from any closed form.
score_independent <- function(a, n1, b, n2, delta) {
  negative <- function(p) -dbinom(a, n1, p + delta, log = TRUE) - dbinom(b, n2, p, log = TRUE)
  p <- optimize(negative, c(max(0, -delta), min(1, 1 - delta)), tol = 1e-14)$minimum
  v <- (p + delta) * (1 - p - delta) / n1 + p * (1 - p) / n2
  (a / n1 - b / n2 - delta) / sqrt(v * (n1 + n2) / (n1 + n2 - 1))
}
score_paired <- function(b, c, n, delta) {
  negative <- function(q) -b * log(q + delta) - c * log(q) - (n - b - c) * log(1 - 2 * q - delta)
  q <- optimize(negative, c(max(0, -delta) + 1e-12, (1 - delta) / 2 - 1e-12), tol = 1e-14)$minimum
  (b - c - n * delta) / sqrt(n * (2 * q + delta * (1 - delta)))
}

write_json(list(
  fisher = list(fisher(7, 15, 12, 15), fisher(3, 4, 1, 4), fisher(2, 30, 20, 44), fisher(0, 6, 4, 7)),
  cochran = list(cochran(random), cochran(example)),
  independent = lapply(c(-0.3, -0.05, 0, 0.1, 0.25), function(d) list(delta = d, z = score_independent(56, 70, 48, 80, d))),
  paired = lapply(c(-0.2, -0.1, 0.05, 0.15), function(d) list(delta = d, z = score_paired(5, 12, 60, d))),
  version = R.version.string
), "events.json", digits = NA, auto_unbox = TRUE, pretty = TRUE)
