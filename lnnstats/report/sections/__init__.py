"""One file a section: what a reader asks, answered from the subject in blocks; None where there is nothing to say."""
