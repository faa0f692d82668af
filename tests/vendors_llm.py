"""Vendors of language models on this machine: pages for `loopback.Vendor` that take what the real ones take, and nothing else.

What comes in is held against the SDK's own types of a request, so a field that the vendor does not know is refused as there;
what goes out is made of the SDK's own types of an answer.
"""

import json
import re
from typing import Any

import anthropic.types as claude
import google.genai.types as gemini
import openai.types.chat as gpt
from anthropic.types.message_create_params import MessageCreateParamsStreaming
from loopback import Answer, Asked
from openai.types import CompletionUsage
from openai.types.chat.completion_create_params import CompletionCreateParamsStreaming
from openai.types.completion_usage import PromptTokensDetails
from pydantic import ConfigDict, TypeAdapter, ValidationError, create_model
from typing_extensions import get_type_hints

USED = {"input": 900, "cached": 400, "output": 120}  # tokens of every answer; cached ones are part of the input


def spoken(words: int = 60, lines: int = 6, **more: Any) -> str:
    "A script of so many words, as a model would write it from the notes of `BRIEF`."
    said = ("an octopus has three hearts and two of them pump blood through the gills while the third one stops when it swims so it would rather crawl " * 9).split()
    per, out = words // lines, []
    for n in range(lines):
        role = "hook" if n == 0 else "payoff" if n == lines - 1 else "beat"
        text = " ".join(said[n * per : (n + 1) * per]).capitalize() + "."
        out.append({"role": role, "text": text, "notes": [1 + n % 3], "image_prompt": f"an octopus, view {n}"})
    return json.dumps({"lines": out} | more)


def known_fields(kind: Any) -> set[str]:
    "The names that a TypedDict of an SDK has."
    return set(get_type_hints(kind))


def _events(events: list[tuple[str, Any]]) -> Answer:
    lines = (f"{f'event: {name}{chr(10)}' if name else ''}data: {e if isinstance(e, str) else json.dumps(e)}\n\n".encode() for name, e in events)
    return Answer(lines, kind="text/event-stream")


