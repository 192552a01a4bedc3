# Reference values for random-effects meta-analysis: data and results go to pooled.json.
# Run: Rscript pooled.R   (metafor, jsonlite)
suppressPackageStartupMessages({library(metafor); library(jsonlite)})
tight <- list(threshold = 1e-14, maxiter = 10000, stepadj = 0.5)

one <- function(y, v) {
  fit <- rma(y, v, method = "REML", test = "knha", control = tight)
  adhoc <- rma(y, v, method = "REML", test = "adhoc", control = tight)
  range <- confint(fit, control = list(tol = 1e-14, maxiter = 1e5, tau2.max = 1e4))$random
  out <- list(y = as.numeric(y), v = as.numeric(v), estimate = as.numeric(fit$beta), se = fit$se, t = fit$zval, p = fit$pval,
              low = fit$ci.lb, high = fit$ci.ub, tau2 = fit$tau2, i2 = fit$I2 / 100, q = fit$QE, q_p = fit$QEp, adhoc_se = adhoc$se,
              tau2_low = range["tau^2", 2], tau2_high = range["tau^2", 3], i2_low = range["I^2(%)", 2] / 100, i2_high = range["I^2(%)", 3] / 100)
  if (length(y) > 2) {
    riley <- predict(fit, pi.type = "riley")
    out <- c(out, list(pi_low = riley$pi.lb, pi_high = riley$pi.ub))
  }
  out
}
bcg <- escalc(measure = "RR", ai = tpos, bi = tneg, ci = cpos, di = cneg, data = dat.bcg)
set.seed(3)
homogeneous <- data.frame(y = 0.3 + rnorm(5) * 0.05, v = c(0.1, 0.2, 0.15, 0.12, 0.3))
two <- data.frame(y = c(0.2, 0.9), v = c(0.04, 0.09))
means <- dat.normand1999
normand <- escalc(measure = "MD", m1i = m1i, sd1i = sd1i, n1i = n1i, m2i = m2i, sd2i = sd2i, n2i = n2i, data = means)
rom <- escalc(measure = "ROM", m1i = m1i, sd1i = sd1i, n1i = n1i, m2i = m2i, sd2i = sd2i, n2i = n2i, data = means)
columns <- as.list(means[, c("m1i", "sd1i", "n1i", "m2i", "sd2i", "n2i")])
write_json(list(versions = list(metafor = as.character(packageVersion("metafor"))),
                pooled = list(bcg = one(bcg$yi, bcg$vi), homogeneous = one(homogeneous$y, homogeneous$v), two = one(two$y, two$v),
                              normand = one(normand$yi, normand$vi)),
                table = columns, md = list(y = as.numeric(normand$yi), v = as.numeric(normand$vi)),
                rom = list(y = as.numeric(rom$yi), v = as.numeric(rom$vi))),
           "pooled.json", digits = NA, auto_unbox = TRUE)
