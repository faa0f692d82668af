"The package's metadata, read from settings.ini; the version from viralforge/__init__.py."

import re
from configparser import ConfigParser
from pathlib import Path

from setuptools import find_packages, setup
from setuptools.command.sdist import sdist

ROOT = Path(__file__).parent


class SDist(sdist):
    "An sdist that carries settings.ini, so that a wheel can be built from it."

    def make_release_tree(self, base_dir, files):
        super().make_release_tree(base_dir, [*files, "settings.ini"])


config = ConfigParser(delimiters=["="], interpolation=None, comment_prefixes=["#"])
config.read(ROOT / "settings.ini", encoding="utf-8")
cfg = config["DEFAULT"]
extras = {k: v.split() for k, v in config["extras"].items() if k not in cfg}
providers = [f"{k} = {v}" for k, v in config["providers"].items() if k not in cfg]

setup(
    name=cfg["lib_name"],
    version=re.search(r'__version__ = "(.+?)"', (ROOT / "viralforge/__init__.py").read_text())[1],
    description=cfg["description"],
    long_description=(ROOT / "README.md").read_text(encoding="utf-8") if (ROOT / "README.md").exists() else "",
    long_description_content_type="text/markdown",
    author=cfg["author"],
    license=cfg["license"],
    keywords=cfg["keywords"],
    python_requires=">=" + cfg["min_python"],
    packages=[*find_packages(include=["viralforge*"]), "viralforge.papermill_runs"],
    package_dir={"viralforge.papermill_runs": "papermill_runs"},
    package_data={"viralforge": ["data/**/*"], "viralforge.papermill_runs": ["*.ipynb", "briefs/**/*"]},
    exclude_package_data={"": ["*.pyc"]},
    install_requires=cfg["requirements"].split(),
    extras_require=extras,
    entry_points={"console_scripts": ["viralforge=viralforge.__main__:main"], "viralforge.providers": providers},
    cmdclass={"sdist": SDist},
)
