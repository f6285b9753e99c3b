"""One thin module per verb: take from the ledger, call a room, append, report."""
