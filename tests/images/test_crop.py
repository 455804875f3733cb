"""Where a card's picture is cut: heads stay on, and nothing interesting means the middle."""

import pytest
from PIL import Image, ImageDraw

from articles.images.renditions import crop_start

SKINS = [(255, 219, 172), (224, 172, 105), (141, 85, 36), (90, 56, 37)]


def with_face(size, centre, skin=SKINS[1]):
    picture = Image.new("RGB", size, (120, 150, 170))
    draw = ImageDraw.Draw(picture)
    x, y = centre
    draw.ellipse((x - 60, y - 80, x + 60, y + 80), fill=skin)
    for eye in (x - 25, x + 25):
        draw.ellipse((eye - 10, y - 25, eye + 10, y - 10), fill="white")
        draw.ellipse((eye - 4, y - 21, eye + 4, y - 13), fill="black")
    draw.line((x - 20, y + 40, x + 20, y + 40), fill=(120, 30, 30), width=6)
    return picture


@pytest.mark.parametrize("skin", SKINS)
@pytest.mark.parametrize("height", [120, 300, 600, 800])
def test_a_face_stays_in_the_picture_wherever_it_is(skin, height):
    top = crop_start(with_face((800, 900), (400, height), skin))[1] * 900
    assert top <= height - 60
    assert height + 60 <= top + 400


@pytest.mark.parametrize("across", [150, 800, 1450])
def test_a_face_in_a_wide_picture_stays_in_the_picture(across):
    left = crop_start(with_face((1600, 400), (across, 200)))[0] * 1600
    assert left <= across - 50
    assert across + 50 <= left + 800


def test_an_even_picture_is_cut_in_the_middle_and_a_tall_one_a_little_above_it():
    assert crop_start(Image.new("RGB", (1600, 400))) == (0.25, 0.0)
    assert crop_start(Image.new("RGB", (600, 400))) == (0.0, pytest.approx(0.125))
    assert 0.0 < crop_start(Image.new("L", (400, 800)))[1] < 0.375


def test_a_picture_of_that_shape_is_left_whole():
    assert crop_start(with_face((800, 400), (100, 100))) == (0.0, 0.0)


def test_detail_draws_the_cut_where_there_is_no_face():
    picture = Image.new("RGB", (800, 800), (40, 60, 90))
    draw = ImageDraw.Draw(picture)
    for x in range(0, 800, 20):
        draw.line((x, 500, x + 10, 780), fill="white", width=4)
    assert crop_start(picture)[1] > 0.4
