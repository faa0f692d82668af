"A language model of a few hundred kilobytes with random weights, served by llama.cpp on this machine: real loading, real sampling, real HTTP."

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

WIDTH, DEPTH, HEADS, INNER, ROOM = 64, 1, 2, 128, 16_384  # of the model; ROOM is its context in tokens


def write_model(path: Path, seed: int = 0) -> Path:
    """A llama with one layer, whose tokens are bytes.

    Its first coordinate is the same for every token, so the first column of the last matrix says how likely a token is at all:
    letters and ends of strings rather than blanks, and no bytes that are no text.
    """
    import gguf

    r, w = np.random.default_rng(seed), gguf.GGUFWriter(str(path), "llama")
    tokens = [b"<unk>", b"<s>", b"</s>", *(b"<0x%02X>" % n for n in range(256)), "▁".encode()]
    kinds = [gguf.TokenType.UNKNOWN, gguf.TokenType.CONTROL, gguf.TokenType.CONTROL, *[gguf.TokenType.BYTE] * 256, gguf.TokenType.NORMAL]
    w.add_context_length(ROOM), w.add_embedding_length(WIDTH), w.add_block_count(DEPTH), w.add_feed_forward_length(INNER)
    w.add_head_count(HEADS), w.add_head_count_kv(HEADS), w.add_layer_norm_rms_eps(1e-5), w.add_vocab_size(len(tokens))
    w.add_rope_dimension_count(WIDTH // HEADS), w.add_file_type(gguf.LlamaFileType.ALL_F32)
    w.add_tokenizer_model("llama"), w.add_token_list(tokens), w.add_token_scores([0.0] * len(tokens)), w.add_token_types(kinds)
    w.add_bos_token_id(1), w.add_eos_token_id(2), w.add_unk_token_id(0)
    w.add_chat_template("{% for m in messages %}{{ m['role'] }}: {{ m['content'] }}\n{% endfor %}assistant: ")
    some = lambda *shape: (r.standard_normal(shape) / np.sqrt(shape[-1])).astype(np.float32)
    inward = lambda *shape: np.vstack([np.zeros((1, shape[1]), np.float32), some(*shape)[1:]])  # leaves the first coordinate alone
    seen, said, liked = some(len(tokens), WIDTH), some(len(tokens), WIDTH), {'"': 3.0, "{": 4.0, " ": 1.0, ",": 1.0} | dict.fromkeys("aeiounrst123", 2.0)
    seen[:, 0] = 10.0
    said[:, 0] = [(liked.get(chr(n - 3), -1.0) if 35 <= n < 130 else -20.0) / np.sqrt(WIDTH) for n in range(len(tokens))]
    w.add_tensor("token_embd.weight", seen), w.add_tensor("output.weight", said)
    w.add_tensor("output_norm.weight", np.ones(WIDTH, np.float32))
    for n in range(DEPTH):
        for name in ("attn_q", "attn_k", "attn_v"):
            w.add_tensor(f"blk.{n}.{name}.weight", some(WIDTH, WIDTH))
        w.add_tensor(f"blk.{n}.attn_output.weight", inward(WIDTH, WIDTH))
        w.add_tensor(f"blk.{n}.ffn_gate.weight", some(INNER, WIDTH)), w.add_tensor(f"blk.{n}.ffn_up.weight", some(INNER, WIDTH))
        w.add_tensor(f"blk.{n}.ffn_down.weight", inward(WIDTH, INNER))
        w.add_tensor(f"blk.{n}.attn_norm.weight", np.ones(WIDTH, np.float32)), w.add_tensor(f"blk.{n}.ffn_norm.weight", np.ones(WIDTH, np.float32))
    w.write_header_to_file(), w.write_kv_data_to_file(), w.write_tensors_to_file(), w.close()
    return path


@contextmanager
def served(model: Path) -> Iterator[str]:
    "llama.cpp's own server with a model, in a process of its own; its address."
    p = subprocess.Popen([sys.executable, __file__, str(model)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        assert (url := p.stdout.readline().strip()), "the server did not come up"
        yield url
    finally:
        p.stdin.close()
        p.wait(20)
        p.stdout.close()


def serve(model: str) -> None:
    "Serve until standard input is closed."
    import xllamacpp

    p = xllamacpp.CommonParams()
    p.model.path, p.n_ctx, p.n_parallel, p.warmup, p.cpuparams.n_threads, p.hostnames, p.port = model, ROOM, 1, False, 1, ["127.0.0.1"], 0
    server = xllamacpp.Server(p)
    print(f"{server.listening_address}/v1", flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    serve(sys.argv[1])
