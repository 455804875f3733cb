"""Motifs of things and halls (floor 0): instruments, machines, books, stages, tracks."""

import math

from articles.demo.canvas import HEIGHT, WIDTH, Canvas, clear, mix


def _room(art: Canvas, x: float = 600, y: float = 330) -> None:
    colors = art.palette
    art.shade(mix(colors.top, colors.low, 0.45), mix(colors.low, colors.far, 0.35))
    art.glow(x, y, 620, colors.pale, 0.6)


def _dark_room(art: Canvas, x: float, y: float) -> None:
    colors = art.palette
    art.shade(mix(colors.near, (8, 10, 22), 0.35), mix(colors.near, colors.mid, 0.55))
    art.glow(x, y, 640, colors.mid, 0.75)


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
        art.box(left - 40 - step * 46, 640 + step * 26, right + 40 + step * 46, 668 + step * 26,
                mix(stone, shadow, 0.1 + 0.14 * step))  # fmt: skip
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
    tints = [colors.far, colors.mid, colors.accent, colors.low, colors.top, mix(colors.accent, colors.near, 0.4),
             colors.pale]  # fmt: skip
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


def glass(art: Canvas) -> None:
    """Flasks and tubes on a laboratory bench."""
    colors, rng = art.palette, art.rng
    _room(art)
    for x in range(60, WIDTH, 180):
        art.box(x, 90, x + 130, 420, clear(colors.pale, 0.18), 10)
    art.shade(mix(colors.mid, colors.far, 0.4), colors.near, 640)
    fluids = [
        colors.accent,
        colors.mid,
        mix(colors.accent, colors.pale, 0.45),
        mix(colors.top, colors.near, 0.2),
    ]
    rng.shuffle(fluids)
    shapes = [_flask, _bulb, _tubes]
    rng.shuffle(shapes)
    for place, shape in enumerate(shapes):
        shape(art, 260 + place * 340, fluids[place])
    for _ in range(20):
        art.ring(rng.uniform(150, 1050), rng.uniform(80, 330), rng.uniform(3, 14), clear(colors.pale, 0.6), 2)


def _flask(art: Canvas, x: float, fluid: tuple) -> None:
    pale = art.palette.pale
    level = art.rng.uniform(500, 570)
    spread = 34 + 116 * (level - 400) / 260
    art.polygon(
        [(x - 34, 300), (x + 34, 300), (x + 34, 400), (x + 150, 660), (x - 150, 660), (x - 34, 400)],
        clear(pale, 0.45),
    )
    art.polygon(
        [(x - spread, level), (x + spread, level), (x + 144, 652), (x - 144, 652)], clear(fluid, 0.88)
    )
    art.disc(x, level, spread, mix(fluid, pale, 0.4), 0.1)
    art.box(x - 46, 288, x + 46, 304, clear(pale, 0.9), 6)
    art.polygon(
        [(x - 22, 330), (x - 12, 330), (x - 12, 400), (x - 92, 600), (x - 106, 600), (x - 22, 396)],
        clear(pale, 0.5),
    )


def _bulb(art: Canvas, x: float, fluid: tuple) -> None:
    pale, rng = art.palette.pale, art.rng
    art.box(x - 26, 270, x + 26, 450, clear(pale, 0.5))
    art.disc(x, 530, 130, clear(pale, 0.45))
    first = rng.uniform(0, 0.35)
    angles = [first + step * 0.06 for step in range(54)]
    rim = [angle for angle in angles if angle <= math.pi - angles[0]]
    art.polygon(
        [(x + 122 * math.cos(angle), 530 + 122 * math.sin(angle)) for angle in rim], clear(fluid, 0.9)
    )
    art.box(x - 38, 258, x + 38, 274, clear(pale, 0.9), 6)
    art.ring(x, 530, 104, clear(pale, 0.55), 9, 1, 190, 250)
    for _ in range(7):
        art.disc(x + rng.uniform(-70, 70), rng.uniform(570, 630), rng.uniform(3, 9), clear(pale, 0.5))


