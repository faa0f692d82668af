"""Pages of vendors of speech for `loopback.Vendor`: they refuse what the vendor would refuse, and answer in its form.

A voice here is tones, one for each letter: real samples, with times that are those of the tones.
"""

import base64
import io
import json
import re
import struct
import threading
import time
import wave
from collections.abc import Callable
from urllib.parse import parse_qs

import av
import numpy as np
from loopback import Answer, Asked

RATE = 24_000  # Hz
LETTER = 0.06  # s
EDGE = 0.12  # s of silence before and after


def tones(text: str) -> tuple[np.ndarray, list[tuple[str, float, float]]]:
    "A sound for a text, and the time of each of its characters; commas and full stops are pauses."
    parts, times, at = [np.zeros(round(EDGE * RATE))], [], EDGE
    for c in text:
        seconds = LETTER if c.isalnum() or c == " " else 0.25
        n = round(seconds * RATE)
        height = 140 + 7 * (ord(c.lower()) % 31)
        parts.append((0.3 * np.sin(2 * np.pi * height * np.arange(n) / RATE)) if c.isalnum() else np.zeros(n))
        times.append((c, round(at, 3), round(at + seconds, 3)))
        at += seconds
    return np.concatenate([*parts, np.zeros(round(EDGE * RATE))]).astype(np.float32), times


def pcm(sound: np.ndarray) -> bytes:
    return (sound * 32767).astype("<i2").tobytes()


def wav(sound: np.ndarray, streamed: bool = False) -> bytes:
    "A WAV file; one that is streamed has the largest sizes there are in its head."
    with wave.open(raw := io.BytesIO(), "wb") as f:
        f.setnchannels(1)
        f.setsampwidth(2)
        f.setframerate(RATE)
        f.writeframes(pcm(sound))
    data = raw.getvalue()
    return data[:4] + struct.pack("<I", 2**32 - 1) + data[8:40] + struct.pack("<I", 2**32 - 1) + data[44:] if streamed else data


def packed(sound: np.ndarray, kind: str) -> bytes:
    "The sound in a container of FFmpeg's."
    codec, container = {"mp3": ("mp3", "mp3"), "flac": ("flac", "flac"), "opus": ("libopus", "ogg"), "aac": ("aac", "adts")}[kind]
    with av.open(raw := io.BytesIO(), "w", format=container) as out:
        stream = out.add_stream(codec, rate=RATE if kind != "opus" else 48_000, layout="mono")
        frame = av.AudioFrame.from_ndarray((sound * 32767).astype("<i2").reshape(1, -1), format="s16", layout="mono")
        frame.sample_rate = RATE
        made = av.AudioResampler(format=stream.format, layout="mono", rate=stream.rate, frame_size=stream.frame_size or 1024)
        for piece in [*made.resample(frame), *made.resample(None)]:
            out.mux(stream.encode(piece))
        out.mux(stream.encode(None))
    return raw.getvalue()


