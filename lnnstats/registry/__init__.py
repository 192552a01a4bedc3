"""The claims of the two papers and the theory around them, as data: id -> what is said, and what is tested of it."""
