"""The design: a study's cells, how they are batched and cut into chunks, what they cost, what is wrong with them."""
