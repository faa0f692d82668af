"A voice that hums: a tone for every word, so that its times are exact."

import numpy as np

from viralforge.audio import write_wav
from viralforge.ports import BadInput, Local, Spec, one_of

RATE = 24_000  # Hz
TONES = {"low": 196.0, "high": 392.0}  # Hz


class Hum(Local):
    "Works on any machine and in any language."

    def __init__(self, option=""):
        self.spec = Spec(name="voice:hum", kind="voice", version="1", packages=("numpy",), pace_wpm=150, licence="CC0-1.0", note="hums")
        self.tone = one_of(option, self.options(), self.spec.name)

    def options(self):
        return tuple(TONES)

    def request(self, asked):
        if not any(asked.spoken):
            raise BadInput("there is nothing to hum", mend="give the line a word")
        return {"spoken": list(asked.spoken), "tone": self.tone, "speed": asked.speed}

    def send(self, request, folder):
        at, times, parts = 0.1, [], [np.zeros(round(0.1 * RATE))]
        for word in request["spoken"]:
            samples = round((0.08 + 0.045 * len(word)) / request["speed"] * RATE) if word else 0
            t = np.arange(samples) / RATE
            parts += [0.3 * np.sin(2 * np.pi * TONES[request["tone"]] * t) * np.hanning(samples), np.zeros(round(0.05 * RATE))]
            times.append([round(at, 4), round(at + samples / RATE, 4)])
            at += samples / RATE + 0.05
        write_wav(folder / "hum.wav", np.concatenate(parts).astype(np.float32), RATE)
        data = {"rate": RATE, "seconds": sum(map(len, parts)) / RATE, "times": times}
        return {"data": data, "files": {"audio": "hum.wav"}, "usage": {"second": data["seconds"]}}
