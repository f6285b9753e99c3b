"""What happened, in order: an append-only history, and a few desk tables that may change."""
