"The command `viralforge`, also as `python -m viralforge`."

import sys


def main() -> int:
    "Load the command and run it; what goes wrong while it is loaded is one line too."
    try:
        from viralforge.cli import main as run
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)
        return 130
    except ImportError as e:
        print(f"error: the installation is not whole ({e}). Mend: pip install --force-reinstall viralforge", file=sys.stderr)
        return 70
    return run()


if __name__ == "__main__":
    sys.exit(main())
