"""Motifs of laboratories and machines (floor 0): glass, charts, nets, circuits, robots, locks."""

import math

from articles.demo.canvas import WIDTH, Canvas, clear, mix


def _room(art: Canvas, x: float = 600, y: float = 330) -> None:
    colors = art.palette
    art.shade(mix(colors.top, colors.low, 0.45), mix(colors.low, colors.far, 0.35))
    art.glow(x, y, 620, colors.pale, 0.6)


def _dark_room(art: Canvas, x: float, y: float) -> None:
    colors = art.palette
    art.shade(mix(colors.near, (8, 10, 22), 0.35), mix(colors.near, colors.mid, 0.55))
    art.glow(x, y, 640, colors.mid, 0.75)


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
