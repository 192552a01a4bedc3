# Reference values for rank tests of several levels. Run: Rscript ranks.R > ranks.json   (R, coin, effectsize, afex, jsonlite)
suppressPackageStartupMessages({ library(coin); library(jsonlite); library(afex) })
set.seed(20260101)
long <- function(m) data.frame(y = c(m), level = factor(rep(seq_len(ncol(m)), each = nrow(m))),
                               block = factor(rep(seq_len(nrow(m)), ncol(m))))
resampled <- function(test) as.numeric(pvalue(test))
draws <- 200000

within <- function(m) {
  # quade.test and coin rank the ranges as computed, so that 5.55 - 5.40 and 5.85 - 5.70 do not tie: whole numbers do
  whole <- round(m * 100)
  d <- long(m); f <- friedman.test(m); q <- quade.test(whole)
  # friedman.test gives chi-squared; Kendall's W = chi-squared / (n (k - 1)), Iman & Davenport's F = (n - 1) W / (1 - W)
  list(values = m, chi2 = unname(f$statistic), w = as.data.frame(effectsize::kendalls_w(m, ci = NULL))[[1]],
       quade_f = unname(q$statistic), quade_p = q$p.value,
       coin_chi2 = as.numeric(statistic(friedman_test(y ~ level | block, d))),
       coin_p = resampled(friedman_test(y ~ level | block, d, distribution = approximate(nresample = draws))),
       quade_coin_p = resampled(quade_test(y ~ level | block, long(whole), distribution = approximate(nresample = draws))),
       mean_p = resampled(symmetry_test(y ~ level | block, d, teststat = "quadratic",
                                        distribution = approximate(nresample = draws))))
}
# ?friedman.test (Hollander & Wolfe 1973, table 1, rounding first base) and ?quade.test (Conover 1999, hand lotions)
rounding <- matrix(c(5.40, 5.50, 5.55, 5.85, 5.70, 5.75, 5.20, 5.60, 5.50, 5.55, 5.50, 5.40, 5.90, 5.85, 5.70,
  5.45, 5.55, 5.60, 5.40, 5.40, 5.35, 5.45, 5.50, 5.35, 5.25, 5.15, 5.00, 5.85, 5.80, 5.70, 5.25, 5.20, 5.10,
  5.65, 5.55, 5.45, 5.60, 5.35, 5.45, 5.05, 5.00, 4.95, 5.50, 5.50, 5.40, 5.45, 5.55, 5.50, 5.55, 5.55, 5.35,
  5.45, 5.50, 5.55, 5.50, 5.45, 5.25, 5.65, 5.60, 5.40, 5.70, 5.65, 5.55, 6.30, 6.30, 6.25), 22, byrow = TRUE)
lotions <- matrix(c(5, 4, 7, 10, 12, 1, 3, 1, 0, 2, 16, 12, 22, 22, 35, 5, 4, 3, 5, 4, 10, 9, 7, 13, 10,
  19, 18, 28, 37, 58, 10, 7, 6, 8, 7), 7, byrow = TRUE)
small <- matrix(round(rnorm(24), 1) + rep(c(0, 0, .3, .6), each = 6), 6)
tied <- matrix(sample(0:3, 40, TRUE), 8) + rep(0:4, each = 8) / 2 - rep(0:4, each = 8) %% 2 / 2

between <- function(groups) {
  d <- data.frame(y = unlist(groups), g = factor(rep(seq_along(groups), lengths(groups))))
  k <- kruskal.test(y ~ g, d)
  # all labellings of J, pairs tied counted half
  j <- function(labels) sum(outer(labels, labels, "<") * (outer(d$y, d$y, "<") + outer(d$y, d$y, "==") / 2))
  labels <- as.integer(d$g)
  drawn <- replicate(5000, j(sample(labels)))
  list(groups = unname(lapply(groups, as.list)), h = unname(k$statistic), p = k$p.value,
       epsilon = as.data.frame(effectsize::rank_epsilon_squared(y ~ g, data = d, ci = NULL))[[1]],
       coin_p = resampled(kruskal_test(y ~ g, d, distribution = approximate(nresample = draws))),
       j = j(labels), j_p = (1 + sum(drawn >= j(labels))) / 5001,
       # Kendall's S of value and group is 2 J minus the untied pairs of groups; its variance holds for ties in both
       j_z = { s <- cor.test(d$y, labels, method = "kendall", exact = FALSE); unname(s$statistic) })
}
mucociliary <- list(c(2.9, 3.0, 2.5, 2.6, 3.2), c(3.8, 2.7, 4.0, 2.4), c(2.8, 3.4, 3.7, 2.2, 2.0))
knowledge <- list(c(40, 35, 38, 43, 44, 41), c(38, 40, 47, 44, 40, 42), c(48, 40, 45, 43, 46, 44))
uneven <- list(round(rnorm(5), 1), round(rnorm(9, .5), 1), round(rnorm(4, 1), 1), round(rnorm(7, 1), 1))

art <- function(y) {           # y: blocks x a x b, aligned by hand, ranked, analysed by afex
  d <- expand.grid(s = factor(seq_len(dim(y)[1])), a = factor(seq_len(dim(y)[2])), b = factor(seq_len(dim(y)[3])))
  d$y <- c(y)
  cell <- ave(d$y, d$a, d$b); ra <- ave(d$y, d$a); rb <- ave(d$y, d$b); grand <- mean(d$y)
  parts <- list(first = ra - grand, second = rb - grand, interaction = cell - ra - rb + grand)
  names_of <- c(first = "a", second = "b", interaction = "a:b")
  run <- function(effect) {
    d$r <- rank(round(d$y - cell + parts[[effect]], 10))
    fit <- suppressMessages(suppressWarnings(aov_ez("s", "r", d, within = c("a", "b"))))
    t <- anova(fit, correction = "GG")[names_of[[effect]], ]
    list(f = t[["F"]], df1 = t[["num Df"]], df2 = t[["den Df"]], p = t[["Pr(>F)"]])
  }
  list(values = y, effects = sapply(names(parts), run, simplify = FALSE))
}
crossed <- array(round(rnorm(10 * 2 * 3), 2) + rep(rnorm(10), 6), c(10, 2, 3)); crossed[, 2, 3] <- crossed[, 2, 3] + 1
square <- array(round(rexp(12 * 2 * 2), 2), c(12, 2, 2))

strata <- local({
  d <- data.frame(y = round(rnorm(24), 2), g = factor(rep(1:3, 8)), s = factor(rep(1:2, each = 12)))
  d$y <- d$y + 3 * (d$s == 2) + .8 * (d$g == 3)
  test <- independence_test(y ~ g | s, d, teststat = "quadratic", distribution = approximate(nresample = draws))
  list(y = d$y, g = as.integer(d$g), s = as.integer(d$s), p = resampled(test))
})
cat(toJSON(list(
  within = list(rounding = within(rounding), lotions = within(lotions), small = within(small), tied = within(tied)),
  between = list(mucociliary = between(mucociliary), knowledge = between(knowledge), uneven = between(uneven)),
  art = list(crossed = art(crossed), square = art(square)), strata = strata, draws = draws),
  digits = NA, auto_unbox = TRUE, pretty = TRUE))
