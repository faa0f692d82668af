"""What the main job costs on this machine: `python tests/measure.py [BRIEF]`.

Prints wall seconds and the peak memory of the process tree (PSS, so that shared pages count once) for a film from
nothing and for the same film again, and the time of `import viralforge`.
"""

import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path


def tree(pid: int) -> list[int]:
    "A process and all below it."
    try:
        below = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return []
    return [pid, *(p for child in below for p in tree(int(child)))]


def pss(pid: int) -> int:
    "Bytes, the proportional set size of one process."
    try:
        rows = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        return 1024 * int(next(r for r in rows if r.startswith("Pss:")).split()[1])
    except (OSError, StopIteration):
        return 0


def measured(*args: str) -> tuple[float, float]:
    "Wall seconds, and MB at the peak."
    began, peak = time.monotonic(), [0]
    p = subprocess.Popen(args, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def watch() -> None:
        while p.poll() is None:
            peak[0] = max(peak[0], sum(map(pss, tree(p.pid))))
            time.sleep(0.25)

    watcher = threading.Thread(target=watch)
    watcher.start()
    if p.wait():
        raise SystemExit(f"{' '.join(args)} failed")
    watcher.join()
    return time.monotonic() - began, peak[0] / 1e6


def main() -> None:
    brief = sys.argv[1] if len(sys.argv) > 1 else "octopus"
    command = str(Path(sys.executable).with_name("viralforge"))
    with tempfile.TemporaryDirectory() as out:
        for name in ("first run", "second run"):
            seconds, mb = measured(command, "make", brief, "--out", out)
            print(f"{name:20} {seconds:6.1f} s   peak {mb:5.0f} MB PSS", flush=True)
    code = "import time; t = time.perf_counter(); import viralforge; print(time.perf_counter() - t)"
    took = min(float(subprocess.check_output([sys.executable, "-c", code])) for _ in range(5))
    print(f"{'import viralforge':20} {took * 1000:6.1f} ms")


if __name__ == "__main__":
    main()
