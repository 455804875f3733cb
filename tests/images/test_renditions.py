"""Renditions: what comes out is upright, in true colours, clean, and of the sizes a page asks for."""

import io
import struct
import zlib

import pytest
from PIL import Image, ImageCms

from articles.images.decoder import LOGO, EncodedFile, PictureError
from articles.images.renditions import make_renditions
from tests.pictures import encoded, halves, jpeg, opened


def sizes(pictures, shape):
    return [(picture.width, picture.height) for picture in pictures if picture.shape == shape]


def is_red(pixel):
    return pixel[0] > 150 and pixel[2] < 100


@pytest.mark.parametrize(
    ("size", "whole", "card"),
    [((1200, 800), [(960, 640), (640, 427), (320, 213)], [(640, 320), (320, 160)]),
     ((400, 300), [(400, 300), (320, 240)], [(400, 200), (320, 160)]),
     ((200, 200), [(200, 200)], [(200, 100)]),
     ((600, 1200), [(600, 1200), (320, 640)], [(600, 300), (320, 160)]),
     ((3000, 200), [(960, 64), (640, 43), (320, 21)], [(400, 200), (320, 160)]),
     ((3000, 150), [(960, 48), (640, 32), (320, 16)], [(300, 150)]),
     ((100, 2000), [(96, 1920), (64, 1280), (32, 640)], [(64, 32), (32, 16)])],
    ids=lambda value: str(value) if isinstance(value, tuple) else "",
)  # fmt: skip
def test_files_have_the_widths_of_the_recipe_and_are_never_enlarged(size, whole, card):
    pictures = make_renditions(jpeg(*size))
    assert sizes(pictures, "whole") == whole
    assert sizes(pictures, "card") == card
    for picture in pictures:
        assert opened(picture).size == (picture.width, picture.height)
        assert picture.is_clean()


@pytest.mark.parametrize("orientation", range(1, 9))
def test_pictures_come_upright_however_the_camera_was_held(orientation):
    back = {2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}  # transpose methods that undo each orientation
    picture = halves(400, 300)
    if orientation in back:
        picture = picture.transpose(Image.Transpose(back[orientation]))
    exif = Image.Exif()
    exif[0x0112] = orientation
    for form in ("JPEG", "PNG", "WEBP"):
        result = make_renditions(encoded(picture, form, exif=exif))[0]
        assert (result.width, result.height) == (400, 300)
        assert is_red(opened(result).getpixel((200, 20)))
        assert not is_red(opened(result).getpixel((200, 280)))


@pytest.mark.parametrize("mode", ["RGB", "CMYK", "P", "RGBA"])
def test_colours_stay_what_they_are(mode):
    form = {"CMYK": "JPEG", "RGB": "AVIF"}.get(mode, "PNG")
    result = opened(make_renditions(encoded(halves(400, 300, mode), form))[0])
    assert result.mode == "RGB"
    assert is_red(result.getpixel((200, 20)))


def test_a_wide_colour_space_becomes_srgb_and_the_profile_is_gone():
    # A profile that calls the second channel red: obeyed, green becomes red.
    swapped = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    swapped = bytes(swapped).replace(b"rXYZ", b"tmpX").replace(b"gXYZ", b"rXYZ").replace(b"tmpX", b"gXYZ")
    swapped = swapped.replace("sRGB".encode("utf-16-be"), "Swap".encode("utf-16-be")).replace(
        b"sRGB", b"Swap"
    )
    green = encoded(Image.new("RGB", (400, 300), (20, 200, 20)), icc_profile=swapped)
    pictures = make_renditions(green)
    assert is_red(opened(pictures[0]).getpixel((200, 150)))
    assert all("icc_profile" not in opened(picture).info for picture in pictures)


def test_sixteen_bit_grey_is_scaled_and_not_clipped():
    grey = Image.new("I;16", (64, 64), 0x8000)
    assert 120 < opened(make_renditions(encoded(grey, "PNG"))[0]).convert("L").getpixel((32, 32)) < 136


def test_a_logo_is_one_small_file_and_transparency_stays():
    assert sizes(make_renditions(jpeg(400, 400), LOGO), "whole") == [(96, 96)]
    see_through = Image.new("LA", (64, 64), (128, 0))
    result = opened(make_renditions(encoded(see_through, "PNG"))[0])
    assert result.mode == "RGBA"
    assert result.getpixel((32, 32))[3] == 0


@pytest.mark.parametrize("form", ["GIF", "WEBP", "PNG", "MPO"])
def test_only_the_first_frame_is_kept(form):
    frames = [Image.new("RGB", (200, 100), "blue")]
    data = encoded(Image.new("RGB", (200, 100), "red"), form, save_all=True, append_images=frames)
    result = opened(make_renditions(data)[0])
    assert getattr(result, "n_frames", 1) == 1
    assert result.convert("RGB").getpixel((100, 50))[0] > 200


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def bomb(width, height):
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("data", "reason"),
    [(bomb(6400, 6400), "40,000,000 pixels"), (bomb(60_000, 60_000), "40,000,000 pixels"),
     (bomb(31, 100), "32 pixels"), (bomb(6400, 100), "20 times"), (b"", "is no JPEG"),
     (b"<svg/>", "is no JPEG"),
     (encoded(halves(), "TIFF"), "is no JPEG"), (encoded(halves(), "BMP"), "is no JPEG"),
     (jpeg()[:900], "damaged"), (b"%!PS-Adobe-3.0 EPSF-3.0\n", "is no JPEG")],
)  # fmt: skip
def test_what_cannot_be_used_is_refused_with_a_reason(data, reason):
    with pytest.raises(PictureError, match=reason):
        make_renditions(data)


def test_nothing_but_pixels_survives():
    exif = Image.Exif()
    exif[0x010F] = "Invented Camera"
    exif.get_ifd(0x8825)[1] = "N"
    data = encoded(halves(), exif=exif, comment=b"<script>quay</script>", xmp=b"<x:xmpmeta>harbour")
    for picture in make_renditions(data + b"<script>tail</script>"):
        for trace in (b"Invented", b"<script", b"xmpmeta", b"EXIF", b"ICCP", b"XMP "):
            assert trace not in picture.content
        assert picture.is_clean()


def test_a_file_with_more_than_pixels_is_no_clean_file():
    target = io.BytesIO()
    exif = Image.Exif()
    exif[0x010F] = "Invented Camera"
    halves().save(target, "WEBP", exif=exif)
    clean = make_renditions(jpeg())[0].content
    for content in (target.getvalue(), clean + b"tail", clean[:-1], b"", b"RIFF", jpeg()):
        assert not EncodedFile("whole", 800, 600, content).is_clean()
