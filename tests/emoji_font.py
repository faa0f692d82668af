"A font package of two emoji, made on the spot: painted in layers (COLR 0 or 1), or only a bitmap (sbix)."

import io
import json

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import newTable
from fontTools.ttLib.tables import otTables
from fontTools.ttLib.tables.sbixGlyph import Glyph
from fontTools.ttLib.tables.sbixStrike import Strike
from PIL import Image

RED, BLUE = (1.0, 0.0, 0.0, 1.0), (0.0, 0.0, 1.0, 1.0)


def rectangle(x0, y0, x1, y1):
    pen = TTGlyphPen(None)
    pen.moveTo((x0, y0))
    for p in ((x0, y1), (x1, y1), (x1, y0)):
        pen.lineTo(p)
    pen.closePath()
    return pen.glyph()


def solid(glyph, colour):
    paint = otTables.PaintFormat
    return {"Format": paint.PaintGlyph, "Glyph": glyph, "Paint": {"Format": paint.PaintSolid, "PaletteIndex": colour, "Alpha": 1.0}}


def write_font(path, kind):
    "A red fish with a blue eye, and a red heart, 1 em wide each: 0.8 em of red, 0.2 em of blue in it."
    names = [".notdef", "fish", "heart", "joined", "body", "eye"]
    fb = FontBuilder(1000, isTTF=True)
    fb.setupGlyphOrder(names)
    fb.setupCharacterMap({0x1F41F: "fish", 0x2764: "heart", 0x41: "heart"})
    empty = TTGlyphPen(None).glyph()
    fb.setupGlyf(dict.fromkeys(names, empty) | {"body": rectangle(100, 0, 900, 600), "eye": rectangle(200, 300, 400, 500)})
    fb.setupHorizontalMetrics({n: (1000, {"body": 100, "eye": 200}.get(n, 0)) for n in names})
    fb.setupHorizontalHeader(ascent=800, descent=-200)
    fb.setupOS2()
    fb.setupPost()
    if kind == "bitmap":
        bytes_ = io.BytesIO()
        Image.new("RGBA", (64, 64), (255, 0, 0, 255)).save(bytes_, "PNG")
        fb.font["sbix"] = table = newTable("sbix")
        table.version, table.flags, table.strikes = 1, 1, {64: Strike(ppem=64, resolution=72)}
        table.strikes[64].glyphs["fish"] = Glyph(glyphName="fish", graphicType="png ", imageData=bytes_.getvalue())
    elif kind == "layers":
        fb.setupCPAL([[RED, BLUE]])
        fb.setupCOLR({"fish": [("body", 0), ("eye", 1)], "heart": [("body", 0)], "joined": [("eye", 1)]}, version=0)
    else:
        both = {"Format": otTables.PaintFormat.PaintColrLayers, "Layers": [solid("body", 0), solid("eye", 1)]}
        fb.setupCPAL([[RED, BLUE]])
        fb.setupCOLR({"fish": both, "heart": solid("body", 0), "joined": solid("eye", 1)}, version=1)
    fb.addOpenTypeFeatures("feature ccmp { sub fish heart by joined; } ccmp;")
    fb.save(path)


def font_package(root, kind):
    "A folder for sys.path with an installed package in it."
    home, info = root / "fontpkg_test_emoji", root / "fontpkg_test_emoji-1.dist-info"
    home.mkdir()
    info.mkdir()
    write_font(home / "emoji.ttf", kind)
    file = {"path": "emoji.ttf", "style": "normal", "weight": 400, "variable": False}
    about = {"schema": 1, "family": "Noto Test Emoji", "slug": "noto-test-emoji", "version": "1", "license": "none", "axes": [], "files": [file]}
    (home / "metadata.json").write_text(json.dumps(about))
    (home / "__init__.py").write_text("")
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: fontpkg-test-emoji\nVersion: 1\n")
    (info / "entry_points.txt").write_text("[fontpkg.family]\nnoto-test-emoji = fontpkg_test_emoji\n")
    return root
