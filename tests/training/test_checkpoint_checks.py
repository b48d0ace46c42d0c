"""`check_checkpoint` with files that are no checkpoints."""

import pytest
import torch

from docsight.errors import ConfigError
from docsight_training.checkpoint_checks import check_checkpoint


@pytest.mark.parametrize(
    "content", [b"", b"e", bytes(range(256)), {"weights": {}}, {"state_dict": None}, {"state_dict": {"weight": 1}}, []]
)
def test_file_without_weights_is_refused_in_one_line(content, tmp_path):
    file = tmp_path / "last.ckpt"
    if isinstance(content, bytes):
        file.write_bytes(content)
    else:
        torch.save(content, file)
    with pytest.raises(ConfigError, match=r"last\.ckpt is damaged or not a checkpoint: [^\n]+\. Resume from another"):
        check_checkpoint(file, torch.nn.Linear(2, 2))


def test_weights_that_only_one_of_the_networks_has_are_named(tmp_path):
    torch.save({"state_dict": torch.nn.Linear(2, 2, bias=False).state_dict()}, tmp_path / "last.ckpt")
    with pytest.raises(ConfigError, match=r"bias does not exist in the checkpoint, and has the shape \(2,\) with"):
        check_checkpoint(tmp_path / "last.ckpt", torch.nn.Linear(2, 2))
