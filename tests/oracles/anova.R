# Reference values of the ANOVA family, by afex, car, effectsize, emmeans and base R; writes anova.json beside itself.
# Rscript anova.R
suppressPackageStartupMessages({library(afex); library(car); library(effectsize); library(emmeans); library(jsonlite)})
set.seed(20); options(contrasts = c("contr.sum", "contr.poly"))

long <- function(array, names) {  # array [blocks, k1, k2, ...] -> long data frame with factors in that order
  d <- expand.grid(lapply(dim(array), seq_len)); names(d) <- c("id", names)
  d[] <- lapply(d, factor); d$y <- as.vector(array); d
}
rows <- function(fit, correction) {
  a <- anova(fit, correction = correction, es = c("ges", "pes")); a <- a[rownames(a) != "(Intercept)", ]
  list(term = rownames(a), df1 = a[["num Df"]], df2 = a[["den Df"]], F = a$F, p = a[["Pr(>F)"]], ges = a$ges, pes = a$pes)
}
shares <- function(model) {
  o <- omega_squared(model, partial = TRUE, verbose = FALSE); e <- epsilon_squared(model, partial = TRUE, verbose = FALSE)
  list(term = o$Parameter, omega = o[[grep("Omega", names(o))]], epsilon = e[[grep("Epsilon", names(e))]])
}
sphere <- function(fit) {
  s <- summary(fit$Anova, multivariate = FALSE)
  list(term = rownames(s$pval.adjustments), gg = s$pval.adjustments[, "GG eps"], hf = s$pval.adjustments[, "HF eps"],
       w = s$sphericity.tests[, "Test statistic"], ss = s$univariate.tests[, "Sum Sq"],
       ss_term = rownames(s$univariate.tests), error = s$univariate.tests[, "Error SS"])
}
within_case <- function(array, names) {
  d <- long(array, names)
  fit <- aov_ez("id", "y", d, within = names, include_aov = TRUE)
  list(values = array, gg = rows(fit, "GG"), hf = rows(fit, "HF"), none = rows(fit, "none"), sphere = sphere(fit),
       shares = shares(fit$aov))
}
spread <- function(n, ...) {  # blocks with slopes of their own: far from spherical
  k <- c(...); y <- array(rnorm(n * prod(k)), c(n, k)); slope <- rnorm(n)
  y + rnorm(n) + slope * slice.index(y, 2) / 2 + 0.3 * slice.index(y, length(dim(y)))
}
mixed_case <- function(groups, between, within) {
  d <- do.call(rbind, lapply(seq_along(groups), function(g) {
    part <- long(groups[[g]], within); part$id <- paste(g, part$id); cbind(part, between[rep(g, nrow(part)), , drop = FALSE], row.names = NULL) }))
  fit <- aov_ez("id", "y", d, within = within, between = names(between), type = 3)
  list(groups = groups, gg = rows(fit, "GG"), hf = rows(fit, "HF"), none = rows(fit, "none"))
}
between_case <- function() {
  n <- c(4, 7, 5, 9, 3, 6); cell <- rep(1:6, n); d <- data.frame(A = factor((cell - 1) %/% 3), B = factor((cell - 1) %% 3))
  d$y <- rnorm(sum(n), c(0, .5, 1, .2, 1.4, .1)[cell], c(1, .5, 2, 1, .7, 1.5)[cell])
  m <- lm(y ~ A * B, d); two <- Anova(m, type = 2); three <- Anova(m, type = 3)
  hc3 <- suppressMessages(Anova(m, type = 3, white.adjust = "hc3"))
  pick <- function(a) list(term = c("A", "B", "A:B"), SS = a[c("A", "B", "A:B"), "Sum Sq"], F = a[c("A", "B", "A:B"), "F value"],
                           p = a[c("A", "B", "A:B"), "Pr(>F)"])
  o <- omega_squared(three, partial = TRUE, verbose = FALSE); e <- epsilon_squared(three, partial = TRUE, verbose = FALSE)
  emm <- emmeans(m, ~ B); table <- as.data.frame(summary(emm))
  con <- as.data.frame(summary(contrast(emm, list(c = c(-1, -1, 2) / 2)), infer = TRUE))
  list(cells = unname(split(d$y, cell)), two = pick(two), three = pick(three),
       hc3 = list(term = c("A", "B", "A:B"), F = hc3[c("A", "B", "A:B"), "F"], p = hc3[c("A", "B", "A:B"), "Pr(>F)"]),
       omega = o$Omega2_partial, epsilon = e$Epsilon2_partial,
       emm = list(mean = table$emmean, se = table$SE, df = table$df, low = table$lower.CL, high = table$upper.CL),
       contrast = list(estimate = con$estimate, se = con$SE, df = con$df, low = con$lower.CL, high = con$upper.CL, p = con$p.value))
}
welch_case <- function() {
  groups <- list(rnorm(6), rnorm(9, .8, 2), rnorm(12, .3, .4), rnorm(5, 1.5, 1)); g <- rep(1:4, lengths(groups))
  w <- oneway.test(unlist(groups) ~ g); p <- oneway.test(unlist(groups) ~ g, var.equal = TRUE)
  wt <- c(1, -1, 2, -2) / 2; v <- sapply(groups, var) / lengths(groups)
  t2 <- t.test(groups[[1]], groups[[2]])
  fit <- lm(y ~ g, data.frame(y = unlist(groups), g = factor(g)))
  con <- as.data.frame(summary(contrast(emmeans(fit, ~ g), list(c = wt)), infer = TRUE))
  list(groups = groups, F = unname(w$statistic), df = unname(w$parameter), p = w$p.value,
       omega = F_to_omega2(w$statistic, w$parameter[1], w$parameter[2])$Omega2_partial,
       classic = list(F = unname(p$statistic), p = p$p.value),
       weights = wt, unequal = list(estimate = sum(wt * sapply(groups, mean)), se = sqrt(sum(wt^2 * v)),
         df = sum(wt^2 * v)^2 / sum((wt^2 * v)^2 / (lengths(groups) - 1))),
       equal = list(estimate = con$estimate, se = con$SE, df = con$df, low = con$lower.CL, high = con$upper.CL),
       pair = list(estimate = unname(-diff(t2$estimate)), t = unname(t2$statistic), df = unname(t2$parameter), low = t2$conf.int[1], high = t2$conf.int[2]))
}
hotelling_case <- function() {
  y <- matrix(rnorm(15 * 4), 15) + rnorm(15) + rep(c(0, .3, .5, .9), each = 15)
  m <- lm(y[, -1] - y[, 1] ~ 1); z <- update(m, . ~ 0); a <- anova(m, z, test = "Hotelling-Lawley")
  list(values = y, T2 = a[2, "Hotelling-Lawley"] * 14, F = a[2, "approx F"], df1 = a[2, "num Df"], df2 = a[2, "den Df"], p = a[2, "Pr(>F)"])
}
limits_case <- function() {  # noncentrality limits by inverting R's own noncentral F
  grid <- expand.grid(f = c(.3, 2, 4.5, 30), df1 = c(1, 2.6, 5), df2 = c(4, 17.3, 200))
  at <- function(f, a, b, q) if (pf(f, a, b) <= q) 0 else uniroot(function(l) pf(f, a, b, ncp = l) - q, c(0, 50 * f * a + 100), tol = 1e-12)$root
  grid$low <- mapply(at, grid$f, grid$df1, grid$df2, .95); grid$high <- mapply(at, grid$f, grid$df1, grid$df2, .05)
  as.list(grid)
}
tails_case <- function() {
  grid <- expand.grid(f = c(0, .1, 1, 5, 40), df1 = c(1, 3.5, 12), df2 = c(3, 20.5, 1000), nc = c(0, .5, 10, 200))
  grid$lower <- pf(grid$f, grid$df1, grid$df2, ncp = grid$nc); as.list(grid)
}
published <- function() {  # O'Brien & Kaiser (1985), in afex; Moore & Krupat (1971), in carData: unbalanced both
  data(obk.long, package = "afex"); d <- obk.long; names(d)[match(c("treatment", "gender", "phase", "hour"), names(d))] <- c("A", "B", "P", "Q")
  cells <- expand.grid(B = levels(d$B), A = levels(d$A), stringsAsFactors = FALSE)
  groups <- lapply(seq_len(nrow(cells)), function(i) {
    part <- droplevels(d[d$A == cells$A[i] & d$B == cells$B[i], ])
    part <- part[order(part$Q, factor(part$P, levels(d$P)), part$id), ]
    array(part$value, c(nlevels(part$id), nlevels(d$P), nlevels(factor(d$Q)))) })
  fit <- aov_ez("id", "value", d, within = c("P", "Q"), between = c("A", "B"), type = 3)
  m <- carData::Moore; a <- Anova(lm(conformity ~ partner.status * fcategory, m), type = 3)
  list(obk = list(groups = groups, gg = rows(fit, "GG"), hf = rows(fit, "HF"), none = rows(fit, "none")),
       moore = list(cells = unname(split(m$conformity, interaction(m$fcategory, m$partner.status))),
                    F = a[2:4, "F value"], SS = a[2:4, "Sum Sq"], p = a[2:4, "Pr(>F)"]))
}
two <- data.frame(A = factor(1:2)); four <- data.frame(A = factor(c(1, 1, 2, 2)), B = factor(c(1, 2, 1, 2)))
out <- list(
  three_way = within_case(spread(12, 2, 3, 4), c("P", "Q", "R")), one_way = within_case(spread(9, 6), "P"),
  mixed = mixed_case(list(spread(7, 3), spread(11, 3) + .5), two, "P"),
  mixed_four = mixed_case(list(spread(6, 2, 3), spread(9, 2, 3), spread(5, 2, 3) + 1, spread(7, 2, 3)), four, c("P", "Q")),
  between = between_case(), welch = welch_case(), hotelling = hotelling_case(), limits = limits_case(), tails = tails_case())
out <- c(out, published())
write_json(out, "anova.json", digits = NA, auto_unbox = TRUE, na = "null")
