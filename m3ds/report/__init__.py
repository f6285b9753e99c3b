"""The one-glance HTML and its plots, from frames; where frames come from is not its business."""

PAGE_VERSION = "2"
"""Changes whenever the same contents give another page."""
