# Reference values for linear mixed models and cluster-robust slopes: data and results go to models.json.
# Run: Rscript models.R   (lme4, lmerTest, pbkrtest, clubSandwich, sandwich, jsonlite)
suppressPackageStartupMessages({library(lme4); library(lmerTest); library(pbkrtest); library(clubSandwich); library(sandwich); library(jsonlite)})
tight <- lmerControl(optimizer = "nloptwrap", optCtrl = list(algorithm = "NLOPT_LN_BOBYQA", xtol_abs = 1e-12, ftol_abs = 1e-14, xtol_rel = 1e-12, ftol_rel = 1e-15, maxeval = 1e5), check.conv.singular = "ignore")

row <- function(fit, term) {
  s <- coef(summary(fit, ddf = "Satterthwaite"))[term, ]
  k <- coef(summary(fit, ddf = "Kenward-Roger"))[term, ]
  list(estimate = s[["Estimate"]], se = s[["Std. Error"]], df = s[["df"]], t = s[["t value"]],
       kr_se = k[["Std. Error"]], kr_df = k[["df"]], kr_t = k[["t value"]],
       deviance = REMLcrit(fit), sigma = sigma(fit), singular = isSingular(fit), covariance = as.data.frame(VarCorr(fit))$vcov)
}
mixed <- function(data, formula, term) {
  fit <- suppressMessages(lmerTest::lmer(formula, data, control = tight))
  c(list(y = data$y, x = data$x, block = as.integer(factor(data$b))), row(fit, term))
}
sleep <- with(sleepstudy, data.frame(y = Reaction, x = Days, b = Subject))
set.seed(1)
holes <- sleep[-sample(nrow(sleep), 60), ]
set.seed(5)
few <- expand.grid(x = c(0, 1, 2, 4), b = 1:6)
few$y <- 10 + 2 * rnorm(6)[few$b] + (0.3 + 0.5 * rnorm(6)[few$b]) * few$x + 0.4 * rnorm(24)
set.seed(11)
pair <- expand.grid(x = 0:1, b = 1:14)
pair$y <- rnorm(14)[pair$b] + 0.5 * pair$x + 0.6 * rnorm(28)
pair <- pair[-c(2, 5, 9, 14, 20), ]
pastes <- with(Pastes, data.frame(y = strength, x = as.integer(cask), b = batch))
models <- list(
  sleepstudy = mixed(sleep, y ~ x + (x | b), "x"),
  sleepstudy_uncorrelated = mixed(sleep, y ~ x + (x || b), "x"),
  sleepstudy_intercept = mixed(sleep, y ~ x + (1 | b), "x"),
  sleepstudy_holes = mixed(holes, y ~ x + (x | b), "x"),
  six_blocks = mixed(few, y ~ x + (x | b), "x"),
  pair_holes = mixed(pair, y ~ x + (1 | b), "x"),
  pastes = mixed(pastes, y ~ x + (1 | b), "x"))
dyestuff <- list(y = Dyestuff2$Yield, block = as.integer(Dyestuff2$Batch))
zero <- suppressMessages(lmer(y ~ 1 + (1 | b), data.frame(y = dyestuff$y, b = dyestuff$block), control = tight))
dyestuff <- c(dyestuff, list(estimate = fixef(zero)[[1]], se = sqrt(vcov(zero)[1, 1]), deviance = REMLcrit(zero), singular = isSingular(zero)))
good <- lmerTest::lmer(y ~ 1 + (1 | b), data.frame(y = Dyestuff$Yield, b = Dyestuff$Batch), control = tight)
dyestuff1 <- c(list(y = Dyestuff$Yield, block = as.integer(Dyestuff$Batch)), row(good, "(Intercept)"))

robust <- function(data) {
  fit <- lm(y ~ x, data)
  v <- vcovCR(fit, cluster = data$b, type = "CR2")
  s <- coef_test(fit, vcov = v, test = "Satterthwaite")
  list(y = data$y, x = data$x, block = as.integer(factor(data$b)), estimate = coef(fit)[["x"]],
       se = s$SE[2], df = s$df[2], t = s$tstat[2], hc3 = sqrt(vcovHC(fit, "HC3")[2, 2]))
}
cluster <- list(sleepstudy = robust(sleep), sleepstudy_holes = robust(holes), six_blocks = robust(few), pair_holes = robust(pair))
write_json(list(versions = sapply(c("lme4", "lmerTest", "pbkrtest", "clubSandwich", "sandwich"), function(p) as.character(packageVersion(p))),
                mixed = models, zero_variance = dyestuff, one_way = dyestuff1, cluster = cluster),
           "models.json", digits = NA, auto_unbox = TRUE, pretty = FALSE)