def _halves(text: str) -> tuple[str, str]:
    return text[: len(text) // 2], text[len(text) // 2 :]


class Script:
    "What the models answer, in turn; the last one again and again."

    def __init__(self, *texts: Any, stop: str = "", refusal: str = "", usage: bool = True, model: str = ""):
        self.texts, self.stop, self.refusal, self.usage, self.model = list(texts) or [spoken()], stop, refusal, usage, model

    def next(self, body: dict) -> str:
        "The next text; for one that is callable, what it makes of the request."
        text = self.texts.pop(0) if len(self.texts) > 1 else self.texts[0]
        return text(body) if callable(text) else text


def as_long_as_asked(body: dict) -> str:
    "A script of the words that the prompt asks for."
    return spoken(int(re.findall(r"about\s+(\d+)\s+words", body["messages"][-1]["content"])[-1]))


def _bad(status: int, body: Any) -> Answer:
    return Answer(body, status)


# ---- OpenAI. Request, stream and errors: https://platform.openai.com/docs/api-reference/chat/create and /chat-streaming,
# https://platform.openai.com/docs/guides/error-codes


def openai_error(status: int, what: str, code: str = "") -> dict:
    kinds = {401: "invalid_request_error", 429: "requests", 404: "invalid_request_error", 400: "invalid_request_error"}
    known = {"insufficient quota": "insufficient_quota", "rate limit": "rate_limit_exceeded", "invalid key": "invalid_api_key", "no such model": "model_not_found"}
    return {"error": {"message": what, "type": kinds.get(status, "server_error"), "param": None, "code": code or known.get(what)}}


def openai_page(script: Script, models: tuple[str, ...], local: bool = False):
    def page(asked: Asked) -> Answer:
        body = asked.json
        if odd := sorted(set(body) - known_fields(CompletionCreateParamsStreaming)):
            return _bad(400, openai_error(400, f"Unrecognized request argument supplied: {odd[0]}"))
        try:
            TypeAdapter(CompletionCreateParamsStreaming).validate_python(body)
        except ValidationError as e:
            return _bad(400, openai_error(400, f"{e.errors()[0]['loc']}: {e.errors()[0]['msg']}"))
        if not local and (not asked.headers.get("authorization", "").startswith("Bearer sk-") or "max_tokens" in body or "temperature" in body):
            return _bad(401 if "sk-" not in asked.headers.get("authorization", "") else 400, openai_error(401, "invalid key"))
        assert body["max_tokens" if local else "max_completion_tokens"] > 0
        schema = body["response_format"]["json_schema"]
        assert schema["strict"] is True and schema["schema"]["additionalProperties"] is False and schema["schema"]["required"] == [*schema["schema"]["properties"]]
        if body["model"] not in models:
            return _bad(404, openai_error(404, f"The model `{body['model']}` does not exist or you do not have access to it.", "model_not_found"))
        return _openai_stream(script, body)

    return page


def _openai_stream(script: Script, body: dict) -> Answer:
    text, parts, model = script.next(body), [], body["model"]
    base = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": script.model or model}
    if script.refusal:
        parts.append({"role": "assistant", "refusal": script.refusal})
    else:
        parts += [{"role": "assistant", "content": _halves(text)[0]}, {"content": _halves(text)[1]}]
    chunks = [base | {"choices": [{"index": 0, "delta": d, "finish_reason": None}]} for d in parts]
    chunks.append(base | {"choices": [{"index": 0, "delta": {}, "finish_reason": script.stop or "stop"}]})
    used = CompletionUsage(prompt_tokens=USED["input"], completion_tokens=USED["output"], total_tokens=USED["input"] + USED["output"],
                           prompt_tokens_details=PromptTokensDetails(cached_tokens=USED["cached"])).model_dump(exclude_none=True)  # fmt: skip
    chunks += [base | {"choices": [], "usage": used}] * script.usage
    for c in chunks:
        gpt.ChatCompletionChunk.model_validate(c, strict=True)
    return _events([*(("", c) for c in chunks), ("", "[DONE]")])


# ---- Anthropic. https://docs.anthropic.com/en/api/messages, /messages-streaming and /errors


def anthropic_error(status: int, what: str) -> dict:
    kinds = {400: "invalid_request_error", 401: "authentication_error", 403: "permission_error", 404: "not_found_error", 429: "rate_limit_error", 529: "overloaded_error", 503: "overloaded_error"}
    what = {"insufficient quota": "Your credit balance is too low to access the Anthropic API."}.get(what, what)
    return {"type": "error", "error": {"type": kinds.get(status, "api_error"), "message": what}, "request_id": "req_1"}


def anthropic_page(script: Script, models: tuple[str, ...]):
    def page(asked: Asked) -> Answer:
        body = asked.json
        if odd := sorted(set(body) - known_fields(MessageCreateParamsStreaming)):
            return _bad(400, anthropic_error(400, f"{odd[0]}: Extra inputs are not permitted"))
        if not asked.headers.get("authorization", "").startswith("Bearer sk-ant-") or not asked.headers.get("anthropic-version"):
            return _bad(401, anthropic_error(401, "invalid x-api-key"))
        assert body["output_config"]["format"]["type"] == "json_schema" and body["stream"] is True and body["max_tokens"] > 0
        assert [m["role"] for m in body["messages"]][0] == "user" and body["system"]
        if body["model"] not in models:
            return _bad(404, anthropic_error(404, f"model: {body['model']}"))
        return _anthropic_stream(script, body)

    return page


def _anthropic_stream(script: Script, body: dict) -> Answer:
    model = body["model"]
    first, second = _halves("" if script.refusal else script.next(body))
    used = {"input_tokens": USED["input"] - USED["cached"], "cache_read_input_tokens": USED["cached"], "cache_creation_input_tokens": 0}
    message = {"id": "msg_1", "type": "message", "role": "assistant", "model": script.model or model, "content": [], "stop_reason": None, "stop_sequence": None}
    told = used | {"output_tokens": USED["output"]} if script.usage else {"output_tokens": 0}
    stop = "refusal" if script.refusal else {"length": "max_tokens"}.get(script.stop, "end_turn")
    events = [
        {"type": "message_start", "message": message | {"usage": used | {"output_tokens": 1}}},
        {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
        {"type": "ping"},
        {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": first}},
        {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": second}},
        {"type": "content_block_stop", "index": 0},
        {"type": "message_delta", "delta": {"stop_reason": stop, "stop_sequence": None}, "usage": told},
        {"type": "message_stop"},
    ]
    for e in events:
        if e["type"] != "ping":
            TypeAdapter(claude.RawMessageStreamEvent).validate_python(e)
    return _events([(e["type"], e) for e in events])


# ---- Google. https://ai.google.dev/api/generate-content and https://ai.google.dev/gemini-api/docs/troubleshooting


def google_error(status: int, what: str) -> dict:
    names = {400: "INVALID_ARGUMENT", 401: "UNAUTHENTICATED", 403: "PERMISSION_DENIED", 404: "NOT_FOUND", 429: "RESOURCE_EXHAUSTED", 500: "INTERNAL", 503: "UNAVAILABLE"}
    what = {"insufficient quota": "You exceeded your current quota, please check your plan and billing details."}.get(what, what)
    return {"error": {"code": status, "message": what, "status": names.get(status, "UNKNOWN")}}


_WIRE = ConfigDict(extra="forbid", alias_generator=lambda n: re.sub(r"_(\w)", lambda m: m[1].upper(), n), populate_by_name=False)
_CONFIG = create_model("Config", __config__=_WIRE, **{n: (f.annotation, None) for n, f in gemini.GenerationConfig.model_fields.items()})
_GOOGLE_FIELDS = {"contents", "systemInstruction", "safetySettings", "generationConfig", "tools", "toolConfig", "cachedContent", "serviceTier", "store"}


def google_page(script: Script, models: tuple[str, ...]):
    def page(asked: Asked) -> Answer:
        body, model = asked.json, re.search(r"models/([^:]+):streamGenerateContent", asked.path)[1]
        if odd := sorted(set(body) - _GOOGLE_FIELDS):
            return _bad(400, google_error(400, f'Invalid JSON payload received. Unknown name "{odd[0]}": Cannot find field.'))
        try:
            _CONFIG.model_validate(body["generationConfig"])
            [gemini.Content.model_validate(c) for c in (*body["contents"], body["systemInstruction"])]
        except ValidationError as e:
            return _bad(400, google_error(400, f"{e.errors()[0]['loc']}: {e.errors()[0]['msg']}"))
        if not asked.headers.get("x-goog-api-key", "").startswith("AIza"):
            return _bad(400, google_error(400, "API key not valid. Please pass a valid API key."))
        assert body["generationConfig"]["responseMimeType"] == "application/json" and body["generationConfig"]["maxOutputTokens"] > 0
        if model not in models:
            return _bad(404, google_error(404, f"models/{model} is not found for API version v1."))
        return _google_stream(script, model, body)

    return page


def _google_stream(script: Script, model: str, body: dict) -> Answer:
    first, second = _halves("" if script.refusal else script.next(body))
    stop = {"length": "MAX_TOKENS"}.get(script.stop, "STOP")
    used = {"promptTokenCount": USED["input"], "cachedContentTokenCount": USED["cached"], "candidatesTokenCount": USED["output"], "totalTokenCount": USED["input"] + USED["output"]}
    told = {"usageMetadata": used} if script.usage else {}
    piece = lambda text, **more: {"candidates": [{"content": {"role": "model", "parts": [{"text": text}]}, "index": 0} | more], "modelVersion": script.model or model}
    chunks = [piece(first), piece(second, finishReason=stop) | told]
    if script.refusal:  # a prompt that is blocked has no candidate
        chunks = [{"promptFeedback": {"blockReason": "PROHIBITED_CONTENT"}, "modelVersion": model} | told]
    for c in chunks:
        gemini.GenerateContentResponse.model_validate(c)
    return _events([("", c) for c in chunks])
