"The command `viralforge`, also as `python -m viralforge`."

import signal
import sys
from types import FrameType


def main() -> int:
    "Load the command and run it; what goes wrong while it is loaded is one line too."
    pressed = []  # Ctrl-C while compiled modules load would be a trace of theirs: it is kept until they are there

    def later(number: int, frame: FrameType | None) -> None:
        pressed.append(number)

    before = signal.getsignal(signal.SIGINT)
    if before is signal.default_int_handler:
        signal.signal(signal.SIGINT, later)
    try:
        from viralforge.cli import main as run
    except KeyboardInterrupt:
        pressed.append(signal.SIGINT)
    except ImportError as e:
        print(f"error: the installation is not whole ({e}). Mend: pip install --force-reinstall viralforge", file=sys.stderr)
        return 70
    finally:
        signal.signal(signal.SIGINT, before)
    if pressed:
        print("stopped", file=sys.stderr)
        return 130
    return run()


if __name__ == "__main__":
    sys.exit(main())
