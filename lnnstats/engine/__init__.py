"""The engine: chunks of a design trained as batched tensor programs. The only importer of torch."""
