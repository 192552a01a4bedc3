"""The report of a synthesis: its sections, made of the blocks that every report is made of."""
