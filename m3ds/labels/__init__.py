"""What each source calls its diagnoses, what a text may call them, and the paper's wording."""
