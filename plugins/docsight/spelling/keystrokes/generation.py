"""Continuation of a text by the character language model."""

import math

import torch

from docsight.errors import ConfigError
from docsight.networks.char_lm import UNKNOWN, CharLM
from docsight.spelling.keystrokes.plain_text import MAX_CONTEXT, to_plain

_SEED_LIMIT = 1 << 63


@torch.inference_mode()
def generate(network: CharLM, prefix: str = "", *, length: int = 200, temperature: float = 0.7, seed: int = 0) -> str:
    """Continue a text, character by character.

    Args:
        network: The language model, in evaluation mode.
        prefix: The text to continue; if empty, a new paragraph begins.
        length: The number of characters to add.
        temperature: The randomness: 0 always takes the likeliest character, 1 samples from the model's distribution.
        seed: The seed of the samples, from 0 to below 2**63.

    Returns:
        The added characters, without the prefix.

    Raises:
        ConfigError: The length or the temperature is not a number of at least 0, or the seed is out of range.
    """
    if not isinstance(length, int) or not isinstance(temperature, int | float) or not isinstance(seed, int):
        raise ConfigError(
            "generate: expected an integer length, a number as temperature, and an integer seed; "
            f"found {length!r}, {temperature!r} and {seed!r}."
        )
    if length < 0 or not 0 <= temperature < math.inf:
        raise ConfigError(
            f"generate: expected a length and a temperature of at least 0; found {length} and {temperature}."
        )
    if not 0 <= seed < _SEED_LIMIT:
        raise ConfigError(f"generate: expected a seed from 0 to below 2**63; found {seed}.")
    generator = torch.Generator().manual_seed(seed)
    plain = to_plain(prefix)[-MAX_CONTEXT:]
    logits, state = network(network.encode("\n" + plain)[None], network.start())
    log_probs = logits[:, -1].log_softmax(dim=1)
    characters = []
    for _ in range(length):
        log_probs[:, UNKNOWN] = -math.inf
        if temperature:
            sampled = torch.multinomial((log_probs[0] / temperature).softmax(dim=0), 1, generator=generator)
        else:
            sampled = log_probs.argmax(dim=1)
        characters.append(network.chars[int(sampled) - 1])
        log_probs, state = network.step(sampled, state)
    return "".join(characters)
