"""Open a built dataset folder as a trainer would, with whatever `datasets` is installed."""

import sys

import datasets
from datasets import get_dataset_config_names, load_dataset

datasets.disable_progress_bars()
folder = sys.argv[1]
configs = get_dataset_config_names(folder)
assert configs[0] == "all" or "all" in configs, configs  # noqa: S101
total = {}
for config in configs:
    loaded = load_dataset(folder, config)
    total[config] = sum(split.num_rows for split in loaded.values())
    for split in loaded.values():
        row = split[0]
        assert row["image"].size == row["mask"].size == (row["width"], row["height"])  # noqa: S101
        assert row["mask"].mode == "L", row["mask"].mode  # noqa: S101
        assert row["answer"].count("[SEG]") == (not row["is_negative"])  # noqa: S101
assert total.pop("all") == sum(total.values()), total  # noqa: S101
streamed = next(iter(load_dataset(folder, split="train", streaming=True)))
assert streamed["sample_id"]  # noqa: S101
print(f"datasets {datasets.__version__} opens {folder}: {sum(total.values())} rows, {total}")  # noqa: T201
