"""Motifs from far away (floor 0): planets and the bottom of the sea."""

import math

from articles.demo.canvas import HEIGHT, WIDTH, Canvas, clear, mix


def orbit(art: Canvas) -> None:
    """A large planet with its ring and a satellite on its way around."""
    colors, rng = art.palette, art.rng
    art.shade(mix(colors.top, (6, 8, 24), 0.55), mix(colors.near, colors.top, 0.4))
    art.glow(rng.uniform(200, 1000), rng.uniform(100, 600), 620, colors.mid, 0.5)
    art.stars(190)
    x, y, radius = rng.uniform(420, 780), rng.uniform(430, 520), rng.uniform(190, 250)
    ringed = rng.random() < 0.6
    ring = [(1.5, 16), (1.68, 9), (1.8, 4)] if ringed else []
    for size, width in ring:
        art.ring(x, y, radius * size, clear(mix(colors.pale, colors.far, 0.4), 0.8), width, 0.24, 180, 360)
    art.glow(x, y, radius * 1.7, mix(colors.far, colors.accent, 0.3), 0.45)
    art.sphere(x, y, radius, mix(colors.accent, colors.pale, 0.45), mix(colors.near, colors.accent, 0.14))
    for size, width in ring:
        art.ring(x, y, radius * size, clear(mix(colors.pale, colors.far, 0.4), 0.85), width, 0.24, 0, 180)
    way, flat = radius * rng.uniform(1.95, 2.2), rng.uniform(0.4, 0.55)
    art.ring(x, y, way, clear(colors.pale, 0.35), 1.6, flat)
    turn = rng.uniform(5.6, 6.1) if x < 600 else rng.uniform(3.3, 3.8)
    at, high = x + way * math.cos(turn), y + way * flat * math.sin(turn)
    art.glow(at, high, 70, colors.pale, 0.5)
    for side in (-1, 1):
        art.box(
            min(at + side * 16, at + side * 62),
            high - 11,
            max(at + side * 16, at + side * 62),
            high + 11,
            mix(colors.far, colors.pale, 0.25),
            2,
        )
    art.box(at - 13, high - 17, at + 13, high + 17, colors.accent, 4)


def planets(art: Canvas) -> None:
    """Worlds of several sizes on the paths around a star."""
    colors, rng = art.palette, art.rng
    art.shade(mix(colors.near, (6, 8, 24), 0.5), mix(colors.top, colors.near, 0.4))
    art.stars(220)
    x, y = rng.choice((-30, 1230)), rng.uniform(330, 520)
    art.glow(x, y, 720, colors.accent, 0.6)
    art.sphere(x, y, 190, mix(colors.pale, colors.accent, 0.3), colors.accent)
    reach, tints = 330, [colors.far, colors.pale, colors.accent, colors.low, colors.mid]
    for step in range(5):
        art.ring(x, y, reach, clear(colors.pale, 0.25), 1.6, 0.62)
        turn = rng.uniform(-0.75, 0.75) + (0 if x < 0 else math.pi)
        size = rng.uniform(20, 46) + step * 9
        at, high = x + reach * math.cos(turn), y + reach * 0.62 * math.sin(turn)
        tint = mix(tints[(step + rng.randint(0, 1)) % 5], colors.pale, 0.2)
        if step == 3:
            art.ring(at, high, size * 1.6, clear(colors.pale, 0.6), 5, 0.28, 180, 360)
        art.sphere(at, high, size, tint, mix(tint, colors.near, 0.8))
        if step == 3:
            art.ring(at, high, size * 1.6, clear(colors.pale, 0.7), 5, 0.28, 0, 180)
        reach += rng.uniform(150, 215)


def deep(art: Canvas) -> None:
    """Under water: rays from above, a shoal of fish, weed on the ground."""
    colors, rng = art.palette, art.rng
    art.shade(mix(colors.low, colors.far, 0.35), mix(colors.near, colors.top, 0.15))
    for _ in range(7):
        x, wide = rng.uniform(0, 1100), rng.uniform(30, 110)
        art.polygon(
            [(x, 0), (x + wide, 0), (x + wide * 2.6 - 220, HEIGHT), (x - 260, HEIGHT)],
            clear(colors.pale, 0.07),
        )
    art.ridge(690, 70, mix(colors.mid, colors.near, 0.45))
    middle, level = rng.uniform(400, 800), rng.uniform(260, 430)
    for _ in range(42):
        x, y, size = rng.gauss(middle, 190), rng.gauss(level, 85), rng.uniform(9, 20)
        color = rng.choice((colors.accent, colors.pale, mix(colors.accent, colors.pale, 0.5)))
        art.disc(x, y, size, clear(color, 0.92), 0.42)
        art.polygon(
            [(x - size * 0.8, y), (x - size * 1.6, y - size * 0.45), (x - size * 1.6, y + size * 0.45)],
            clear(color, 0.92),
        )
        art.disc(x + size * 0.6, y - size * 0.1, size * 0.1, colors.near)
    art.ridge(745, 46, colors.near)
    for _ in range(24):
        x, tall, phase = rng.uniform(0, WIDTH), rng.uniform(80, 250), rng.uniform(0, 6)
        points = [(x + 16 * math.sin(phase + step * 0.55), HEIGHT - tall * step / 12) for step in range(13)]
        art.line(points, mix(colors.near, rng.choice((colors.mid, colors.accent)), 0.4), rng.uniform(5, 11))
    for _ in range(26):
        art.ring(
            rng.uniform(60, 1140), rng.uniform(60, 700), rng.uniform(3, 12), clear(colors.pale, 0.45), 1.5
        )
