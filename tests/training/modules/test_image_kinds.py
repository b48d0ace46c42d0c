from functools import partial

import pytest
import torch

from docsight.networks.image_classifier import ImageClassifier
from docsight_training.data.images.dataset import OTHER
from docsight_training.data.images.image_batches import ImageBatch
from docsight_training.modules.images import ImageModule

KINDS = {"chart": ["bar_chart", "pie_chart"]}


@pytest.fixture
def module() -> ImageModule:
    network = ImageClassifier(labels=["map", "chart", "text"], channels=1, blocks=[[4], [8]], other=True, kinds=KINDS)
    made = ImageModule(network, optimizer=partial(torch.optim.SGD, lr=0.5))
    made.log = lambda *_, **__: None
    return made


def test_labels_of_kinds_become_the_label_and_the_leaf(module):
    # 0 to 2 are the labels, 3 and 4 the kinds; the leaves are map, bar_chart, pie_chart, text.
    labels, leaves = module._labels_and_kinds(torch.tensor([0, 1, 2, 3, 4, OTHER]))
    assert labels.tolist() == [0, 1, 2, 1, 1, OTHER]
    assert leaves.tolist() == [OTHER, OTHER, OTHER, 1, 2, OTHER]


def test_training_on_kinds_teaches_them_and_a_label_alone_does_not(module):
    images = torch.rand(4, 1, 8, 8, generator=torch.Generator().manual_seed(1))
    weights = []
    for label in (1, 4):
        module.zero_grad()
        module.training_step(ImageBatch(images, torch.full((4,), label)), 0).backward()
        gradient = module.network.classify.bias.grad
        weights.append(float(gradient[1] - gradient[2]))  # bar_chart rather than pie_chart
    unknown, pie = weights
    assert pie > 4 * abs(unknown)


def test_loss_of_kinds_is_the_log_loss_among_the_kinds_of_the_label(module):
    leaves = torch.tensor([[9.0, 1.0, 2.0, 9.0], [0.0, 0.0, 0.0, 0.0]])
    loss = module._loss_of_kinds(leaves, torch.tensor([2, OTHER]))
    assert float(loss) == pytest.approx(-float(torch.tensor([1.0, 2.0]).log_softmax(dim=0)[1]) / 2)
