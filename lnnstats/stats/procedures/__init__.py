"""One procedure in each module: arrays with blocks on axis 0 in, one frozen Evidence (or curve) out."""
