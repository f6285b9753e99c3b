"""Making upstream images publishable."""

from __future__ import annotations

import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from m3ds.errors import CorruptImage, DecompressionBomb
from m3ds.imaging import decode
from m3ds.imaging.decode import clean, encode_mask, mask_plane
from m3ds.imaging.strip import strip

SECRET = b"PATIENT JANE DOE"


def picture(mode: str = "RGB", size: tuple[int, int] = (40, 24), seed: int = 0) -> Image.Image:
    rng = np.random.default_rng(seed)
    bands = len(Image.new(mode, (1, 1)).getbands())
    shape = (size[1], size[0], bands) if bands > 1 else (size[1], size[0])
    values = rng.integers(0, 256, shape, dtype=np.uint8)
    return Image.fromarray(values).convert(mode) if bands == 1 else Image.fromarray(values, mode)


def saved(image: Image.Image, kind: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def pixels(data: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(data)))


def with_exif(orientation: int | None = None) -> Image.Exif:
    exif = Image.Exif()
    exif[0x010E] = SECRET.decode()
    if orientation is not None:
        exif[0x0112] = orientation
    return exif


@pytest.mark.parametrize("mode", ["L", "RGB"])
@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_a_sound_file_is_kept_byte_for_byte(mode: str, kind: str) -> None:
    data = saved(picture(mode), kind)
    result = clean(data)
    assert result.data == data
    assert result.transforms == ()
    assert result.format == {"JPEG": "jpg", "PNG": "png"}[kind]


@given(
    progressive=st.booleans(),
    quality=st.integers(20, 95),
    subsampling=st.integers(0, 2),
    comment=st.binary(max_size=50),
    tail=st.binary(max_size=20),
)
@settings(max_examples=30, deadline=None)
def test_stripping_a_jpeg_takes_the_metadata_and_no_pixel(
    progressive: bool, quality: int, subsampling: int, comment: bytes, tail: bytes
) -> None:
    data = saved(
        picture(),
        "JPEG",
        progressive=progressive,
        quality=quality,
        subsampling=subsampling,
        exif=with_exif(),
        comment=SECRET + comment,
    )
    result = clean(data + tail)
    assert SECRET in data
    assert SECRET not in result.data
    assert np.array_equal(pixels(data), pixels(result.data))
    assert result.transforms[0].startswith("stripped:APP1,COM")
    assert strip(result.data).removed == ()


def test_stripping_a_png_takes_text_and_exif_and_no_pixel() -> None:
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Patient", SECRET.decode())
    data = saved(picture(), "PNG", pnginfo=notes, exif=with_exif(1))
    result = clean(data + b"hidden")
    assert SECRET in data
    assert SECRET not in result.data
    assert not result.data.endswith(b"hidden")
    assert np.array_equal(pixels(data), pixels(result.data))
    assert result.transforms == ("stripped:eXIf,tEXt,trailing bytes",)


@pytest.mark.parametrize("orientation", range(2, 9))
@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_orientation_is_baked_in(orientation: int, kind: str) -> None:
    data = saved(picture(), kind, exif=with_exif(orientation))
    result = clean(data)
    expected = picture() if kind == "PNG" else Image.open(io.BytesIO(data))
    turned = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_270,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_90,
    }[orientation]
    assert np.array_equal(pixels(result.data), np.asarray(expected.transpose(turned)))
    assert result.transforms == (f"exif:{orientation}", "encoded:png")
    assert Image.open(io.BytesIO(result.data)).getexif().get(0x0112) is None


def test_grey_with_opaque_alpha_becomes_grey() -> None:
    grey = picture("L")
    rgba = Image.merge("RGBA", (grey, grey, grey, Image.new("L", grey.size, 255)))
    result = clean(saved(rgba, "PNG"))
    assert result.image.mode == "L"
    assert np.array_equal(pixels(result.data), np.asarray(grey))
    assert result.transforms == ("alpha:dropped", "RGBA:L", "encoded:png")


def test_transparency_is_laid_over_black() -> None:
    rgba = Image.new("RGBA", (4, 4), (200, 100, 50, 0))
    result = clean(saved(rgba, "PNG"))
    assert not pixels(result.data).any()
    assert "alpha:over-black" in result.transforms


