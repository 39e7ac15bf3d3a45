"""Whether two pictures show the same: of equal size, and alike in all but a few of their squares, for faces
and their edges differ from system to system.  usage: alike.py OURS THEIRS"""
import struct
import sys
import zlib

SIDE = 20
FAR = 24  # of 255, mean of a square
MOST = 0.10  # of the squares


def pixels(path):
    data = open(path, "rb").read()
    at, body = 8, b""
    while at < len(data):
        size, kind = struct.unpack(">I4s", data[at:at + 8])
        if kind == b"IHDR":
            width, height, depth, color = struct.unpack(">IIBB", data[at + 8:at + 18])
        if kind == b"IDAT":
            body += data[at + 8:at + 8 + size]
        at += 12 + size
    each = {2: 3, 6: 4}[color]
    raw, stride, rows = zlib.decompress(body), width * each, []
    before = bytearray(stride)
    for y in range(height):
        kind = raw[y * (stride + 1)]
        row = bytearray(raw[y * (stride + 1) + 1:(y + 1) * (stride + 1)])
        for x in range(stride):
            left = row[x - each] if x >= each else 0
            up, corner = before[x], before[x - each] if x >= each else 0
            if kind == 1:
                row[x] = (row[x] + left) & 255
            elif kind == 2:
                row[x] = (row[x] + up) & 255
            elif kind == 3:
                row[x] = (row[x] + (left + up) // 2) & 255
            elif kind == 4:
                guess = left + up - corner
                near = min((abs(guess - left), 0, left), (abs(guess - up), 1, up), (abs(guess - corner), 2, corner))
                row[x] = (row[x] + near[2]) & 255
        rows.append([row[i * each + 1] for i in range(width)])
        before = row
    return width, height, rows


def squares(width, height, rows):
    for y in range(0, height - SIDE + 1, SIDE):
        for x in range(0, width - SIDE + 1, SIDE):
            yield sum(sum(rows[y + i][x:x + SIDE]) for i in range(SIDE)) / SIDE ** 2


ours, theirs = pixels(sys.argv[1]), pixels(sys.argv[2])
if ours[:2] != theirs[:2]:
    sys.exit(f"{ours[:2]} and {theirs[:2]}")
pairs = list(zip(squares(*ours), squares(*theirs)))
far = sum(abs(a - b) > FAR for a, b in pairs)
print(f"{far} of {len(pairs)} squares differ")
sys.exit(far > MOST * len(pairs))
