"""A block of 3x3 convolutions with a residual branch, after VGG (Simonyan 2015) and ResNet (He 2016)."""

from collections.abc import Sequence

from torch import Tensor, nn


class ConvBlock(nn.Module):
    """3x3 convolutions, each with batch norm and ReLU; all but the first form one residual branch.

    Args:
        channels: The channels of the input.
        widths: The channels of each layer; all equal.
        stride: The stride of the first layer.

    Raises:
        ValueError: The widths differ, or there are none.
    """

    def __init__(self, *, channels: int, widths: Sequence[int], stride: int = 1) -> None:
        super().__init__()
        if not widths or len(set(widths)) > 1:
            raise ValueError(f"Expected layers of equal width within a block; found {list(widths)}.")
        self.first = _layer(channels, widths[0], stride)
        self.branch = nn.Sequential(*(_layer(width, width, 1) for width in widths[1:]))

    def forward(self, images: Tensor) -> Tensor:
        """Map (batch, channels, height, width) to (batch, widths[0], height / stride, width / stride)."""
        first: Tensor = self.first(images)
        return first + self.branch(first) if len(self.branch) else first


def _layer(inputs: int, outputs: int, stride: int) -> nn.Sequential:
    convolution = nn.Conv2d(inputs, outputs, 3, stride=stride, padding=1, bias=False)
    return nn.Sequential(convolution, nn.BatchNorm2d(outputs), nn.ReLU())
