import torch

from docsight.networks.spans import search_rows
from docsight.networks.tagger import WordTypes
from docsight_training.teacher.networks import Ensemble, FeatureTagger

ENCODER = {"num_words": 9, "num_chars": 5, "word_dim": 4, "word_parts": 2, "char_width": 4, "hidden_dim": 6}
TYPES = WordTypes(torch.tensor([2, 3, 4]), torch.tensor([[2, 3], [4, 0], [2, 2]]), torch.tensor([1, 2, 3]))
INDEX = torch.tensor([[0, 1, 2, 1]])
LENGTHS = torch.tensor([4])


def _tagger(seed: int, **options) -> FeatureTagger:
    torch.manual_seed(seed)
    tagger = FeatureTagger(labels=["PER", "LOC"], encoder=ENCODER, **options).eval()
    for parameter in [*tagger.output.parameters(), *tagger.crf.parameters()]:
        torch.nn.init.normal_(parameter)
    return tagger


def test_feature_tagger_reads_its_features():
    tagger = _tagger(1, feature_dim=5, feature_width=3)
    features = torch.randn(1, 4, 5)
    one, other = (
        tagger.emissions(tagger.encode_words(TYPES, INDEX, given), LENGTHS) for given in (features, -features)
    )
    assert not torch.allclose(one, other)


def test_feature_tagger_without_features_scores_as_a_tagger():
    tagger = _tagger(1)
    scores = tagger.emissions(tagger.encode_words(TYPES, INDEX, None), LENGTHS)
    assert torch.allclose(scores, tagger.emissions(tagger.encoder.encode_types(TYPES)[INDEX], LENGTHS))


def test_ensemble_averages_emissions_and_transitions():
    members = [_tagger(1), _tagger(2, feature_dim=5, feature_width=3)]
    ensemble = Ensemble(members).eval()
    features = torch.randn(1, 4, 5)
    scores = ensemble.emissions(ensemble.encode_words(TYPES, INDEX, features), LENGTHS)
    parts = [member.emissions(member.encode_words(TYPES, INDEX, features), LENGTHS) for member in members]
    assert torch.allclose(scores, torch.stack(parts).mean(dim=0), atol=1e-5)
    transitions = torch.stack([member.crf.transitions for member in members]).mean(dim=0)
    assert torch.allclose(ensemble.crf.transitions, transitions)


def test_ensemble_of_one_finds_the_same_spans():
    member = _tagger(3)
    ensemble = Ensemble([member]).eval()
    rows = [torch.arange(4)]
    alone = search_rows(member, member.encode_words(TYPES, INDEX, None)[0], rows)
    assert alone == search_rows(ensemble, ensemble.encode_words(TYPES, INDEX, None)[0], rows)
    assert alone[0]
