"""`python -m m3ds` is the `m3ds` command."""

from m3ds.cli import app

if __name__ == "__main__":
    app()
