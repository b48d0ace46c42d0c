import torch

from docsight.spelling.lexicon.tables import ZIPF_STEPS, Lexicon, WordSource


def _lexicon() -> Lexicon:
    lexicon = Lexicon(num_words=5)
    lexicon.sources[2:] = torch.tensor(
        [WordSource.US | WordSource.LOWER, WordSource.LARGE, WordSource.FREQUENCY], dtype=torch.uint8
    )
    lexicon.zipf[2:] = torch.tensor([7.7 * ZIPF_STEPS, 2 * ZIPF_STEPS, 0], dtype=torch.uint8)
    return lexicon


def test_lexicon_reserved_ids_have_zipf_zero():
    lexicon = _lexicon()
    reserved = torch.tensor([0, 1])
    assert lexicon.zipf_of(reserved).tolist() == [0.0, 0.0]


def test_lexicon_zipf_is_in_steps():
    assert torch.allclose(_lexicon().zipf_of(torch.tensor([2, 3])), torch.tensor([7.7, 2.0]), atol=1 / ZIPF_STEPS)


def test_lexicon_survives_a_state_dict():
    loaded = Lexicon(num_words=5)
    loaded.load_state_dict(_lexicon().state_dict())
    assert loaded.sources.tolist() == _lexicon().sources.tolist()
    assert loaded.variant.dtype == torch.int32
