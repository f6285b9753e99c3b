"""How large the parts of a parquet file may be."""

MAX_ROW_GROUP = 64 << 20
"""Image and mask bytes in one row group; the Hub's viewer refuses 286 MiB."""

MAX_SHARD = 450 << 20
"""Image and mask bytes in one file."""
