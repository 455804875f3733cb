"""Motifs of culture and sport (floor 0): museums, books, stages, music, stadiums, tracks."""

import math

from articles.demo.canvas import HEIGHT, WIDTH, Canvas, clear, mix


def columns(art: Canvas) -> None:
    """The front of a museum: steps, columns, gable."""
    colors, rng = art.palette, art.rng
    art.shade(colors.top, colors.low)
    art.glow(rng.uniform(200, 1000), 220, 520, colors.pale, 0.6)
    art.ridge(610, 60, mix(colors.low, colors.far, 0.9))
    stone, shadow = mix(colors.pale, colors.far, 0.22), mix(colors.far, colors.near, 0.4)
    number = rng.choice((5, 6, 7))
    left, right = 220, 980
    art.box(left + 20, 300, right - 20, 640, mix(shadow, colors.near, 0.4))
    art.polygon([(left - 40, 250), (right + 40, 250), (600, 110)], stone)
    art.polygon([(left + 40, 238), (right - 40, 238), (600, 138)], mix(stone, shadow, 0.45))
    art.disc(600, 198, 26, colors.accent)
    art.box(left - 30, 250, right + 30, 292, stone)
    art.box(left - 30, 286, right + 30, 300, mix(stone, shadow, 0.5))
    gap = (right - left) / number
    for place in range(number):
        x = left + gap * (place + 0.5)
        art.box(x - 36, 298, x + 36, 316, stone, 3)
        art.box(x - 27, 314, x + 27, 626, stone)
        art.box(x + 9, 314, x + 27, 626, clear(shadow, 0.45))
        for flute in (-16, -5, 6):
            art.box(x + flute, 322, x + flute + 3, 618, clear(shadow, 0.4))
        art.box(x - 36, 622, x + 36, 640, stone, 3)
    for step in range(4):
        art.box(
            left - 40 - step * 46,
            640 + step * 26,
            right + 40 + step * 46,
            668 + step * 26,
            mix(stone, shadow, 0.1 + 0.14 * step),
        )
    art.shade(mix(colors.mid, colors.near, 0.3), colors.near, 744)
    for x in rng.sample(range(240, 980, 40), 5):
        tall = rng.uniform(44, 62)
        art.box(x - 8, 744 - tall, x + 8, 756, colors.near, 8)
        art.disc(x, 736 - tall, 9, colors.near)


def books(art: Canvas) -> None:
    """Shelves of books, one leaning, one lying."""
    colors, rng = art.palette, art.rng
    wall = mix(colors.near, colors.mid, 0.25)
    art.shade(mix(wall, colors.mid, 0.4), wall)
    tints = [
        colors.far,
        colors.mid,
        colors.accent,
        colors.low,
        colors.top,
        mix(colors.accent, colors.near, 0.4),
        colors.pale,
    ]
    for shelf in range(3):
        floor = 262 + shelf * 258
        x = 24 + rng.uniform(0, 20)
        while x < 1150:
            if rng.random() < 0.07:
                x += rng.uniform(30, 90)
            wide, tall = rng.uniform(24, 58), rng.uniform(135, 205)
            color = mix(rng.choice(tints), wall, rng.uniform(0, 0.25))
            lean = rng.uniform(26, 40) if rng.random() < 0.07 else 0
            art.polygon(
                [(x, floor), (x + wide, floor), (x + wide + lean, floor - tall), (x + lean, floor - tall)],
                color,
            )
            if not lean:
                band = mix(color, colors.pale if sum(color) < 420 else colors.near, 0.55)
                art.box(x, floor - tall * 0.86, x + wide, floor - tall * 0.8, band)
                art.box(
                    x + wide * 0.3,
                    floor - tall * 0.7,
                    x + wide * 0.7,
                    floor - tall * 0.36,
                    clear(band, 0.6),
                    3,
                )
                art.box(x, floor - tall * 0.14, x + wide, floor - tall * 0.1, band)
                art.box(x + wide * 0.82, floor - tall, x + wide, floor, clear(colors.near, 0.22))
            x += wide + lean + rng.uniform(1, 4)
        art.box(0, floor, WIDTH, floor + 22, mix(colors.accent, colors.near, 0.62))
        art.box(0, floor + 22, WIDTH, floor + 44, clear((0, 0, 0), 0.16))
    art.glow(rng.uniform(250, 950), 120, 620, colors.pale, 0.22)


