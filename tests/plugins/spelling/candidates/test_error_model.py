import random

import pytest
import torch

from docsight.spelling.candidates.error_model import MAX_COST, NUM_CODES, ErrorModel, encode_letters, group_code


def random_model(seed: int) -> ErrorModel:
    torch.manual_seed(seed)
    model = ErrorModel(num_typed=40, num_meant=50)
    for name in ("substitute", "insert", "delete", "swap"):
        model.get_buffer(name).uniform_(2.0, 9.0)
    model.rules.uniform_(2.0, 12.0)
    model.rules[0], model.rules[:, 0] = MAX_COST, MAX_COST
    letters = range(1, 5)
    for name, count in (("typed_groups", 40), ("meant_groups", 50)):
        groups = [(a,) for a in letters] + [(a, b) for a in letters for b in letters]
        groups += [(a, b, c) for a in letters for b in letters for c in letters]
        random.Random(seed).shuffle(groups)
        for number, group in enumerate(groups[:count], start=1):
            model.get_buffer(name)[group_code(group)] = number
    return model


def cost_by_hand(model: ErrorModel, typed: str, meant: str) -> float:
    """Run the dynamic program cell by cell over the whole words."""
    t, m = (encode_letters([word])[0].tolist() for word in (typed, meant))
    band = 3 + (abs(len(t) - len(m)) if abs(len(t) - len(m)) > 1 else 0)
    at = {(0, 0): 0.0}
    for i in range(len(t) + 1):
        for j in range(len(m) + 1):
            if (i, j) == (0, 0) or abs(i - j) > band:
                continue
            before, behind = m[j - 1] if j else 0, m[j] if j < len(m) else 0
            ways = []
            if i and (i - 1, j) in at:
                ways.append(at[i - 1, j] + model.insert[t[i - 1], before, behind].item())
            if j and (i, j - 1) in at:
                ways.append(at[i, j - 1] + model.delete[m[j - 2] if j > 1 else 0, before, behind].item())
            if i and j:
                same = t[i - 1] == before
                ways.append(at[i - 1, j - 1] + (0.0 if same else model.substitute[t[i - 1], before, behind].item()))
            if i > 1 and j > 1 and t[i - 2 : i] == m[j - 2 : j][::-1] and t[i - 1] != t[i - 2]:
                ways.append(at[i - 2, j - 2] + model.swap[m[j - 2], m[j - 1]].item())
            for a in range(1, min(i, 3) + 1):
                for b in range(1, min(j, 3) + 1):
                    if (a, b) != (1, 1) and (i - a, j - b) in at:
                        typed_group = model.typed_groups[group_code(t[i - a : i])]
                        meant_group = model.meant_groups[group_code(m[j - b : j])]
                        ways.append(at[i - a, j - b] + model.rules[typed_group.long(), meant_group.long()].item())
            at[i, j] = min(ways)
    return min(at[len(t), len(m)] + (model.first.item() if t[:1] != m[:1] else 0.0), MAX_COST)


def test_costs_equal_a_dynamic_program_cell_by_cell() -> None:
    rng = random.Random(1)
    pairs = []
    while len(pairs) < 400:
        # Words that share few letters at either end: the common ends of the others are skipped.
        typed, meant = ("".join(rng.choices("abcd", k=rng.randint(1, 9))) for _ in range(2))
        if typed != meant and typed[:3] != meant[:3] and typed[-3:] != meant[-3:] and abs(len(typed) - len(meant)) <= 5:
            pairs.append((typed, meant))
    model = random_model(1)
    model.first.fill_(1.5)
    typed, meant = (encode_letters(words) for words in zip(*pairs, strict=True))
    found = model.costs(typed, meant)
    assert found.dtype == torch.float32
    assert found.tolist() == pytest.approx([cost_by_hand(model, *pair) for pair in pairs], abs=1e-4)


def test_costs_of_one_pair_equal_those_in_a_batch() -> None:
    rng = random.Random(2)
    model = random_model(2)
    words = ["".join(rng.choices("abcd", k=rng.randint(1, 32))) for _ in range(600)]
    others = [word[:k] + rng.choice("abcd") + word[k + rng.randint(0, 2) :] for k, word in enumerate(words)]
    together = model.costs(encode_letters(words), encode_letters(others))
    alone = [model.costs(encode_letters([a]), encode_letters([b])) for a, b in zip(words, others, strict=True)]
    assert together.tolist() == pytest.approx(torch.cat(alone).tolist(), abs=1e-5)


def test_costs_skip_common_prefixes_and_suffixes() -> None:
    model = random_model(3)
    typed, meant = encode_letters(["bacdabdcbadc"]), encode_letters(["bacdabcbadc"])
    assert model.costs(typed, meant).item() <= model.insert[4, 2, 3].item()


def test_costs_of_equal_words_are_zero_and_of_others_limited() -> None:
    model = ErrorModel(num_typed=1, num_meant=1)
    typed = encode_letters(["same", "a", "cat", "short", "don't"])
    meant = encode_letters(["same", "b", "dog", "muchlongerword", "dont"])
    assert model.costs(typed, meant).tolist() == [0.0, MAX_COST, MAX_COST, MAX_COST, MAX_COST]


def test_costs_accept_empty_batches_and_words() -> None:
    model = ErrorModel(num_typed=1, num_meant=1)
    assert model.costs(encode_letters([]), encode_letters([])).shape == (0,)
    assert model.costs(encode_letters([""]), encode_letters(["a"])).tolist() == [MAX_COST]
    assert model.costs(encode_letters([""]), encode_letters([""])).tolist() == [0.0]


def test_costs_price_each_kind_of_edit() -> None:
    model = ErrorModel(num_typed=1, num_meant=1)
    a, b, c = 1, 2, 3
    model.insert[b, a, c] = 1.0
    model.delete[a, b, c] = 2.0
    model.substitute[b, a, c] = 3.0
    model.swap[a, b] = 4.0
    model.typed_groups[group_code([b])] = 1
    model.meant_groups[group_code([c, c])] = 1
    model.rules[1, 1] = 5.0
    model.first.fill_(0.5)
    typed, meant = ["abc", "ac", "bc", "bac", "ab"], ["ac", "abc", "ac", "abc", "acc"]
    assert model.costs(encode_letters(typed), encode_letters(meant)).tolist() == [1.0, 2.0, 3.5, 4.5, 5.0]


def test_encode_letters_codes_letters_in_any_case() -> None:
    assert encode_letters(["aZ'", "-é", "", "x" * 40])[:, :4].tolist() == [
        [1, 26, 27, 0],
        [28, 28, 0, 0],
        [0, 0, 0, 0],
        [24, 24, 24, 24],
    ]
    assert encode_letters(["x" * 40]).shape == (1, 32)
    assert encode_letters(["ab"]).dtype == torch.uint8


def test_error_model_keeps_its_size_small() -> None:
    model = ErrorModel(num_typed=400, num_meant=400)
    assert sum(buffer.numel() * 2 for buffer in model.buffers()) < 600_000
    assert model.substitute.shape == (NUM_CODES, NUM_CODES, NUM_CODES)


def test_costs_change_little_in_half_precision() -> None:
    model = random_model(4)
    typed, meant = encode_letters(["abcd", "bdca"]), encode_letters(["abdd", "cab"])
    half = random_model(4)
    half.load_state_dict({name: value.half().float() for name, value in model.state_dict().items()})
    assert half.costs(typed, meant).tolist() == pytest.approx(model.costs(typed, meant).tolist(), abs=0.02)
