"README.md from nbs/index.ipynb: its cells without the hidden ones, its pictures found from the top folder."

import sys
from pathlib import Path

import nbformat
from nbconvert import MarkdownExporter

root = Path(__file__).resolve().parent.parent
nb = nbformat.read(root / "nbs/index.ipynb", as_version=4)
nb.metadata["language_info"] = {"name": "python"}
nb.cells = [c for c in nb.cells if not c.source.startswith("#| hide")]
body, _ = MarkdownExporter().from_notebook_node(nb)
Path(sys.argv[1]).write_text(body.replace("](images/", "](nbs/images/").strip() + "\n", encoding="utf-8")