class Eleven:
    """ElevenLabs: https://elevenlabs.io/docs/api-reference/text-to-speech/convert-with-timestamps and …/voices/search.

    Its fields, their ranges and the form of its answers are those of the client's own types (elevenlabs 2.78.0). Errors:
    https://elevenlabs.io/docs/eleven-api/resources/errors and https://help.elevenlabs.io/hc/en-us/articles/19572237925521.
    """

    KEY = "eleven-test-key-0123456789"
    VOICES = {"JBFqnCBsd6RMkjVDRZzb": "George", "21m00Tcm4TlvDq8ikWAM": "Rachel", "EXAVITQu4vr4xnSDxMaL": "Sarah - mature, reassuring"}
    MOST = {"eleven_flash_v2_5": 40_000, "eleven_turbo_v2_5": 40_000, "eleven_multilingual_v2": 10_000, "eleven_v3": 5_000, "eleven_v4": 10_000, "eleven_v4_turbo": 10_000, "eleven_v3_conversational": 5_000}
    FIELDS = {"text", "model_id", "language_code", "voice_settings", "pronunciation_dictionary_locators", "seed", "previous_text", "next_text",
              "previous_request_ids", "next_request_ids", "use_pvc_as_ivc", "apply_text_normalization", "apply_language_text_normalization", "audio_effects"}  # fmt: skip
    QUERY = {"enable_logging", "optimize_streaming_latency", "output_format"}

    def __init__(self, change: Callable[[dict], dict] = lambda answer: answer, hold: Callable[[str], bool] = lambda text: False):
        self.change, self.change_sound, self.hold, self.bought, self.held = change, lambda data: data, hold, [], threading.Event()  # bought: each text that was spoken, and is charged
        self.pages = {("POST", r"/v1/text-to-speech/[^/]+/with-timestamps"): self.speak, ("GET", "/v2/voices"): self.voices, ("POST", "/v1/sound-generation"): self.sound}

    @staticmethod
    def error(status: int, what: str) -> dict | str:
        "Its own body for an error: status is the old field, code the new one."
        if status >= 500:
            return "Internal Server Error" if status == 500 else "<html>overloaded</html>"
        code = {"rate limit": "too_many_concurrent_requests", "insufficient quota": "quota_exceeded", "invalid key": "invalid_api_key",
                "not allowed": "missing_permissions", "no such model": "model_not_found", "no such voice": "voice_not_found"}.get(what, "invalid_parameters")  # fmt: skip
        return {"detail": {"type": "error", "status": code, "code": code, "message": f"{what}.", "request_id": "req-0"}}

    def refuse(self, status: int, what: str, code: str = "") -> Answer:
        body = self.error(status, what)
        if code:
            body["detail"] |= {"status": code, "code": code}
        return Answer(body, status)

    def voices(self, asked: Asked) -> Answer:
        from elevenlabs.types import GetVoicesV2Response

        if asked.headers.get("xi-api-key") != self.KEY:
            return self.refuse(401, "invalid key")
        rows = [{"voice_id": i, "name": n, "category": "premade", "labels": {"language": "en"}, "verified_languages": []} for i, n in self.VOICES.items()]
        second = parse_qs(asked.query).get("next_page_token") == ["page-2"]
        body = {"voices": rows[2:] if second else rows[:2], "has_more": not second, "total_count": len(rows), "next_page_token": None if second else "page-2"}
        GetVoicesV2Response.model_validate(body)
        return Answer(body)

    def fault(self, asked: Asked) -> Answer | None:
        "What the vendor would refuse."
        voice, body, query = asked.path.split("/")[3], asked.json, parse_qs(asked.query)
        model, odd = body.get("model_id"), [f"body.{k}" for k in set(body) - self.FIELDS] + [f"query.{k}" for k in set(query) - self.QUERY]
        if asked.headers.get("xi-api-key") != self.KEY:
            return self.refuse(401, "invalid key")
        if odd or not isinstance(body.get("text"), str) or not body["text"].strip():
            rows = [{"loc": w.split("."), "msg": "Extra inputs are not permitted", "type": "extra_forbidden"} for w in odd or ["body.text"]]
            return Answer({"detail": rows}, 422)
        if query.get("output_format") != ["pcm_24000"]:
            return self.refuse(400, "output format", "invalid_output_format")
        if voice not in self.VOICES:
            return self.refuse(404, "no such voice")
        if model not in self.MOST:
            return self.refuse(400, "no such model")
        if len(body["text"]) > self.MOST[model]:
            return self.refuse(400, "too long", "max_character_limit_exceeded")
        if "v3" in model and {"previous_text", "next_text", "previous_request_ids", "next_request_ids"} & set(body):
            return self.refuse(400, f"Providing previous_text or next_text is not yet supported with the '{model}' model", "unsupported_model")
        if model == "eleven_multilingual_v2" and "language_code" in body:
            return self.refuse(400, "language_code", "unsupported_language")
        settings = body.get("voice_settings") or {}
        if not 0.7 <= (settings.get("speed") or 1.0) <= 1.2 or not 0 <= body.get("seed", 0) < 2**32:
            return self.refuse(400, "out of range")
        return self.refuse(400, "not allowed", "content_policy_violation") if "forbidden words" in body["text"] else None

    def speak(self, asked: Asked) -> Answer:
        from elevenlabs.types import AudioWithTimestampsResponse

        if refused := self.fault(asked):
            return refused
        text = asked.json["text"]
        if self.hold(text):  # it is made and charged, and the answer does not come
            self.bought.append(text)
            self.held.set()
            time.sleep(120)
        sound, times = tones(text)
        told = {"characters": [c for c, _, _ in times], "character_start_times_seconds": [a for _, a, _ in times], "character_end_times_seconds": [b for _, _, b in times]}
        body = {"audio_base64": base64.b64encode(pcm(sound)).decode(), "alignment": told, "normalized_alignment": told}
        AudioWithTimestampsResponse.model_validate(body)
        self.bought.append(text)
        body = self.change(json.loads(json.dumps(body)))
        return Answer(body, headers={"request-id": f"req-{len(self.bought)}", "character-cost": str(len(text))})


    SOUND_FIELDS = {"text", "loop", "duration_seconds", "prompt_influence", "model_id"}
    SOUND_QUERY = {"output_format", "enable_logging"}

    def sound(self, asked: Asked) -> Answer:
        """A sound from words: https://elevenlabs.io/docs/api-reference/text-to-sound-effects/convert.

        What comes back is the sound alone, in the format that is asked for; here a tone that swells, loudest at 40 % of its length.
        """
        body, query = asked.json, parse_qs(asked.query)
        if asked.headers.get("xi-api-key") != self.KEY:
            return self.refuse(401, "invalid key")
        odd = [f"body.{k}" for k in set(body) - self.SOUND_FIELDS] + [f"query.{k}" for k in set(query) - self.SOUND_QUERY]
        if odd or not isinstance(body.get("text"), str) or not body["text"].strip():
            return Answer({"detail": [{"loc": w.split("."), "msg": "Extra inputs are not permitted", "type": "extra_forbidden"} for w in odd or ["body.text"]]}, 422)
        seconds = body.get("duration_seconds") or 2.0
        if not 0.5 <= seconds <= 30 or query.get("output_format") != ["mp3_44100_128"]:
            return self.refuse(400, "out of range")
        if body.get("model_id") not in ("eleven_text_to_sound_v2", "eleven_text_to_sound_v3"):
            return self.refuse(400, "no such model")
        if "forbidden words" in body["text"]:
            return self.refuse(400, "not allowed", "content_policy_violation")
        if self.hold(body["text"]):
            self.bought.append(body["text"])
            self.held.set()
            time.sleep(120)
        t = np.arange(round(seconds * RATE)) / RATE
        swell = np.where(t < 0.4 * seconds, t / (0.4 * seconds), (seconds - t) / (0.6 * seconds)) ** 2
        self.bought.append(body["text"])
        data = packed((0.4 * swell * np.sin(2 * np.pi * (300 + 500 * t) * t)).astype(np.float32), "mp3")
        data = self.change_sound(data)
        return Answer(data, headers={"request-id": f"req-{len(self.bought)}"}, kind="audio/mpeg")


