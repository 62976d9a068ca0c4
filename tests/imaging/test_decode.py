"""Any accepted file becomes upright RGB; everything else is refused politely."""

import io
import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from dragon_app.core.errors import BadImageError
from dragon_app.core.ports import Pixels
from dragon_app.imaging import decode
from dragon_app.imaging.decode import (
    INSPECTED_PX,
    decode_bytes,
    decode_file,
    inspect_bytes,
    read_file,
)


def encoded(image: Image.Image, form: str, **options: object) -> bytes:
    file = io.BytesIO()
    image.save(file, form, **options)
    return file.getvalue()


def halves(width: int = 60, height: int = 40) -> Image.Image:
    """A picture red on the left and blue on the right."""
    image = Image.new("RGB", (width, height), (200, 30, 30))
    image.paste((30, 30, 200), (width // 2, 0, width, height))
    return image


def noise(width: int, height: int) -> Image.Image:
    coarse = np.random.default_rng(0).integers(0, 256, (height // 8, width // 8, 3), np.uint8)
    return Image.fromarray(coarse).resize((width, height))


def assert_halves(pixels: Pixels) -> None:
    assert pixels[20, 10].tolist() == pytest.approx([200, 30, 30], abs=12)
    assert pixels[20, 50].tolist() == pytest.approx([30, 30, 200], abs=12)


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "AVIF", "HEIF", "BMP", "TIFF", "GIF"])
def test_every_accepted_format_decodes(form: str) -> None:
    photo = inspect_bytes(encoded(halves(), form))
    assert (photo.format, photo.width_px, photo.height_px) == (form, 60, 40)
    assert photo.pixels.shape == (40, 60, 3)
    assert_halves(photo.pixels)


def test_the_content_decides_and_not_the_suffix(tmp_path: Path) -> None:
    path = tmp_path / "photo.txt"
    path.write_bytes(encoded(halves(), "PNG"))
    assert inspect_bytes(read_file(path)).format == "PNG"


def test_pixels_are_contiguous_bytes(tmp_path: Path) -> None:
    path = tmp_path / "photo.jpg"
    path.write_bytes(encoded(halves(), "JPEG"))
    pixels = decode_file(path)
    assert pixels.dtype == np.uint8
    assert pixels.flags.c_contiguous


def test_a_phone_photo_with_a_second_picture_inside_decodes() -> None:
    file = io.BytesIO()
    halves().save(file, "MPO", save_all=True, append_images=[halves()])
    assert_halves(decode_bytes(file.getvalue()))


def test_only_the_first_frame_of_an_animation_is_taken() -> None:
    file = io.BytesIO()
    halves().save(file, "GIF", save_all=True, append_images=[Image.new("RGB", (60, 40), "green")])
    assert_halves(decode_bytes(file.getvalue()))


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_orientation_is_applied_once(form: str, orientation: int) -> None:
    back = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    image = halves()
    stored = image.transpose(back[orientation]) if orientation in back else image
    exif = Image.Exif()
    exif[0x0112] = orientation
    photo = inspect_bytes(encoded(stored, form, exif=exif))
    assert (photo.width_px, photo.height_px) == (60, 40)
    assert_halves(photo.pixels)


def test_the_full_size_of_a_turned_large_jpeg_is_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    photo = inspect_bytes(encoded(noise(1601, 1201), "JPEG", exif=exif))
    assert (photo.width_px, photo.height_px) == (1201, 1601)
    assert photo.pixels.shape == (401, 301, 3)


@pytest.mark.parametrize("form", ["JPEG", "PNG"])
@pytest.mark.parametrize("shortest_px", [32, 100, 150, 200, 1000])
def test_the_shorter_side_never_falls_below_what_is_asked(form: str, shortest_px: int) -> None:
    data = encoded(noise(640, 400), form)
    height, width, _ = decode_bytes(data, shortest_px=shortest_px).shape
    assert height >= min(shortest_px, 400)
    assert height == 400 or height < 2 * shortest_px or height == 50
    assert width / height == pytest.approx(1.6, abs=0.03)


def test_reduced_scale_shows_the_same_picture() -> None:
    image = noise(640, 400)
    reduced = decode_bytes(encoded(image, "JPEG", quality=95), shortest_px=100)
    expected = np.asarray(image.reduce(4), dtype=np.float32)
    assert np.abs(reduced - expected).mean() < 3


def test_inspection_reads_a_large_photo_at_reduced_scale() -> None:
    photo = inspect_bytes(encoded(noise(2400, 1600), "JPEG"))
    assert (photo.width_px, photo.height_px) == (2400, 1600)
    assert INSPECTED_PX <= min(photo.pixels.shape[:2]) < 2 * INSPECTED_PX


@pytest.mark.parametrize("progressive", [False, True])
@pytest.mark.parametrize("cut", [100, 4000, 0.5])
def test_a_cut_off_jpeg_is_refused_at_full_and_reduced_scale(progressive: bool, cut: float) -> None:
    data = encoded(noise(640, 400), "JPEG", progressive=progressive, quality=90)
    short = data[: -int(cut if cut >= 1 else len(data) * cut)]
    for shortest_px in (None, 40):
        with pytest.raises(BadImageError, match="ends too early"):
            decode_bytes(short, shortest_px=shortest_px)


@pytest.mark.parametrize("form", ["PNG", "WEBP", "AVIF", "HEIF", "BMP", "TIFF", "GIF"])
def test_a_cut_off_file_of_any_format_is_refused(form: str) -> None:
    data = encoded(noise(320, 200), form)
    with pytest.raises(BadImageError):
        inspect_bytes(data[: int(len(data) * 0.6)])


@pytest.mark.filterwarnings("ignore")  # Pillow's remarks on damaged files are no failures
def test_random_damage_is_refused_or_decoded_and_never_anything_else() -> None:
    rng = np.random.default_rng(0)
    for form in ("JPEG", "PNG", "WEBP", "AVIF", "HEIF", "BMP", "TIFF", "GIF"):
        data = encoded(noise(64, 48), form)
        for _ in range(40):
            damaged = np.frombuffer(data, np.uint8).copy()
            damaged[rng.integers(0, len(data), 6)] = rng.integers(0, 256, 6)
            try:
                pixels = decode_bytes(damaged.tobytes(), shortest_px=16)
            except BadImageError:
                continue
            assert pixels.ndim == 3


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "is empty"),
        (b"hello" * 100, "is not a picture that can be read"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "is not a picture that can be read"),
        (b"\xff\xd8\xff\xe0", "is not a picture|ends too early"),
        (b"\x89PNG\r\n\x1a\n", "is not a picture|ends too early"),
    ],
)
def test_refusals_say_what_is_wrong(data: bytes, reason: str) -> None:
    with pytest.raises(BadImageError, match=reason):
        decode_bytes(data)