def stage(art: Canvas) -> None:
    """Curtains, spotlights and the first rows of a house."""
    colors, rng = art.palette, art.rng
    art.shade(mix(colors.near, (10, 8, 16), 0.4), mix(colors.near, colors.mid, 0.4))
    art.shade(mix(colors.accent, colors.near, 0.6), mix(colors.accent, colors.near, 0.75), 570, 680)
    for x in rng.sample((330, 450, 600, 750, 870), 3):
        foot = 600 + (x - 600) * 0.25
        art.polygon([(x - 8, 0), (x + 8, 0), (foot + 150, 610), (foot - 150, 610)], clear(colors.pale, 0.13))
        art.disc(foot, 612, 150, clear(colors.pale, 0.22), 0.2)
    cloth = mix(colors.accent, colors.near, 0.28)
    for side in (-1, 1):
        for fold in range(9):
            inner, outer = 600 + side * (340 + fold * 34), 600 + side * (376 + fold * 34)
            pull = side * 20 * math.sin(fold)
            color = mix(cloth, colors.near, 0.45 * (fold % 2) + 0.12 * rng.random())
            art.polygon([(inner, 0), (outer, 0), (outer + pull, 640), (inner + pull, 640)], color)
    for arc in range(8):
        art.pen.pieslice(
            art.around(75 + arc * 150, 0, 96, 1.05), 0, 180, fill=mix(cloth, colors.near, 0.3 * (arc % 2))
        )
    art.box(0, 0, WIDTH, 26, mix(colors.accent, colors.pale, 0.25))
    if rng.random() < 0.5:
        art.line([(600, 600), (600, 420)], colors.pale, 5)
        art.disc(600, 405, 17, colors.pale, 1.3)
        art.disc(600, 602, 40, colors.near, 0.22)
    else:
        art.box(560, 510, 640, 524, colors.pale, 3)
        for x in (563, 629):
            art.box(x, 420 if x < 600 else 520, x + 8, 604, colors.pale)
    art.shade(mix(colors.near, (8, 6, 14), 0.5), mix(colors.near, (8, 6, 14), 0.7), 660)
    for row in range(2):
        for x in range(-20 + row * 45, WIDTH + 60, 92):
            color = mix(mix(colors.near, colors.mid, 0.3 - 0.2 * row), (8, 6, 14), 0.3 + 0.2 * row)
            art.disc(x, 690 + row * 60 + rng.uniform(-6, 6), 27, color, 1.15)
            art.box(x - 44, 716 + row * 60, x + 44, HEIGHT, color, 26)


def strings(art: Canvas) -> None:
    """Staves that wave across the sheet, notes on them."""
    colors, rng = art.palette, art.rng
    art.shade(mix(colors.low, colors.pale, 0.4), mix(colors.low, colors.far, 0.55))
    art.glow(rng.uniform(300, 900), rng.uniform(150, 400), 560, colors.pale, 0.7)
    for band in range(2):
        base, phase, swing = 250 + band * 300, rng.uniform(0, 6), rng.uniform(50, 95)

        def height(x: float, line: float, base=base, phase=phase, swing=swing) -> float:
            spread = 30 + 9 * math.sin(x / 260 + phase)
            return base + swing * math.sin(x / 230 + phase) + (line - 2) * spread

        for line in range(5):
            art.line([(x, height(x, line)) for x in range(-10, WIDTH + 20, 12)], clear(colors.near, 0.6), 3)
        x = rng.uniform(60, 120)
        while x < 1140:
            y = height(x, rng.choice((0, 0.5, 1, 1.5, 2, 2.5, 3, 3.5, 4)))
            color = colors.accent if rng.random() < 0.3 else colors.near
            pair = rng.random() < 0.35
            for step in range(1 + pair):
                at = x + step * 76
                art.disc(at, y - step * 14, 20, color, 0.74)
                art.box(at + 14, y - 118 - step * 14, at + 19, y - step * 14, color)
            if pair:
                art.polygon(
                    [(x + 14, y - 118), (x + 95, y - 132), (x + 95, y - 114), (x + 14, y - 100)], color
                )
            x += rng.uniform(95, 150) + 76 * pair


