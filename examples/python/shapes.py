"""shapes.py PLUGIN [--isolated]: uses a plugin in C by the types in its stamp."""

import sys

import plugin

p = plugin.open(sys.argv[1], isolated="--isolated" in sys.argv)
p.V = 7
print(p.V, p.area({"w": 2, "h": 3}))

square = p.square(2, "BLUE")
square.h = 5
print(square)
print(p.area(square), square.color.name)

shapes = [{"w": 1, "h": 2, "label": "a"}, {"w": 3, "h": 4, "label": "b"}]
print(p.total(shapes, 2, lambda shape: shape.contents.w))

for attempt in (
    lambda: p.area({"w": 2, "height": 3}),
    lambda: p.square(2, "PINK"),
    lambda: setattr(p, "V", 1 << 40),
    lambda: p.volume,
):
    try:
        attempt()
    except Exception as error:
        print(f"{type(error).__name__}: {error}")

if "--isolated" in sys.argv:
    try:
        p.initial({"w": 1})
    except plugin.Crashed as error:
        print(f"Crashed: {error}")
        p.restart()
    print(p.V)
