# Reference values of a pair over two random factors, and of all pairs of levels. Run: Rscript crossed.R (writes crossed.json;
# R, lme4, lmerTest, jsonlite)
suppressPackageStartupMessages({ library(lme4); library(lmerTest); library(jsonlite) })
set.seed(20260505)
n <- 9; m <- 6
d <- round(.3 + .8 * rnorm(n) + rep(.6 * rnorm(m), each = n) + .7 * matrix(rnorm(n * m), n), 4)
table <- data.frame(d = c(d), block = factor(rep(1:n, m)), draw = factor(rep(1:m, each = n)))
squares <- summary(aov(d ~ block + draw, table))[[1]][["Mean Sq"]]
tight <- lmerControl(optimizer = "nloptwrap", optCtrl = list(algorithm = "NLOPT_LN_BOBYQA", xtol_abs = 1e-12, ftol_abs = 1e-14, maxeval = 1e5))
fit <- coef(summary(lmerTest::lmer(d ~ 1 + (1 | block) + (1 | draw), table, control = tight)))

k <- 4
y <- round(matrix(rnorm(12 * k), 12) + 3 + rnorm(12) + rep(c(0, .1, .5, .2), each = 12), 3)
pairs <- combn(k, 2); margin <- 1.1
tests <- apply(pairs, 2, function(p) { x <- y[, p[1]] - y[, p[2]]
  c(t.test(x, mu = margin, alternative = "less")$p.value, t.test(x, mu = -margin, alternative = "greater")$p.value,
    t.test(x)$p.value, t.test(x, conf.level = .9)$conf.int) })
write_json(list(differences = d, mean_squares = squares, estimate = fit[1, "Estimate"], error = fit[1, "Std. Error"], df = fit[1, "df"],
  t = fit[1, "t value"], levels = y, margin = margin, alike = max(tests[1:2, ]), some_differ = min(1, 6 * min(tests[3, ])),
  upper = max(abs(tests[4:5, ]))), "crossed.json", digits = NA, auto_unbox = TRUE, pretty = TRUE)