def _tubes(art: Canvas, x: float, fluid: tuple) -> None:
    colors, rng = art.palette, art.rng
    wood = mix(colors.accent, colors.near, 0.55)
    for place in range(4):
        left = x - 138 + place * 72
        tint = mix(fluid, colors.accent if place % 2 else colors.pale, rng.uniform(0, 0.5))
        art.box(left, 330, left + 46, 640, clear(colors.pale, 0.5), 22)
        art.box(left + 5, rng.uniform(420, 540), left + 41, 635, clear(tint, 0.92), 18)
        art.box(left - 5, 322, left + 51, 336, clear(colors.pale, 0.9), 6)
        art.box(left + 9, 350, left + 15, 600, clear(colors.pale, 0.45), 3)
    art.box(x - 165, 470, x + 165, 494, wood, 5)
    art.box(x - 165, 622, x + 165, 656, wood, 5)
    for left in (x - 165, x + 149):
        art.box(left, 470, left + 16, 656, mix(wood, colors.near, 0.3))


def chart(art: Canvas) -> None:
    """Bars and a rising line over a fine grid."""
    colors, rng = art.palette, art.rng
    art.shade(mix(colors.pale, colors.low, 0.5), mix(colors.low, colors.far, 0.4))
    for y in range(130, 700, 95):
        art.box(110, y, 1090, y + 2, clear(colors.mid, 0.25))
    number, points, level = rng.choice((8, 10, 12)), [], rng.uniform(90, 160)
    gap = 980 / number
    for place in range(number):
        level = max(70, min(440, level + rng.uniform(-45, 85)))
        x = 110 + gap * (place + 0.5)
        color = mix(colors.far, colors.near, 0.25 + 0.6 * place / number)
        art.box(x - gap * 0.3, 700 - level, x + gap * 0.3, 700, color, 8)
        art.box(x - gap * 0.3, 690, x + gap * 0.3, 700, color)
        points.append((x, 700 - level - rng.uniform(50, 100)))
    art.polygon([(points[0][0], 700), *points, (points[-1][0], 700)], clear(colors.accent, 0.16))
    art.line(points, colors.accent, 8)
    for x, y in points:
        art.disc(x, y, 13, colors.pale)
        art.disc(x, y, 8, colors.accent)
    art.box(96, 700, 1104, 706, colors.near, 3)


def network(art: Canvas) -> None:
    """Points of light, joined to their neighbours."""
    colors, rng = art.palette, art.rng
    _dark_room(art, rng.uniform(350, 850), rng.uniform(250, 550))
    nodes = [
        (x * 130 + rng.uniform(-48, 48), y * 130 + rng.uniform(-48, 48)) for x in range(11) for y in range(8)
    ]
    for place, (x, y) in enumerate(nodes):
        for to_x, to_y in nodes[place + 1 :]:
            distance = math.hypot(to_x - x, to_y - y)
            if distance < 185:
                art.line([(x, y), (to_x, to_y)], clear(colors.pale, 0.34 - distance / 700), 1.8)
    for x, y in nodes:
        bright = rng.random()
        if bright < 0.18:
            art.glow(x, y, 74, colors.accent, 0.7)
        color = colors.accent if bright < 0.18 else mix(colors.far, colors.pale, bright)
        art.disc(x, y, 15 if bright < 0.18 else rng.uniform(5, 10), color)
        if bright < 0.1:
            art.ring(x, y, 27, clear(colors.accent, 0.7), 2)


def circuit(art: Canvas) -> None:
    """A chip in the middle of its board, traces leading away."""
    colors, rng = art.palette, art.rng
    _dark_room(art, 600, 400)
    half = 150
    for side in range(4):
        for pin in range(9):
            along = -128 + pin * 32
            bend, out = rng.choice((-1, 0, 1)) * rng.choice((64, 96, 160)), rng.uniform(210, 330)
            path = [
                (half, along),
                (out, along),
                (out + abs(bend), along + bend),
                (out + abs(bend) + 420, along + bend),
            ]
            stop = rng.random() < 0.6
            if stop:
                path[-1] = (out + abs(bend) + rng.uniform(30, 150), along + bend)
            turned = [_turned(x, y, side) for x, y in path]
            color = colors.accent if rng.random() < 0.14 else mix(colors.far, colors.mid, 0.35)
            art.line(turned, color, 5)
            if stop:
                art.disc(*turned[-1], 11, color)
                art.disc(*turned[-1], 5, colors.near)
            x, y = _turned(half + 8, along, side)
            art.box(x - 10, y - 10, x + 10, y + 10, mix(colors.pale, colors.far, 0.4), 3)
    art.glow(600, 400, 330, colors.accent, 0.22)
    art.box(600 - half, 400 - half, 600 + half, 400 + half, mix(colors.near, (10, 10, 18), 0.45), 14)
    art.box(500, 300, 700, 500, mix(colors.mid, colors.near, 0.45), 10)
    for ring in range(3):
        art.ring(
            600,
            400,
            34 + ring * 22,
            clear(colors.accent, 0.9 - ring * 0.25),
            5,
            1,
            rng.randint(0, 90),
            rng.randint(200, 350),
        )
    art.disc(600, 400, 14, colors.accent)


