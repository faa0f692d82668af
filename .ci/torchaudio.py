"""Beside a torch for CPUs, torchaudio's compiled part is taken away: its wheel is linked to CUDA and does not load there.

torchaudio goes without where the files are not there; nothing of it that speech needs is compiled.
"""

from importlib.metadata import distribution, version
from pathlib import Path

if version("torch").endswith("+cpu"):
    for file in distribution("torchaudio").files or ():
        if Path(file).suffix == ".so":
            Path(file.locate()).unlink(missing_ok=True)