class Speech:
    """OpenAI's speech protocol: https://platform.openai.com/docs/api-reference/audio/createSpeech.

    Fields and ranges are those of `openai.types.audio.SpeechCreateParams` (openai 3.54 and later); errors:
    https://platform.openai.com/docs/guides/error-codes/api-errors.
    """

    KEY = "speech-test-key-0123456789"
    MODELS = {"tts-1", "kokoro"}
    VOICES = {"alloy", "nova", "af_heart"}
    FIELDS = {"model", "input", "voice", "instructions", "response_format", "speed", "stream_format"}

    def __init__(self, change: Callable[[bytes], bytes] = lambda data: data, key: str = ""):
        self.change, self.key, self.bought = change, key, []
        self.pages = {("POST", r"/v1/audio/speech"): self.speak}

    @staticmethod
    def error(status: int, what: str) -> dict | str:
        if status >= 500:
            return {"error": {"message": what, "type": "server_error", "param": None, "code": None}}
        code = {"rate limit": "rate_limit_exceeded", "insufficient quota": "insufficient_quota", "invalid key": "invalid_api_key", "no such model": "model_not_found",
                "refused": "content_policy_violation"}.get(what, "invalid_value")  # fmt: skip
        return {"error": {"message": what, "type": "invalid_request_error", "param": None, "code": code}}

    def speak(self, asked: Asked) -> Answer:
        body = asked.json
        refuse = lambda status, what: Answer(self.error(status, what), status)
        if self.key and asked.headers.get("authorization") != f"Bearer {self.key}":
            return refuse(401, "invalid key")
        if set(body) - self.FIELDS or not {"model", "input", "voice"} <= set(body):
            return refuse(400, f"unknown fields {sorted(set(body) - self.FIELDS)}")
        if not 1 <= len(body["input"]) <= 4096 or not 0.25 <= body.get("speed", 1.0) <= 4.0:
            return refuse(400, "out of range")
        if body["model"] not in self.MODELS:
            return refuse(404, "no such model")
        if body["voice"] not in self.VOICES:
            return refuse(400, f"no such voice; it has {', '.join(sorted(self.VOICES))}")
        if "forbidden words" in body["input"]:
            return refuse(400, "refused")
        sound, _ = tones(re.sub(r"\s+", " ", body["input"]))
        kind = body.get("response_format", "mp3")
        data = pcm(sound) if kind == "pcm" else wav(sound, streamed=True) if kind == "wav" else packed(sound, kind)
        self.bought.append(body["input"])
        return Answer(self.change(data), headers={"x-request-id": f"req-{len(self.bought)}"}, kind=f"audio/{kind}")