def test_too_large_a_file_is_refused_by_its_size(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(decode, "MAX_BYTES", 2_000_000)
    path = tmp_path / "large.jpg"
    path.write_bytes(b"\xff\xd8" + bytes(2_500_000))
    with pytest.raises(BadImageError, match="is 3 MB; at most 2 MB can be taken"):
        decode_file(path)


@pytest.mark.parametrize("side", [(12_000, 10_000), (20_000, 15_000)])
def test_too_many_megapixels_are_refused_before_they_are_decoded(side: tuple[int, int]) -> None:
    data = encoded(Image.new("1", side), "PNG")
    with pytest.raises(BadImageError, match=r"has (120|300) megapixels; at most 100"):
        decode_bytes(data)


def test_a_jpeg_of_a_thousand_scans_is_refused() -> None:
    data = encoded(noise(64, 64), "JPEG", progressive=True)
    scan = data[data.rindex(b"\xff\xda") : -2]
    with pytest.raises(BadImageError, match="hours"):
        decode_bytes(data[:-2] + scan * 1000 + data[-2:])


def test_a_tiff_whose_strips_end_early_is_refused() -> None:
    data = encoded(Image.new("RGB", (16, 15)), "TIFF")
    height = bytes.fromhex("0101 0400 01000000")  # the tag of the height, one long number follows
    tall = data.replace(height + b"\x0f", height + b"\xff", 1)
    assert tall != data
    with pytest.raises(BadImageError, match="ends too early"):
        decode_bytes(tall)


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for path, reason in (
        (tmp_path / "none.jpg", "does not exist"),
        (tmp_path, "is not a file"),
        (pipe, "is not a file"),
    ):
        with pytest.raises(BadImageError, match=reason):
            decode_file(path)
