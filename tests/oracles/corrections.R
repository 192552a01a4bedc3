# Reference values for lnnstats/stats/corrections: p.adjust of R's stats, multcomp's Shaffer for three groups, and literal
# closed tests over all subsets. Run: Rscript corrections.R > corrections.json
suppressMessages({library(jsonlite); library(multcomp)})

families <- list(
  spread = c(0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0000), # Benjamini & Hochberg 1995
  ties = c(0.04, 0.01, 0.04, 0.01, 0.04),
  ends = c(0, 1, 0.5, 0, 1, 0.02),
  close = c(0.021, 0.022, 0.023, 0.024),
  one = 0.03
)
methods <- c("bonferroni", "holm", "hochberg", "hommel", "BH", "BY")
adjusted <- lapply(families, function(p) sapply(methods, function(m) p.adjust(p, m), simplify = FALSE))

# Shaffer S1: the numbers of equal pairs in all partitions of k means.
partitions <- function(n, most = n) if (n == 0) list(integer()) else
  do.call(c, lapply(seq_len(min(n, most)), function(j) lapply(partitions(n - j, j), function(rest) c(j, rest))))
possible <- function(k) sort(unique(sapply(partitions(k), function(sizes) sum(choose(sizes, 2)))))
static <- function(p, k) {
  m <- length(p); s <- possible(k); o <- order(p); out <- numeric(m)
  t <- sapply(seq_len(m), function(i) max(s[s <= m - i + 1]))
  out[o] <- pmin(1, cummax(t * p[o])); out
}
set.seed(86)
shaffer <- lapply(2:7, function(k) {
  p <- rbeta(choose(k, 2), 0.4, 3)
  list(k = k, p = p, numbers = possible(k), adjusted = static(p, k))
})
three <- glht(aov(weight ~ group, PlantGrowth), linfct = mcp(group = "Tukey"))
plants <- list(p = as.numeric(summary(three, test = univariate())$test$pvalues),
               adjusted = as.numeric(summary(three, test = adjusted("Shaffer"))$test$pvalues))
four <- glht(aov(breaks ~ g, transform(warpbreaks, g = interaction(wool, tension)[, drop = TRUE])), linfct = mcp(g = "Tukey"))
breaks <- list(p = as.numeric(summary(four, test = univariate())$test$pvalues),
               adjusted = as.numeric(summary(four, test = adjusted("Shaffer"))$test$pvalues))

# The closed test of a graph: weights of a subset by taking out the others one at a time (Bretz et al. 2009).
weights_of <- function(keep, w, g) {
  for (j in setdiff(seq_along(w), keep)) {
    new <- g; new[] <- 0
    for (l in seq_along(w)) for (k in seq_along(w)) if (l != k && l != j && k != j && g[l, j] * g[j, l] < 1)
      new[l, k] <- (g[l, k] + g[l, j] * g[j, k]) / (1 - g[l, j] * g[j, l])
    w <- w + w[j] * g[j, ]; w[j] <- 0; g <- new
  }
  w
}
closed <- function(p, local) {
  m <- length(p); out <- numeric(m)
  for (code in seq_len(2^m - 1)) { keep <- which(bitwAnd(code, 2^(seq_len(m) - 1)) > 0); out[keep] <- pmax(out[keep], local(keep)) }
  out
}
graph <- function(p, w, g) closed(p, function(keep) { v <- weights_of(keep, w, g); at <- keep[v[keep] > 0]; min(1, p[at] / v[at]) })
two_doses <- list(w = c(1, 1, 0, 0) / 2, g = rbind(c(0, .5, .5, 0), c(.5, 0, 0, .5), c(0, 1, 0, 0), c(1, 0, 0, 0))) # Bretz et al. 2011, figure 9
parallel <- list(w = c(1, 1, 0, 0) / 2, g = rbind(c(0, 0, 1, 0), c(0, 0, 0, 1), c(0, 1, 0, 0), c(1, 0, 0, 0)))
chain <- list(w = c(.5, .3, .2), g = rbind(c(0, 1, 0), c(0, 0, 1), c(0, 0, 0)))
dense <- list(w = c(.4, .3, .2, .05, .05), g = { x <- matrix(c(0, 3, 1, 2, 2, 1, 0, 4, 1, 1, 2, 2, 0, 1, 5, 1, 1, 1, 0, 1, 0, 0, 3, 3, 0), 5, byrow = TRUE); x / rowSums(x) })
cases <- list(list(two_doses, c(0.01, 0.005, 0.1, 0.5)), list(two_doses, c(0.018, 0.01, 0.105, 0.006)),
              list(parallel, c(0.01, 0.005, 0.015, 0.022)), list(parallel, c(0.02, 0.015, 0.010, 0.023)),
              list(chain, c(0.03, 0.01, 0.02)), list(chain, c(0.01, 0.2, 0.001)),
              list(dense, c(0.003, 0.012, 0.02, 0.4, 0.001)), list(dense, c(0.3, 0.01, 0.0004, 0.02, 0.005)))
graphs <- lapply(cases, function(x) list(weights = x[[1]]$w, transitions = x[[1]]$g, p = x[[2]], adjusted = graph(x[[2]], x[[1]]$w, x[[1]]$g)))

ranks <- c(0, 0, 1, 1, 1, 2)
serial <- lapply(list(c(.01, .02, .001, .004, .03, .0001), c(.03, .02, .001, .2, .001, .01)), function(p)
  list(p = p, ranks = ranks, adjusted = closed(p, function(keep) { first <- keep[ranks[keep] == min(ranks[keep])]; min(1, length(first) * p[first]) })))

cat(toJSON(list(families = families, adjusted = adjusted, shaffer = shaffer, plants = plants, breaks = breaks, graphs = graphs, serial = serial),
           digits = NA, auto_unbox = TRUE, pretty = TRUE), "\n")