def _turned(x: float, y: float, quarter: int) -> tuple[float, float]:
    for _ in range(quarter):
        x, y = -y, x
    return 600 + x, 400 + y


def robot(art: Canvas) -> None:
    """A jointed arm at a conveyor with boxes."""
    colors, rng = art.palette, art.rng
    _room(art, 640, 300)
    for x in range(0, WIDTH, 150):
        art.box(x, 0, x + 3, 600, clear(colors.mid, 0.14))
    art.shade(mix(colors.far, colors.mid, 0.5), colors.near, 600)
    art.box(430, 560, WIDTH, 604, mix(colors.near, colors.mid, 0.2), 20)
    for x in range(456, WIDTH, 58):
        art.disc(x, 582, 15, mix(colors.far, colors.near, 0.3))
    for place in range(3):
        x, tall = 560 + place * 235 + rng.uniform(-20, 20), rng.uniform(74, 120)
        art.box(x - 62, 560 - tall, x + 62, 560, mix(colors.accent, colors.pale, 0.55), 5)
        art.box(x - 10, 560 - tall, x + 10, 560, mix(colors.accent, colors.near, 0.2))
    reach = rng.uniform(500, 640)
    joints = [
        (230, 560),
        (rng.uniform(200, 300), 300),
        (reach - 90, rng.uniform(130, 190)),
        (reach, rng.uniform(290, 330)),
    ]
    art.polygon([(130, 640), (330, 640), (290, 540), (170, 540)], colors.near)
    for (x, y), (to_x, to_y), wide in zip(joints, joints[1:], (64, 50, 38), strict=False):
        art.line([(x, y), (to_x, to_y)], colors.accent, wide)
        art.line([(x, y), (to_x, to_y)], mix(colors.accent, colors.pale, 0.3), wide * 0.3)
    for (x, y), size in zip(joints, (58, 48, 38, 28), strict=True):
        art.disc(x, y, size, colors.near)
        art.disc(x, y, size * 0.5, mix(colors.pale, colors.far, 0.3))
    x, y = joints[-1]
    for side in (-1, 1):
        art.line([(x, y + 12), (x + side * 40, y + 50), (x + side * 26, y + 104)], colors.near, 14)


def lock(art: Canvas) -> None:
    """A padlock in rings of small marks."""
    colors, rng = art.palette, art.rng
    _dark_room(art, 600, 400)
    for ring in range(5):
        radius, number = 220 + ring * 82, 34 + ring * 12
        art.ring(600, 400, radius - 26, clear(colors.far, 0.3), 2)
        for mark in range(number):
            if rng.random() < 0.62:
                turn = mark * math.tau / number + ring
                x, y = 600 + radius * math.cos(turn), 400 + radius * math.sin(turn)
                color = (
                    colors.accent if rng.random() < 0.15 else mix(colors.far, colors.pale, rng.random() * 0.6)
                )
                art.disc(x, y, rng.choice((4, 6, 9)), clear(color, 0.85 - ring * 0.12))
    art.glow(600, 400, 300, colors.accent, 0.4)
    art.disc(600, 400, 178, mix(colors.near, colors.mid, 0.5))
    art.ring(600, 400, 178, clear(colors.pale, 0.5), 4)
    art.ring(600, 372, 62, colors.pale, 22, 1.15, 180, 360)
    art.box(538, 366, 560, 410, colors.pale)
    art.box(640, 366, 662, 410, colors.pale)
    art.box(510, 392, 690, 512, colors.accent, 20)
    art.box(510, 480, 690, 512, clear(colors.near, 0.15), 20)
    art.disc(600, 440, 18, colors.near)
    art.polygon([(592, 446), (608, 446), (614, 486), (586, 486)], colors.near)


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
    for _ in range(1500):
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
