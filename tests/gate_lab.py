"""Films that are killed: a zygote that forks them in milliseconds, and what is looked at after each.

`python tests/gate_lab.py` is the zygote: it has the library loaded and one thread, so each fork is like a fresh process.
"""

import json
import os
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import vendor_client as vc

from viralforge import calling, store
from viralforge.core import ForgeError, InDoubt, OverBudget
from viralforge.store import open_run

SEED = int(os.environ.get("SEED") or int.from_bytes(os.urandom(3), "big"))
SOAK = bool(os.environ.get("SOAK"))


LONGEST = 120.0  # s that a film may take that is not to be killed


def brisk(put: Callable[[Any, str, float], None] = setattr) -> None:
    "The gate's waits, as short as these vendors are quick; in a test with `monkeypatch.setattr`."
    put(calling, "FIRST_WAIT", 0.005)
    put(store, "ORPHAN_WAIT", 0.2)


def film(
    port: int, root: str, log: str, kind: str, plan: list[dict], budget: float | None, scope: str = "", allow: tuple[str, ...] = (), title: str = "film", url: str = ""
) -> str:
    "Buy every part of a plan through the gate, three at a time; how it ended: done, doubt, refused or failed."
    brisk()
    run = open_run(vc.shop(Path(root), url), title, {"plan": plan, "kind": kind}, budget=budget, scope=scope, allow=tuple(allow))
    backend = {c.__name__: c for c in vc.ALL}[kind](port)
    with open(log, "a", buffering=1) as f:
        say = lambda what, **more: f.write(json.dumps({"what": what} | more) + "\n")
        bill = run.bill()
        say("began", spent=bill.spent, open=[c.of for c in bill.charges if c.state == "doubt"])

        def buy(part: dict) -> str:
            try:
                reply = run.step("clip", backend, backend.request(part), of=part["name"])
                say("made", name=part["name"], call=reply.data["call"])
                return "done"
            except (InDoubt, OverBudget) as e:
                say(type(e).__name__, name=part["name"])
                return "doubt" if isinstance(e, InDoubt) else "refused"
            except ForgeError as e:
                say("failed", name=part["name"], why=str(e))
                return "failed"

        with ThreadPoolExecutor(3) as crew:
            ends = set(crew.map(buy, plan))
        end = next((e for e in ("failed", "refused", "doubt") if e in ends), "done")
        bill = run.bill()
        say("ended", how=end, spent=bill.spent, charges=[[c.of, c.state, c.cost] for c in bill.charges])
    return end  # the run is not closed: whichever process comes next goes on with it


ENDS = ("done", "doubt", "refused", "failed")


def ended(kills: dict[int, float | None]) -> list[int]:
    "The exit statuses of some children; one that has not ended by itself in its time is killed, one that hangs too."
    began, codes = time.monotonic(), {}
    while len(codes) < len(kills):
        for pid in kills.keys() - codes.keys():
            hangs = kills[pid] is None
            if time.monotonic() - began > (LONGEST if hangs else kills[pid]):
                os.kill(pid, signal.SIGKILL)
                code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
                codes[pid] = len(ENDS) if hangs else code
            elif (got := os.waitpid(pid, os.WNOHANG))[0]:
                codes[pid] = os.waitstatus_to_exitcode(got[1])
        time.sleep(0.001)
    return [codes[pid] for pid in kills]


def zygote() -> None:
    "Fork a film for each line, kill it when its time is up, and tell how it ended."
    for line in sys.stdin:
        jobs, pids = json.loads(line), []
        for job in jobs:
            if (pid := os.fork()) == 0:
                code = 99
                try:
                    code = ENDS.index(film(**job["film"]))
                except BaseException:
                    traceback.print_exc()
                finally:
                    sys.stderr.flush()
                    os._exit(code)
            pids.append(pid)
        codes = ended({pid: job["kill"] for pid, job in zip(pids, jobs, strict=True)})
        print(json.dumps(["killed" if c == -9 else ENDS[c] if c < len(ENDS) else "broken" for c in codes]), flush=True)


class Zygote:
    "The parent's side."

    def __init__(self):
        env = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, [str(Path(__file__).parent), os.environ.get("PYTHONPATH")]))}
        self.p = subprocess.Popen([sys.executable, __file__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=env)

    def films(self, films: list[dict], kills: list[float | None] | None = None) -> list[str]:
        "How each of some films at the same time ended; `kills` are the seconds after which each is killed."
        jobs = [{"film": f, "kill": k} for f, k in zip(films, kills or [None] * len(films), strict=True)]
        print(json.dumps(jobs), file=self.p.stdin, flush=True)
        return json.loads(self.p.stdout.readline())

    def close(self) -> None:
        self.p.stdin.close()
        self.p.wait(10)
        self.p.stdout.close()


def told(log: Path) -> list[dict]:
    "What the films have said; a line that a kill cut off is none."
    if not log.exists():
        return []
    return [json.loads(line) for line in log.read_text().splitlines(keepends=True) if line.endswith("}\n")]


if __name__ == "__main__":
    zygote()
