# Reference values of two independent groups: base R, coin, effectsize. Run: Rscript groups.R (writes groups.json)
suppressPackageStartupMessages({library(coin); library(effectsize); library(jsonlite)})
set.seed(32)

welch <- function(x, y, equal) {
  t <- t.test(x, y, var.equal = equal)
  list(statistic = t$statistic[[1]], df = t$parameter[[1]], error = t$stderr, limits = as.numeric(t$conf.int),
       greater = t.test(x, y, var.equal = equal, alternative = "greater")$p.value)
}
yuen <- function(x, y, trim) {
  part <- function(v) {
    n <- length(v); g <- floor(trim * n); s <- sort(v); h <- n - 2 * g
    c(mean(v, trim = trim), (n - 1) * var(pmin(pmax(v, s[g + 1]), s[n - g])) / (h * (h - 1)), h - 1)
  }
  a <- part(x); b <- part(y); v <- a[2] + b[2]; df <- v^2 / (a[2]^2 / a[3] + b[2]^2 / b[3]); d <- a[1] - b[1]
  list(trim = trim, estimate = d, error = sqrt(v), df = df, limits = d + c(-1, 1) * qt(.975, df) * sqrt(v))
}
brunner_munzel <- function(x, y) {  # Brunner & Munzel (2000), from ranks
  n <- length(x); m <- length(y); r <- rank(c(x, y)); rx <- r[1:n]; ry <- r[n + 1:m]
  sx <- sum((rx - rank(x) - mean(rx) + (n + 1) / 2)^2) / (n - 1); sy <- sum((ry - rank(y) - mean(ry) + (m + 1) / 2)^2) / (m - 1)
  p <- (mean(rx) - mean(ry)) / (n + m) + .5; error <- sqrt(sx / (n * m^2) + sy / (m * n^2))
  df <- (sx / m + sy / n)^2 / ((sx / m)^2 / (n - 1) + (sy / n)^2 / (m - 1))
  list(estimate = p, statistic = (p - .5) / error, df = df, limits = p + c(-1, 1) * qt(.975, df) * error,
       greater = pt((p - .5) / error, df, lower.tail = FALSE))
}
cliff <- function(x, y) {  # Feng & Cliff (2004), from the dominance matrix
  d <- sign(outer(x, y, "-")); n <- length(x); m <- length(y); delta <- mean(d)
  v <- (m^2 * sum((rowMeans(d) - delta)^2) + n^2 * sum((colMeans(d) - delta)^2) - sum((d - delta)^2)) / (n * m * (n - 1) * (m - 1))
  z <- qnorm(.975)
  c(delta, (delta - delta^3 + c(-1, 1) * z * sqrt(v) * sqrt((1 - delta^2)^2 + z^2 * v)) / (1 - delta^2 + z^2 * v))
}
studentised <- function(x, y) {  # every relabelling, one at a time
  v <- c(x, y); t <- function(i) t.test(v[i], v[-i])$statistic[[1]]
  observed <- t(seq_along(x)); all <- combn(length(v), length(x), t)
  list(greater = mean(all >= observed - 1e-9), less = mean(all <= observed + 1e-9))
}
effect <- function(e) as.numeric(e[1, c(1, 3, 4)])
groups <- function(x, y) list(
  treatment = x, reference = y, welch = welch(x, y, FALSE), pooled = welch(x, y, TRUE),
  g = effect(hedges_g(x, y)), average = effect(cohens_d(x, y, pooled_sd = FALSE)), glass = effect(glass_delta(x, y)),
  yuen = lapply(c(.1, .2), function(g) yuen(x, y, g)), brunner_munzel = brunner_munzel(x, y), cliff = cliff(x, y),
  permutation = if (choose(length(x) + length(y), length(x)) < 7000) studentised(x, y)
)
one_way <- function(values, treated, block) {  # equal groups, where the plain and the studentised test are the same
  d <- data.frame(values, treated = factor(treated, c(TRUE, FALSE)), block = factor(block))
  p <- function(side) as.numeric(pvalue(oneway_test(values ~ treated | block, d, distribution = "exact", alternative = side)))
  list(values = values, treated = treated, block = block, greater = p("greater"), less = p("less"))
}

pain <- list(c(1, 2, 1, 1, 1, 1, 1, 1, 1, 1, 2, 4, 1, 1), c(3, 3, 4, 3, 1, 2, 3, 1, 1, 5, 4))  # Brunner & Munzel (2000)
labels <- rep(c(TRUE, FALSE), 8)
writeLines(toJSON(list(
  groups = list(
    sleep = groups(sleep$extra[11:20], sleep$extra[1:10]), pain = groups(pain[[2]], pain[[1]]),
    small = groups(round(rnorm(6, .8, 2), 3), round(rnorm(9), 3)), skewed = groups(rlnorm(21, .4), rlnorm(15))
  ),
  one_way = list(one_way(round(rnorm(16, 0, 9)) + 4 * labels, labels, rep(1, 16)),
                 one_way(round(rnorm(16, 0, 9)) + 4 * labels, labels, rep(1:4, each = 4)))
), digits = NA, auto_unbox = TRUE), "groups.json")
