"""m3ds: rebuild the Medical Diagnosis Segmentation dataset from its ten public sources."""

__version__ = "0.1.0"
