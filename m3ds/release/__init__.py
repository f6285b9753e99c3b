"""From accepted samples to a dataset folder: splits, parquet, card, and the checks on them."""
