# Reference values of trends over ordered levels. Run: Rscript trends.R (writes trends.json; R, survival, jsonlite)
library(survival)
library(jsonlite)
set.seed(20260404)
n <- 11; levels <- c(1, 2, 3, 5, 8); k <- length(levels)
y <- round(exp(.4 * matrix(rnorm(n * k), n) + .5 * rnorm(n) + rep(.25 * levels, each = n)), 3)
pairs <- combn(k, 2)
theil <- function(x, l) apply(l, 1, function(row) median((row[pairs[2, ]] - row[pairs[1, ]]) / (x[pairs[2, ]] - x[pairs[1, ]])))
one <- function(b, at) list(slopes = b, median = median(b), at = at,
  p_above = binom.test(sum(b > at), length(b), .5, alternative = "greater")$p.value,
  p_below = binom.test(sum(b < at), length(b), .5, alternative = "greater")$p.value)

horizon <- 6
time <- pmin(y, horizon); seen <- (y <= horizon) * 1
long <- data.frame(time = c(time), seen = c(seen), x = rep(levels, each = n))
tight <- survreg.control(rel.tolerance = 1e-14, maxiter = 300)
aft <- lapply(c(lognormal = "lognormal", weibull = "weibull", loglogistic = "loglogistic"), function(law) {
  whole <- coef(survreg(Surv(time, seen) ~ x, long, dist = law, control = tight))[[2]]
  without <- sapply(1:n, function(i) coef(survreg(Surv(time, seen) ~ x, long[rep(1:n, k) != i, ], dist = law, control = tight))[[2]])
  list(estimate = whole, error = sqrt((n - 1) / n * sum((without - mean(without))^2)))
})

curve <- log(apply(y, 2, median))
straight <- lm(curve ~ levels); power <- lm(curve ~ log(levels))

# Is the first of a block the treatment: only the first event of each counts, so the second is censored there
first <- round(rexp(40), 3) + .001; second <- round(rexp(40, .5)^.6, 3) + .001
strata <- data.frame(time = pmin(first, second), seen = c(first < second, second < first), x = rep(1:0, each = 40), block = rep(1:40, 2))
zph <- cox.zph(coxph(Surv(time, seen) ~ x + strata(block), strata), transform = "rank")$table[1, "chisq"]

write_json(list(values = y, levels = levels,
  theil_sen = one(theil(levels, log(y)), .2), exponent = one(theil(log(levels), log(y)), .5),
  horizon = horizon, aft = aft,
  growth = list(straight = summary(straight)$r.squared, power = summary(power)$r.squared, alike = cor(levels, log(levels)),
                slope = coef(straight)[[2]], exponent = coef(power)[[2]]),
  proportional = list(first = first, second = second, chisq = zph)
), "trends.json", digits = NA, auto_unbox = TRUE, pretty = TRUE)
