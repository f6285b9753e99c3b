"""The ten sub-datasets: one file each, holding one declaration and one reader."""
