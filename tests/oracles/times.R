# Reference values of survival times: R package survival. Run: Rscript times.R (writes times.json)
library(survival)
library(jsonlite)

pair <- function(time, seen, group) {
  d <- data.frame(time = time, seen = seen, x = as.integer(group == 1), group = factor(group))
  efron <- coxph(Surv(time, seen) ~ x, data = d, ties = "efron")
  zph <- cox.zph(efron, transform = "km")
  two <- survdiff(Surv(time, seen) ~ x, data = d)
  aft <- lapply(c(lognormal = "lognormal", weibull = "weibull", loglogistic = "loglogistic"), function(dist) {
    fit <- survreg(Surv(time, seen) ~ x, data = d, dist = dist, control = survreg.control(rel.tolerance = 1e-14, maxiter = 200))
    null <- survreg(Surv(time, seen) ~ 1, data = d, dist = dist, control = survreg.control(rel.tolerance = 1e-14, maxiter = 200))
    list(estimate = unname(coef(fit)[2]), error = sqrt(diag(vcov(fit)))[[2]], lr = 2 * (fit$loglik[2] - null$loglik[2]))
  })
  horizon <- min(tapply(d$time, d$x, max))
  km <- summary(survfit(Surv(time, seen) ~ x, data = d), rmean = horizon)$table
  list(
    time = time, seen = seen, group = group,
    cox = list(estimate = unname(coef(efron)), error = sqrt(vcov(efron))[[1]], lr = 2 * diff(efron$loglik),
               score = unname(efron$score), zph = zph$table[1, "chisq"]),
    log_rank = list(chisq = two$chisq, excess = two$obs[2] - two$exp[2], variance = two$var[2, 2]),
    aft = aft,
    horizon = horizon, rmean = unname(km[, "rmean"]), rmean_error = unname(km[, "se(rmean)"]), median = unname(km[, "median"])
  )
}

leukaemia_time <- c(6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35,
                    1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23)
leukaemia_seen <- c(1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0, rep(1, 21))

set.seed(5)
n <- 60
group <- rep(1:0, each = n / 2)
raw <- round(rweibull(n, 1.3, ifelse(group == 1, 20, 12)), 1) + 0.1
end <- round(runif(n, 5, 40), 1)

many <- expand.grid(block = 1:12, level = 1:3)
many$time <- round(rexp(36, 1 / (10 * many$level)), 0) + 1
many$seen <- as.integer(runif(36) < 0.8)
three <- survdiff(Surv(time, seen) ~ level, data = many)
strata <- survdiff(Surv(time, seen) ~ level + strata(block), data = many)
pairs <- subset(many, level != 2)
exact <- coxph(Surv(time, seen) ~ I(level == 3) + strata(block), data = pairs, ties = "exact")
paired <- survdiff(Surv(time, seen) ~ level + strata(block), data = pairs)

write_json(list(
  leukaemia = pair(leukaemia_time, leukaemia_seen, rep(1:0, each = 21)),
  weibull = pair(pmin(raw, end), as.integer(raw <= end), group),
  levels = list(
    time = matrix(many$time, 12), seen = matrix(many$seen, 12),
    three = three$chisq, strata = strata$chisq,
    pairs = list(estimate = unname(coef(exact)), error = sqrt(vcov(exact))[[1]], chisq = paired$chisq)
  ),
  version = as.character(packageVersion("survival"))
), "times.json", digits = NA, auto_unbox = TRUE, pretty = TRUE)
