# Reference values of two levels within blocks: base R, coin, boot, effectsize. Run: Rscript pairs.R (writes pairs.json)
suppressPackageStartupMessages({library(coin); library(boot); library(effectsize); library(jsonlite)})
set.seed(31)

signed_ranks <- function(x, y, shift) {  # coin: exact given ties and zeros (Pratt); rounded, for it ranks float ties apart
  d <- round(x - y - shift, 9); zero <- 0 * d
  p <- function(side) pvalue(wilcoxsign_test(d ~ zero, distribution = "exact", zero.method = "Pratt", alternative = side))
  list(shift = shift, greater = as.numeric(p("greater")), less = as.numeric(p("less")))
}
trimmed <- function(d, trim) {  # Yuen (1974), one sample
  n <- length(d); g <- floor(trim * n); s <- sort(d); w <- pmin(pmax(d, s[g + 1]), s[n - g]); h <- n - 2 * g
  error <- sqrt((n - 1) * var(w) / (h * (h - 1))); m <- mean(d, trim = trim)
  list(trim = trim, mean = m, error = error, df = h - 1, limits = m + c(-1, 1) * qt(.975, h - 1) * error)
}
flips <- function(d) {
  signs <- as.matrix(expand.grid(rep(list(c(1, -1)), length(d))))
  mean(signs %*% d >= sum(d) - 1e-9)
}
bonett <- function(x, y) {  # d_av with the limits of Bonett (2008), as statpsych::ci.stdmean.ps writes them
  v1 <- var(x); v2 <- var(y); s <- sqrt((v1 + v2) / 2); df <- length(x) - 1; cor <- cor(x, y)
  vd <- v1 + v2 - 2 * cor * sqrt(v1 * v2); d <- (mean(x) - mean(y)) / s
  se <- sqrt(d^2 * (v1^2 + v2^2 + 2 * cor^2 * v1 * v2) / (8 * df * s^4) + vd / (df * s^2))
  c(d, d + c(-1, 1) * qnorm(.975) * se)
}
effect <- function(e) as.numeric(e[1, c(1, 3, 4)])
pair <- function(x, y, shifts) {
  d <- x - y; t <- t.test(x, y, paired = TRUE)
  out <- list(
    treatment = x, reference = y,
    t = list(statistic = t$statistic[[1]], df = t$parameter[[1]], estimate = mean(d), error = t$stderr,
             greater = t.test(x, y, paired = TRUE, alternative = "greater")$p.value, limits = as.numeric(t$conf.int)),
    d_z = effect(cohens_d(x, y, paired = TRUE)), g_z = effect(hedges_g(x, y, paired = TRUE)), d_av = bonett(x, y),
    wilcoxon = lapply(shifts, function(s) signed_ranks(x, y, s)), trimmed = lapply(c(.1, .2), function(g) trimmed(d, g)),
    sign = binom.test(sum(d > 0), sum(d != 0), alternative = "greater")$p.value,
    flip = if (length(d) <= 14) flips(d)
  )
  if (!anyDuplicated(abs(d)) && all(d != 0)) {
    w <- wilcox.test(d, conf.int = TRUE, exact = TRUE)
    out$hodges_lehmann <- c(w$estimate[[1]], as.numeric(w$conf.int))
  }
  out
}
fieller <- function(x, y) {  # thresholds at which t.test of x - r y has p = .025, by root finding
  rhat <- mean(x) / mean(y)
  p <- function(side) function(l) t.test(x - exp(l) * y, alternative = side)$p.value - .025
  root <- function(f, range) uniroot(f, range, tol = 1e-13)$root
  list(treatment = x, reference = y, estimate = log(rhat), t = t.test(x - y)$statistic[[1]],
       greater = t.test(x - y, alternative = "greater")$p.value,
       low = root(p("greater"), c(log(rhat) - 3, log(rhat))), high = root(p("less"), c(log(rhat), log(rhat) + 3)))
}
bca <- function(d, R) {
  b <- boot(d, function(v, i) mean(v[i]), R)
  L <- empinf(b, type = "jack")
  ci <- boot.ci(b, type = c("perc", "bca"), L = L)
  list(values = d, replicates = as.numeric(b$t), bias = qnorm(mean(b$t < b$t0)),
       acceleration = sum(L^3) / (6 * sum(L^2)^1.5), percentile = ci$percent[4:5], bca = ci$bca[4:5])
}

x <- round(rlnorm(17), 4); y <- round(1.4 * rlnorm(17), 4)
tied_x <- c(3, 5, 2, 8, 6, 4, 4, 7, 9, 2, 5, 6); tied_y <- c(3, 3, 4, 5, 6, 1, 4, 5, 8, 4, 5, 2)
positive <- 2 + abs(rnorm(14)); other <- positive * runif(14, .6, 1.3)
writeLines(toJSON(list(
  pairs = list(
    sleep = pair(sleep$extra[11:20], sleep$extra[1:10], c(0, .5, 1.3)),
    free = pair(x, y, c(-1, -.4, 0, .37)), tied = pair(tied_x, tied_y, c(-1, 0, .5, 1, 2))
  ),
  fieller = list(fieller(positive, other), fieller(x, y)),
  bootstrap = list(bca(x - y, 999), bca(rexp(40), 999))
), digits = NA, auto_unbox = TRUE), "pairs.json")
