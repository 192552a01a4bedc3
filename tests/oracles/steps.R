# Reference values for planned comparisons within blocks. Run: Rscript steps.R > steps.json   (R, emmeans, afex, jsonlite)
suppressPackageStartupMessages({ library(emmeans); library(afex); library(jsonlite) })
set.seed(20260202)
n <- 9; k <- 4
y <- round(exp(matrix(rnorm(n * k), n) * .4 + rnorm(n) + rep(c(0, .3, .5, .9), each = n)), 3)
l <- log(y)
one <- function(d, mu = 0) { t <- t.test(d, mu = mu); up <- t.test(d, mu = mu, alternative = "greater")
  list(estimate = unname(t$estimate), t = unname(t$statistic), low = t$conf.int[1], high = t$conf.int[2],
       p_above = up$p.value, p_below = 1 - up$p.value, error = unname(t$stderr)) }

# Helmert-like contrast through the multivariate model of emmeans, quadratic scores through contr.poly
long <- data.frame(v = c(l), level = factor(rep(1:k, each = n)), block = factor(rep(1:n, k)))
fit <- suppressMessages(aov_ez("block", "v", long, within = "level"))
by_emmeans <- as.data.frame(summary(contrast(emmeans(fit, "level", model = "multivariate"),
  list(late = c(-.5, -.5, .5, .5))), infer = c(TRUE, TRUE)))
scores <- c(1, 2, 4, 8)
quadratic <- contr.poly(k, scores = scores)[, 2]; quadratic <- quadratic / sum(quadratic[quadratic > 0])

double <- l[, 1] - l[, 2] - l[, 3] + l[, 4]
square <- data.frame(v = c(l), a = factor(rep(c(1, 1, 2, 2), each = n)), b = factor(rep(c(1, 2, 1, 2), each = n)),
                     block = factor(rep(1:n, k)))
interaction_f <- anova(suppressMessages(aov_ez("block", "v", square, within = c("a", "b"))))["a:b", ]
wide <- array(rnorm(n * 2 * 3), c(n, 2, 3)); s3 <- c(0, 1, 3)
slopes <- sapply(1:n, function(i) coef(lm(wide[i, 1, ] ~ s3))[2] - coef(lm(wide[i, 2, ] ~ s3))[2])

steps <- lapply(1:(k - 1), function(j) one(l[, j + 1] - l[, j]))
to_first <- lapply(2:k, function(j) one(l[, j] - l[, 1]))

# Max-T over all 2^n joint sign flips, single-step and step-down (Westfall & Young), differences from the first level
d <- l[, -1] - l[, 1]; signs <- as.matrix(expand.grid(rep(list(c(1, -1)), n)))
tstat <- function(x) colMeans(x) / (apply(x, 2, sd) / sqrt(n))
flipped <- function(x) t(apply(signs, 1, function(s) tstat(x * s)))
westfall <- function(x) {
  t0 <- tstat(x); all <- flipped(x); order <- order(-t0)
  single <- sapply(t0, function(t) mean(apply(all, 1, max) >= t - 1e-9))
  down <- cummax(sapply(seq_along(order), function(i)
    mean(apply(all[, order[i:length(order)], drop = FALSE], 1, max) >= t0[order[i]] - 1e-9)))
  down[order] <- down
  list(t = unname(t0), single = unname(single), down = unname(down))
}
union <- function(x) mean(apply(signs, 1, function(s) max(colMeans(x * s))) >= max(colMeans(x)) - 1e-12)
thresholds <- c(.1, .3, -.2)
cat(toJSON(list(values = y, scores = scores, quadratic = quadratic,
  contrast = list(t = by_emmeans$t.ratio, estimate = by_emmeans$estimate, low = by_emmeans$lower.CL,
                  high = by_emmeans$upper.CL, error = by_emmeans$SE),
  polynomial = one(as.vector(l %*% quadratic)), interaction = one(double), interaction_f = interaction_f[["F"]],
  wide = wide, wide_scores = s3, slopes = one(slopes), steps = steps, to_first = to_first,
  max_t = westfall(d), max_t_shifted = westfall(sweep(d, 2, thresholds)), thresholds = thresholds,
  union = union(d), union_shifted = union(d - .2)), digits = NA, auto_unbox = TRUE, pretty = TRUE))
