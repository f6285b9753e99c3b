"""The loop of author, checks and critic over one sample, and the form of its texts."""
