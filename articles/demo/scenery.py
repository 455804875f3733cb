"""Motifs in the open (floor 0): hills, coasts, towns, roads."""

import math

from articles.demo.canvas import HEIGHT, WIDTH, Canvas, clear, mix


def _sky(art: Canvas, sun: bool = True) -> None:
    colors, rng = art.palette, art.rng
    art.shade(colors.top, colors.low)
    if sun:
        x, y = rng.uniform(220, 980), rng.uniform(150, 300)
        art.glow(x, y, 420, colors.pale, 0.55)
        # A sun is never cold: where the accent is, the sun is pale.
        warm = colors.accent if colors.accent[0] > colors.accent[2] else colors.pale
        art.disc(x, y, rng.uniform(44, 74), mix(warm, colors.pale, 0.35))
    for _ in range(rng.randint(2, 4)):
        x, y, long = rng.uniform(-60, 1000), rng.uniform(70, 260), rng.uniform(140, 320)
        for step in range(3):
            art.box(
                x + step * 36,
                y + step * 13,
                x + long + step * 52 - step * step * 30,
                y + step * 13 + 11,
                clear(colors.pale, 0.28),
                6,
            )


def _boat(art: Canvas, x: float, y: float, size: float) -> None:
    colors = art.palette
    lean = art.rng.uniform(-0.1, 0.1) * size
    art.polygon(
        [(x + lean, y - 2.1 * size), (x + 0.04 * size, y - 0.16 * size), (x + 1.05 * size, y - 0.2 * size)],
        mix(colors.pale, colors.accent, 0.12),
    )
    art.polygon(
        [
            (x + lean - 0.06 * size, y - 1.8 * size),
            (x - 0.06 * size, y - 0.18 * size),
            (x - 0.8 * size, y - 0.2 * size),
        ],
        colors.accent,
    )
    art.polygon(
        [
            (x - 1.0 * size, y - 0.1 * size),
            (x + 1.15 * size, y - 0.12 * size),
            (x + 0.8 * size, y + 0.22 * size),
            (x - 0.75 * size, y + 0.22 * size),
        ],
        colors.near,
    )
    art.box(x - 0.8 * size, y + 0.24 * size, x + 0.9 * size, y + 0.3 * size, clear(colors.pale, 0.35), 2)


def _pine(art: Canvas, x: float, y: float, size: float, color: tuple) -> None:
    for step in range(3):
        half, base = size * (0.42 - 0.1 * step), y - size * 0.3 * step
        art.polygon([(x - half, base), (x + half, base), (x, base - size * 0.62)], color)


def hills(art: Canvas) -> None:
    """Ridge behind ridge under a low sun, pines on the nearest."""
    colors = art.palette
    _sky(art)
    sharp = art.rng.choice((0.0, 0.2, 0.7))
    for step in range(5):
        part = step / 4
        color = mix(mix(colors.low, colors.far, 0.75), colors.near, part)
        line = art.ridge(370 + 95 * step, 105 - 12 * step, color, sharp if step < 3 else 0)
        if step >= 3:
            for x, y in art.rng.sample(line, 14 + 8 * step):
                _pine(art, x, y + 6, art.rng.uniform(22, 40) * (step - 2) * 0.8, mix(color, colors.near, 0.6))


def harbour(art: Canvas) -> None:
    """A lighthouse on its rock, boats, and light on the water."""
    colors, rng = art.palette, art.rng
    _sky(art)
    art.ridge(470, 40, mix(colors.low, colors.far, 0.7))
    art.water(500, mix(colors.mid, colors.low, 0.5), colors.near, 70)
    x = rng.choice((250, 930)) + rng.uniform(-40, 40)
    art.polygon(
        [(x - 210, 560), (x - 120, 500), (x - 40, 472), (x + 70, 478), (x + 150, 520), (x + 230, 560)],
        colors.near,
    )
    beam = clear(mix(colors.accent, colors.pale, 0.5), 0.28)
    way = 1 if x < 600 else -1
    art.polygon([(x, 196), (x + way * 1200, 60), (x + way * 1200, 270)], beam)
    for step in range(6):
        top, low = 220 + 44 * step, 264 + 44 * step
        art.polygon(
            [
                (x - 24 - step * 4.2, top),
                (x + 24 + step * 4.2, top),
                (x + 28.2 + step * 4.2, low),
                (x - 28.2 - step * 4.2, low),
            ],
            colors.accent if step % 2 else colors.pale,
        )
    art.box(x - 36, 210, x + 36, 222, colors.near, 3)
    art.box(x - 20, 178, x + 20, 210, mix(colors.accent, colors.pale, 0.6))
    art.glow(x, 194, 90, colors.pale, 0.7)
    art.polygon([(x - 28, 180), (x + 28, 180), (x, 148)], colors.near)
    for _ in range(rng.randint(3, 5)):
        y = rng.uniform(560, 740)
        _boat(art, rng.uniform(120, 1080), y, 20 + (y - 540) * 0.18)


