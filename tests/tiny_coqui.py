"Tiny models of Coqui's own classes, randomly initialised: they load and speak like the real ones, in no language."

import json
from pathlib import Path

LETTERS = "abcdefghijklmnopqrstuvwxyz"


def vits(folder: Path, seed: int = 0, **config) -> Path:
    "A VITS of about 1 MB that takes letters; fields of its config can be given."
    import torch
    from TTS.tts.configs.shared_configs import CharactersConfig
    from TTS.tts.configs.vits_config import VitsArgs, VitsConfig
    from TTS.tts.models.vits import Vits

    torch.manual_seed(seed)
    args = VitsArgs(
        hidden_channels=16, hidden_channels_ffn_text_encoder=32, num_heads_text_encoder=2, num_layers_text_encoder=1, num_layers_posterior_encoder=1,
        num_layers_flow=1, use_sdp=False, init_discriminator=False, out_channels=513, upsample_initial_channel_decoder=32,
        upsample_rates_decoder=[8, 8, 4], upsample_kernel_sizes_decoder=[16, 16, 8], **config.pop("args", {}),
    )  # fmt: skip
    letters = CharactersConfig(
        characters_class="TTS.tts.models.vits.VitsCharacters", pad="_", eos="", bos="", blank="<BLNK>", characters=LETTERS, punctuations="!'(),-.:;? ",
        is_unique=True, is_sorted=True,
    )  # fmt: skip
    whole = VitsConfig(**{"model_args": args, "characters": letters, "use_phonemes": False, "text_cleaner": "basic_cleaners", "add_blank": True} | config)
    return _saved(Vits(whole), whole, folder)


def xtts(folder: Path, languages=("en", "de")) -> Path:
    "An XTTS; what is not text or prosody in it has a fixed size, about 90 MB."
    import torch
    from TTS.tts.configs.xtts_config import XttsArgs, XttsConfig
    from TTS.tts.models.xtts import Xtts

    torch.manual_seed(0)
    folder.mkdir(parents=True, exist_ok=True)
    words = ["[STOP]", "[UNK]", "[SPACE]", "[START]", *(f"[{x.split('-')[0]}]" for x in languages), *LETTERS, *".,!?'-"]
    vocabulary = {
        "version": "1.0", "truncation": None, "padding": None, "normalizer": None, "pre_tokenizer": {"type": "Whitespace"}, "post_processor": None, "decoder": None,
        "added_tokens": [
            {"id": n, "special": True, "content": w, "single_word": False, "lstrip": False, "rstrip": False, "normalized": False} for n, w in enumerate(words) if w[0] == "["
        ],
        "model": {
            "type": "BPE", "dropout": None, "unk_token": "[UNK]", "continuing_subword_prefix": None, "end_of_word_suffix": None, "fuse_unk": False,
            "vocab": {w: n for n, w in enumerate(words)}, "merges": [],
        },
    }  # fmt: skip
    (folder / "vocab.json").write_text(json.dumps(vocabulary))
    args = XttsArgs(
        tokenizer_file=str(folder / "vocab.json"), gpt_layers=2, gpt_n_model_channels=64, gpt_n_heads=2, gpt_num_audio_tokens=66, gpt_start_audio_token=64,
        gpt_stop_audio_token=65, gpt_max_audio_tokens=60, gpt_max_text_tokens=402, gpt_max_prompt_tokens=20, gpt_number_text_tokens=len(words), decoder_input_dim=64,
        gpt_start_text_token=3, gpt_stop_text_token=0,
    )  # fmt: skip
    whole = XttsConfig(model_args=args, languages=list(languages))
    return _saved(Xtts(whole), whole, folder)


def _saved(model, config, folder: Path) -> Path:
    import torch

    folder.mkdir(parents=True, exist_ok=True)
    config.save_json(str(folder / "config.json"))
    torch.save({"config": config.to_dict(), "model": model.state_dict()}, folder / "model.pth")
    return folder
