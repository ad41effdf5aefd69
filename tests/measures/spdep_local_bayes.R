# Both local empirical-Bayes forms of spdep on two maps that its companion package holds.
# Made spdep_local_bayes.csv with R 4, spdep 1.2-7 (Debian's r-cran-spdep):
#     Rscript spdep_local_bayes.R > spdep_local_bayes.csv
suppressMessages(library(spdep))

rows <- function(map, events, people, near) {
  ours <- EBlocal(events, people, near, zero.policy = TRUE)$est
  geoda <- EBlocal(events, people, near, zero.policy = TRUE, geoda = TRUE)$est
  others <- sapply(near, function(i) paste(i[i > 0], collapse = " "))
  data.frame(map, area = seq_along(events), events, people, neighbours = others,
             neighbourhood = sprintf("%.15g", geoda), neighbours_own = sprintf("%.15g", ours))
}

nc <- sf::st_read(system.file("shapes/sids.shp", package = "spData")[1], quiet = TRUE)
cc89 <- read.gal(system.file("weights/ncCC89.gal", package = "spData")[1],
                 region.id = as.character(nc$FIPS))
auckland <- sf::st_read(system.file("shapes/auckland.shp", package = "spData")[1], quiet = TRUE)
found <- rbind(rows("north-carolina", nc$SID74, nc$BIR74, cc89),
               rows("auckland", auckland$M77_85, 9 * auckland$Und5_81, poly2nb(auckland)))
write.csv(found, quote = FALSE, row.names = FALSE)