def skyline(art: Canvas) -> None:
    """Rows of houses up to a skyline, windows lit in the front row."""
    colors, rng = art.palette, art.rng
    _sky(art)
    for row in range(3):
        color = mix(mix(colors.low, colors.far, 0.8), colors.near, row / 2)
        x = -rng.uniform(0, 50)
        while x < WIDTH:
            wide = rng.uniform(60, 120)
            top = rng.uniform(200, 470) + row * 90
            art.box(x, top, x + wide, HEIGHT, color)
            roof = rng.random()
            if roof < 0.2:
                art.polygon([(x, top), (x + wide, top), (x + wide / 2, top - wide * 0.5)], color)
            elif roof < 0.35:
                art.box(x + wide * 0.46, top - 70, x + wide * 0.54, top, color)
            elif roof < 0.5:
                art.box(x + wide * 0.2, top - 26, x + wide * 0.8, top, color)
            if row:
                _windows(art, x, top, wide, row)
            x += wide + rng.choice((0, 0, 6, 18))


def _windows(art: Canvas, x: float, top: float, wide: float, row: int) -> None:
    colors, rng = art.palette, art.rng
    dark = mix(colors.near, colors.mid, 0.45 if row == 2 else 0.75)
    for column in range(int(wide // 20)):
        for floor in range(int((HEIGHT - top) // 30)):
            lit = rng.random() < 0.24
            color = mix(colors.accent, colors.pale, 0.3) if lit else dark
            left, high = x + 9 + column * 20, top + 16 + floor * 30
            art.box(left, high, left + 9, high + 15, clear(color, 0.95 if lit else 0.5))


def bridge(art: Canvas) -> None:
    """A bridge on cables over quiet water."""
    colors, rng = art.palette, art.rng
    _sky(art)
    art.ridge(470, 80, mix(colors.low, colors.far, 0.85))
    art.ridge(520, 50, mix(colors.far, colors.mid, 0.6))
    art.water(560, mix(colors.mid, colors.low, 0.35), mix(colors.near, colors.mid, 0.25), 60)
    dark, deck = colors.near, 500
    for x in (330, 870):
        for side in (-1, 1):
            for step in range(1, 11):
                art.line([(x, 170 + step * 12), (x + side * step * 27, deck)], clear(colors.pale, 0.75), 1.8)
        art.polygon([(x - 13, 150), (x + 13, 150), (x + 22, 640), (x - 22, 640)], dark)
        art.box(x - 46, 630, x + 46, 660, dark, 6)
    art.polygon(
        [
            (0, deck + 6),
            (600, deck - 8),
            (WIDTH, deck + 6),
            (WIDTH, deck + 28),
            (600, deck + 12),
            (0, deck + 28),
        ],
        dark,
    )
    art.line([(0, deck + 2), (600, deck - 12), (WIDTH, deck + 2)], colors.accent, 3)
    for _ in range(rng.randint(1, 3)):
        _boat(art, rng.uniform(430, 780), rng.uniform(620, 730), rng.uniform(22, 40))


def turbines(art: Canvas) -> None:
    """Wind turbines on rolling land or out at sea."""
    colors, rng = art.palette, art.rng
    _sky(art)
    at_sea = rng.random() < 0.4
    art.ridge(520, 70, mix(colors.low, colors.far, 0.8))
    if at_sea:
        art.water(560, mix(colors.mid, colors.low, 0.4), colors.near, 60)
    else:
        art.ridge(590, 70, mix(colors.far, colors.mid, 0.6))
    places = sorted(rng.sample(range(1, 12), 6))
    for order, place in enumerate(places):
        size = rng.uniform(0.45, 0.62) if order % 2 else rng.uniform(0.85, 1.15)
        x, foot = place * 100 + rng.uniform(-20, 20), 610 + size * 70
        hub, turn = foot - 400 * size, rng.uniform(0, 2)
        white = mix(colors.pale, colors.far, 0.08 if size > 0.8 else 0.35)
        art.polygon(
            [(x - 4 * size, hub), (x + 4 * size, hub), (x + 10 * size, foot), (x - 10 * size, foot)], white
        )
        for blade in range(3):
            angle = turn + blade * math.tau / 3
            tip = (x + 165 * size * math.cos(angle), hub + 165 * size * math.sin(angle))
            wide = (9 * size * math.cos(angle + 1.2), 9 * size * math.sin(angle + 1.2))
            near = (x + 40 * size * math.cos(angle), hub + 40 * size * math.sin(angle))
            art.polygon([(x, hub), (near[0] + wide[0], near[1] + wide[1]), tip], white)
        art.disc(x, hub, 8 * size, colors.accent)
    if not at_sea:
        art.ridge(700, 60, mix(colors.mid, colors.near, 0.6))
        art.ridge(765, 34, colors.near)


def sails(art: Canvas) -> None:
    """Yachts heeling over between the waves."""
    colors, rng = art.palette, art.rng
    _sky(art)
    art.shade(mix(colors.mid, colors.low, 0.5), colors.near, 470)
    boats = sorted((rng.uniform(540, 700), place * 230 + rng.uniform(40, 150)) for place in range(5))
    for row in range(7):
        level = 490 + row * 50
        for y, x in boats:
            if level - 50 <= y - 30 < level:
                _boat(art, x, y, 34 + (y - 540) * 0.42)
        phase, rise = rng.uniform(0, 6), 7 + row * 2.4
        color = mix(mix(colors.far, colors.mid, 0.5), colors.near, row / 6)
        wave = [
            (x, level + 26 + rise * math.sin(phase + x / (46 + row * 9)) * abs(math.sin(x / 170 + row)))
            for x in range(0, WIDTH + 6, 6)
        ]
        art.polygon([*wave, (WIDTH, HEIGHT), (0, HEIGHT)], color)
        art.line(wave, clear(colors.pale, 0.22), 2)


def rails(art: Canvas) -> None:
    """Tracks that meet at the horizon, a train on its way."""
    colors, rng = art.palette, art.rng
    _sky(art)
    art.ridge(440, 110, mix(colors.low, colors.far, 0.85), 0.4)
    art.ridge(490, 50, mix(colors.far, colors.mid, 0.6))
    art.shade(mix(colors.mid, colors.far, 0.3), colors.near, 520)
    middle = rng.uniform(480, 720)
    depths = [(step / 22) ** 2.3 for step in range(1, 23)]
    ground = mix(colors.near, colors.mid, 0.3)
    art.polygon(
        [(middle - 8, 520), (middle + 8, 520), (middle + 470, HEIGHT), (middle - 470, HEIGHT)], ground
    )
    for depth in depths:
        y, half = 520 + 290 * depth, 8 + 380 * depth
        art.box(middle - half, y, middle + half, y + 3 + 14 * depth, mix(colors.near, (0, 0, 0), 0.3), 2)
    for side in (-1, 1):
        art.polygon(
            [
                (middle + side * 4, 520),
                (middle + side * 5, 520),
                (middle + side * 270, HEIGHT),
                (middle + side * 244, HEIGHT),
            ],
            mix(colors.pale, colors.far, 0.4),
        )
    wide, tall = 104, 150
    art.box(middle - wide, 420, middle + wide, 420 + tall, colors.accent, 26)
    art.box(middle - wide + 16, 440, middle + wide - 16, 500, mix(colors.near, colors.top, 0.2), 14)
    art.polygon(
        [(middle - 70, 440), (middle - 20, 440), (middle - 60, 500), (middle - 88, 500)],
        clear(colors.pale, 0.25),
    )
    art.box(middle - wide, 536, middle + wide, 556, colors.pale)
    art.box(middle - wide + 12, 566, middle + wide - 12, 586, colors.near, 6)
    for side in (-1, 1):
        art.disc(middle + side * 72, 522, 9, colors.pale)
        art.glow(middle + side * 72, 522, 46, colors.pale, 0.6)


def road(art: Canvas) -> None:
    """A road winding up into the hills, riders on it."""
    colors, rng = art.palette, art.rng
    _sky(art)
    art.ridge(400, 150, mix(colors.low, colors.far, 0.85), 0.8)
    art.ridge(490, 70, mix(colors.far, colors.mid, 0.5))
    art.ridge(540, 20, mix(colors.mid, colors.near, 0.35))
    bend, phase = rng.uniform(130, 240), rng.uniform(0, 6)
    left, right, center = [], [], []
    for step in range(41):
        depth = step / 40
        y, half = 545 + 265 * depth**1.4, 3 + 120 * depth**1.5
        x = 600 + bend * math.sin(phase + 5.2 * (1 - depth) ** 1.2) * (0.25 + depth * 0.9)
        left.append((x - half, y))
        right.append((x + half, y))
        center.append((x, y, half))
    art.polygon([*left, *reversed(right)], mix(colors.near, (20, 20, 24), 0.25))
    for side in (left, right):
        art.line(side, clear(colors.pale, 0.7), 3)
    for step in range(8, 40, 3):
        (x, y, half), (to_x, to_y, _) = center[step], center[step + 1]
        art.line([(x, y), (to_x, to_y)], clear(colors.pale, 0.8), max(1.5, half * 0.06))
    for step in rng.sample(range(20, 37, 3), 4):
        x, y, half = center[step]
        _rider(art, x + rng.uniform(-0.4, 0.4) * half, y, 14 + half * 0.42)
    for _ in range(16):
        x = rng.choice((rng.uniform(0, 300), rng.uniform(900, WIDTH)))
        _pine(art, x, rng.uniform(580, 700), rng.uniform(40, 80), mix(colors.near, colors.mid, 0.15))


def _rider(art: Canvas, x: float, y: float, size: float) -> None:
    colors = art.palette
    art.disc(x, y - size * 0.5, size * 0.14, colors.near, 3.2)
    art.disc(x, y - size * 1.15, size * 0.3, art.rng.choice((colors.accent, colors.pale)), 1.35)
    art.disc(x, y - size * 1.68, size * 0.19, mix(colors.accent, colors.near, 0.55))


def leaves(art: Canvas) -> None:
    """Twigs with two-coloured leaves, some far, some near."""
    colors, rng = art.palette, art.rng
    art.shade(mix(colors.pale, colors.low, 0.6), mix(colors.low, colors.far, 0.45))
    art.glow(rng.uniform(200, 1000), rng.uniform(100, 400), 520, colors.pale, 0.8)
    for layer in range(3):
        color = mix(mix(colors.low, colors.far, 0.7), colors.near, layer / 2 * 0.8)
        for twig in range(4 + layer):
            x, lean = (twig + rng.uniform(0.1, 0.9)) * WIDTH / (4 + layer), rng.uniform(-0.5, 0.5)
            length, size = rng.uniform(330, 620) + layer * 40, 62 + layer * 24
            stem = [(x + lean * length * (s / 10) ** 2, HEIGHT + 20 - length * s / 10) for s in range(11)]
            art.line(stem, mix(color, colors.near, 0.3), 3 + layer)
            for step in range(3, 11):
                side = 1 if step % 2 else -1
                angle = -math.pi / 2 + lean * step / 9 + side * rng.uniform(0.6, 0.95) * (step < 10)
                bright = colors.accent if layer and rng.random() < 0.16 else color
                _leaf(art, *stem[step], angle, size * (1.25 - step * 0.06), bright)


def _leaf(art: Canvas, x: float, y: float, angle: float, size: float, color: tuple) -> None:
    along, across = (math.cos(angle), math.sin(angle)), (-math.sin(angle), math.cos(angle))

    def half(side: float) -> list:
        steps = [(s / 8, 0.32 * math.sin(math.pi * (s / 8) ** 0.8)) for s in range(9)]
        return [
            (
                x + size * (along[0] * a + side * across[0] * b),
                y + size * (along[1] * a + side * across[1] * b),
            )
            for a, b in steps
        ]

    art.polygon(half(1), color)
    art.polygon(half(-1), mix(color, art.palette.pale, 0.2))