def test_16_bit_is_scaled_over_the_values_it_uses() -> None:
    values = np.array([[1000, 2000], [3000, 5000]], dtype=np.uint16)
    result = clean(saved(Image.fromarray(values), "PNG"))
    assert pixels(result.data).tolist() == [[0, 64], [128, 255]]
    assert result.transforms[0].endswith("min-max-8bit")


@pytest.mark.parametrize(("mode", "kind"), [("P", "PNG"), ("CMYK", "JPEG"), ("RGB", "BMP")])
def test_other_modes_and_formats_become_png(mode: str, kind: str) -> None:
    result = clean(saved(picture("RGB").convert(mode), kind))
    assert result.format == "png"
    assert Image.open(io.BytesIO(result.data)).mode in {"L", "RGB"}
    assert result.transforms[-1] == "encoded:png"


@given(st.integers(0, 1_000_000), st.sampled_from(["JPEG", "PNG"]))
@settings(max_examples=60, deadline=None)
def test_a_truncated_file_is_refused(cut: int, kind: str) -> None:
    data = saved(picture(size=(64, 64)), kind)
    with pytest.raises(CorruptImage):
        clean(data[: cut % (len(data) - 12)])


@given(st.binary(max_size=300))
def test_noise_is_refused_with_a_typed_error(noise: bytes) -> None:
    with pytest.raises(CorruptImage):
        clean(noise)


def test_a_bomb_is_refused_before_it_is_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    data = saved(picture(size=(64, 64)), "PNG")
    monkeypatch.setattr(decode, "MAX_PIXELS", 64 * 63)
    with pytest.raises(DecompressionBomb, match="64×64"):
        clean(data)


@pytest.mark.parametrize("mode", ["1", "L", "RGB", "RGBA", "P"])
def test_masks_of_any_mode_read_alike(mode: str) -> None:
    plane = np.zeros((20, 30), dtype=bool)
    plane[5:15, 8:20] = True
    image = Image.fromarray(plane.astype(np.uint8) * 255).convert(mode)
    read, _ = mask_plane(saved(image, "PNG"), 127)
    assert np.array_equal(read, plane)


def test_jpeg_ringing_is_cut_off_and_said() -> None:
    plane = np.zeros((64, 64), dtype=bool)
    plane[20:44, 20:44] = True
    grey = Image.fromarray(plane.astype(np.uint8) * 255)
    read, steps = mask_plane(saved(grey, "JPEG", quality=50), 127)
    assert np.array_equal(read, plane)
    assert steps == ("threshold:127",)


@given(st.integers(1, 40), st.integers(1, 40), st.integers(0, 2**32))
@settings(max_examples=30, deadline=None)
def test_masks_survive_encoding(width: int, height: int, seed: int) -> None:
    mask = np.random.default_rng(seed).random((height, width)) > 0.5
    data, _ = encode_mask(mask)
    image = Image.open(io.BytesIO(data))
    assert image.mode == "L"
    assert np.array_equal(np.asarray(image), mask * 255)


def test_an_orientation_that_means_nothing_keeps_the_bytes() -> None:
    data = saved(picture(), "JPEG", exif=with_exif(9))
    result = clean(data)
    assert result.transforms == ("stripped:APP1",)
    assert np.array_equal(pixels(result.data), pixels(data))


def test_only_the_first_frame_of_an_animation_is_taken_and_said() -> None:
    frames = [picture(seed=k) for k in range(3)]
    for kind in ("GIF", "PNG", "WEBP"):
        data = saved(frames[0], kind, save_all=True, append_images=frames[1:])
        result = clean(data)
        assert result.transforms[0] == "first-frame"
        assert getattr(Image.open(io.BytesIO(result.data)), "n_frames", 1) == 1


def test_the_first_picture_of_several_in_a_jpeg_is_kept_as_it_is() -> None:
    data = saved(picture(), "MPO", save_all=True, append_images=[picture(seed=1)])
    result = clean(data)
    assert result.format == "jpg"
    assert np.array_equal(pixels(result.data), pixels(data))
    assert Image.open(io.BytesIO(result.data)).format == "JPEG"


def test_pixels_that_are_no_numbers_are_refused() -> None:
    values = np.full((4, 4), np.nan, dtype=np.float32)
    with pytest.raises(CorruptImage, match="no numbers"):
        clean(saved(Image.fromarray(values), "TIFF"))
