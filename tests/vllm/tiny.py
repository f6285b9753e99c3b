"""Tiny random models in the shapes of the real ones, built offline and alike every time.

Runs in the environment of the real-server tests: `python tiny.py {qwen,llava} FOLDER`.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import torch
from safetensors.torch import save_file
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import (
    LlavaConfig,
    LlavaForConditionalGeneration,
    PreTrainedTokenizerFast,
    Qwen2_5_VLConfig,
    Qwen2_5_VLForConditionalGeneration,
)

END = "<|endoftext|>"
VOCABULARY = 512
"""More than the tokenizers fill: 256 bytes, the special tokens and some hundred merges."""

CORPUS = """\
Firstly, the modality of the image is dermoscopy. Secondly, the image shows one oval region in the
upper left quadrant, darker than its surroundings, with an irregular border. Thirdly, considering
these observations, the appearance is suspicious. Finally, the diagnosis is melanoma.
{"modality": "chest radiograph", "anatomy": "left lung", "findings": [{"observation": "opacity",
"location": "lower zone", "attributes": ["hazy"]}], "analysis": "", "reasoning": "",
"conclusion": "", "diagnosis": "no finding"}
yes
no
"""

QWEN_TEMPLATE = """\
{%- for message in messages %}{{ '<|im_start|>' + message.role + '\\n' }}
{%- if message.content is string %}{{ message.content }}{% else %}
{%- for part in message.content %}
{%- if part.type == 'text' %}{{ part.text }}
{%- else %}{{ '<|vision_start|><|image_pad|><|vision_end|>' }}{% endif %}
{%- endfor %}
{%- endif %}{{ '<|im_end|>\\n' }}
{%- endfor %}
{%- if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}"""

TEXT = {
    "vocab_size": VOCABULARY,
    "hidden_size": 64,
    "intermediate_size": 128,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "num_key_value_heads": 1,
    "max_position_embeddings": 8192,
}

CLIP_PIXELS = {
    "image_mean": [0.48145466, 0.4578275, 0.40821073],
    "image_std": [0.26862954, 0.26130258, 0.27577711],
}


def qwen(folder: Path) -> None:
    """A Qwen2.5-VL: images at their own size in cells of 28 px, and a ChatML template."""
    marks = [f"<|{name}|>" for name in ("im_start", "im_end")]
    images = [f"<|{name}|>" for name in ("vision_start", "vision_end", "image_pad", "video_pad")]
    tokenizer = _tokenizer([*marks, *images], end="<|im_end|>")
    tokenizer.chat_template = QWEN_TEMPLATE
    start, end, image, video = map(tokenizer.convert_tokens_to_ids, images)
    rope = {"rope_type": "default", "rope_theta": 1_000_000.0, "mrope_section": [4, 6, 6]}
    config = Qwen2_5_VLConfig(
        text_config={**TEXT, "rope_parameters": rope, **_ends(tokenizer)},
        vision_config={
            "depth": 2,
            "hidden_size": 64,
            "intermediate_size": 128,
            "num_heads": 2,
            "out_hidden_size": TEXT["hidden_size"],
            "fullatt_block_indexes": [1],
        },
        vision_start_token_id=start,
        vision_end_token_id=end,
        image_token_id=image,
        video_token_id=video,
    )
    torch.manual_seed(0)
    Qwen2_5_VLForConditionalGeneration(config).to(torch.bfloat16).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    processor = {
        "processor_class": "Qwen2_5_VLProcessor",
        "image_processor_type": "Qwen2VLImageProcessor",
        "min_pixels": 3136,
        "max_pixels": 12845056,
        "patch_size": 14,
        "temporal_patch_size": 2,
        "merge_size": 2,
        **CLIP_PIXELS,
    }
    _write(folder / "preprocessor_config.json", processor)


def llava(folder: Path) -> None:
    """A LLaVA shaped like the HuatuoGPT-Vision `-hf` checkpoints: Qwen2 behind CLIP at 336 px.

    Like them it has no chat template and a null `patch_size`, and its weights carry the names that
    transformers 4 gave them: vLLM 0.32 cannot load those that transformers 5 saves.
    """
    tokenizer = _tokenizer(["<image>"], end=END)
    config = LlavaConfig(
        architectures=["LlavaForConditionalGeneration"],
        dtype="bfloat16",
        text_config={**TEXT, "model_type": "qwen2", **_ends(tokenizer)},
        vision_config={
            "model_type": "clip_vision_model",
            "hidden_size": 64,
            "intermediate_size": 128,
            "num_hidden_layers": 3,
            "num_attention_heads": 2,
            "image_size": 336,
            "patch_size": 14,
        },
        image_token_index=tokenizer.convert_tokens_to_ids("<image>"),
    )
    torch.manual_seed(0)
    weights = LlavaForConditionalGeneration(config).to(torch.bfloat16).state_dict()
    config.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    named = {_old_name(name): weight for name, weight in weights.items()}
    save_file(named, folder / "model.safetensors", metadata={"format": "pt"})
    processor = {"processor_class": "LlavaProcessor", "image_token": "<image>"}
    unset = {"patch_size": None, "vision_feature_select_strategy": None}
    _write(folder / "processor_config.json", {**processor, **unset})
    pixels = {
        **processor,
        "image_processor_type": "CLIPImageProcessor",
        "do_convert_rgb": True,
        "size": {"shortest_edge": 336},
        "crop_size": {"height": 336, "width": 336},
        **CLIP_PIXELS,
    }
    _write(folder / "preprocessor_config.json", pixels)


def _old_name(name: str) -> str:
    """What transformers 4 called the weight that transformers 5 calls `name`."""
    name = name.removeprefix("model.")
    for new, old in (
        ("vision_tower.", "vision_tower.vision_model."),
        ("language_model.", "language_model.model."),
        ("lm_head.", "language_model.lm_head."),
    ):
        if name.startswith(new):
            return old + name.removeprefix(new)
    return name


def _tokenizer(marks: list[str], end: str) -> PreTrainedTokenizerFast:
    """A byte-level tokenizer trained on `CORPUS`: a digit is always a token of its own."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(False)]
    )
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=VOCABULARY,
        special_tokens=[END, *marks],
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
        show_progress=False,
    )
    tokenizer.train_from_iterator(CORPUS.splitlines(), trainer)
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, eos_token=end, pad_token=END)


def _ends(tokenizer: PreTrainedTokenizerFast) -> dict[str, int | None]:
    return {"bos_token_id": None, "eos_token_id": tokenizer.eos_token_id}


def _write(file: Path, content: dict[str, object]) -> None:
    file.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    {"qwen": qwen, "llava": llava}[sys.argv[1]](Path(sys.argv[2]))