def stadium(art: Canvas) -> None:
    """A pitch under floodlights, full stands around it."""
    colors, rng = art.palette, art.rng
    art.shade(mix(colors.top, colors.near, 0.5), mix(colors.low, colors.top, 0.4))
    grass = mix(mix(colors.mid, (60, 140, 80), 0.62), colors.near, 0.1)
    for tier in range(9):
        art.disc(600, 560, 900 - tier * 34, mix(colors.far, colors.near, 0.92 - tier * 0.07), 0.52)
    for _ in range(1000):
        turn, reach = rng.uniform(math.pi, math.tau), rng.uniform(640, 890)
        tint = rng.choice((colors.pale, colors.accent, colors.far, colors.low))
        x, y = 600 + reach * math.cos(turn), 560 + reach * 0.52 * math.sin(turn)
        art.box(x - 3, y - 4, x + 3, y + 4, clear(tint, 0.6))
    for strip in range(12):
        left, right = strip * 100, strip * 100 + 100
        color = mix(grass, colors.pale, 0.1 * (strip % 2))
        art.polygon(
            [
                (300 + left / 2, 400),
                (300 + right / 2, 400),
                (right * 1.5 - 300, HEIGHT),
                (left * 1.5 - 300, HEIGHT),
            ],
            color,
        )
    white = clear(colors.pale, 0.9)
    art.line([(300, 400), (900, 400)], white, 4)
    art.line([(300, 400), (-300, HEIGHT)], white, 5)
    art.line([(900, 400), (1500, HEIGHT)], white, 5)
    art.line([(129, 514), (1071, 514)], white, 4)
    art.ring(600, 514, 120, white, 4, 0.34)
    art.polygon([(-10, HEIGHT), (-10, 400), (300, 400), (-300, HEIGHT)], clear(colors.near, 0.35))
    for x in (130, 400, 800, 1070):
        high = 70 + abs(600 - x) * 0.12
        art.glow(x, high, 190, colors.pale, 0.75)
        art.box(x - 3, high, x + 3, high + 200, colors.near)
        art.box(x - 46, high - 22, x + 46, high + 16, colors.near, 4)
        for lamp in range(4):
            art.disc(x - 33 + lamp * 22, high - 3, 8, colors.pale)


def track(art: Canvas) -> None:
    """Lanes running into the bend."""
    colors, rng = art.palette, art.rng
    art.shade(colors.top, colors.low)
    art.glow(rng.uniform(200, 1000), 160, 460, colors.pale, 0.7)
    art.ridge(300, 60, mix(colors.low, colors.far, 0.8))
    art.box(0, 320, WIDTH, HEIGHT, mix(mix(colors.mid, (70, 140, 90), 0.55), colors.pale, 0.1))
    x, y, flip = rng.choice((150, 1050)), 1120, rng.uniform(0.5, 0.56)
    clay = mix(colors.accent, (178, 84, 62), 0.5)
    art.disc(x, y, 1390, clay, flip)
    for lane in range(9):
        art.ring(x, y, 1390 - lane * 98, clear(colors.pale, 0.9), 5 - lane * 0.25, flip)
    art.disc(x, y, 1390 - 8 * 98, mix(mix(colors.mid, (70, 140, 90), 0.5), colors.near, 0.15), flip)
    middle = -1.5 if x < 600 else -1.64
    for place in range(6):
        lane, turn = rng.randint(0, 6), middle + (place - 2.5) * 0.15 + rng.uniform(-0.04, 0.04)
        turn += 0.32 if x < 600 else -0.32
        reach = 1390 - lane * 98 - 49
        at, high = x + reach * math.cos(turn), y + reach * flip * math.sin(turn)
        _runner(art, at, high, 30 + lane * 7)


def _runner(art: Canvas, x: float, y: float, size: float) -> None:
    colors, rng = art.palette, art.rng
    skin = mix(colors.near, colors.accent, rng.uniform(0.2, 0.5))
    way = 1
    art.disc(x, y, size * 0.8, clear((0, 0, 0), 0.16), 0.2)
    art.line(
        [
            (x, y - size * 1.3),
            (x + way * size * 0.5, y - size * 0.75),
            (x + way * size * 0.25, y - size * 0.1),
        ],
        skin,
        size * 0.26,
    )
    art.line(
        [
            (x, y - size * 1.3),
            (x - way * size * 0.3, y - size * 0.7),
            (x - way * size * 0.9, y - size * 0.55),
        ],
        skin,
        size * 0.26,
    )
    art.line(
        [(x, y - size * 1.25), (x + way * size * 0.16, y - size * 2.1)],
        rng.choice((colors.pale, colors.near, colors.low)),
        size * 0.52,
    )
    art.line(
        [
            (x + size * 0.12, y - size * 2.1),
            (x + way * size * 0.6, y - size * 1.7),
            (x + way * size * 0.8, y - size * 2.1),
        ],
        skin,
        size * 0.18,
    )
    art.line(
        [
            (x + size * 0.12, y - size * 2.1),
            (x - way * size * 0.4, y - size * 1.75),
            (x - way * size * 0.7, y - size * 1.95),
        ],
        skin,
        size * 0.18,
    )
    art.disc(x + way * size * 0.26, y - size * 2.6, size * 0.27, skin)
