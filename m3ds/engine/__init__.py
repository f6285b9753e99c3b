"""Mapping a pure function over many items with bounded memory. `local` is this machine's cores."""
