"README.md from nbs/index.ipynb: its cells without the hidden ones."

import json
import sys
from pathlib import Path

from nbconvert import MarkdownExporter
from nbformat import from_dict

root = Path(__file__).resolve().parent.parent
nb = json.loads((root / "nbs/index.ipynb").read_text(encoding="utf-8"))
nb["cells"] = [c for c in nb["cells"] if not "".join(c["source"]).startswith("#| hide")]
body, _ = MarkdownExporter().from_notebook_node(from_dict(nb))
Path(sys.argv[1]).write_text(body.strip() + "\n", encoding="utf-8")
