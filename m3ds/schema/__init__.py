"""The words that every room shares: frozen pydantic models, and nothing that does anything."""
