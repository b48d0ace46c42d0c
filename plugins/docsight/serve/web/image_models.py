"""The answers about images, as in the OpenAPI schema."""

from pydantic import BaseModel, Field

Matrix = list[list[float]]  # rows of columns


class FilterPair(BaseModel):
    """The filters of the first layer, [filter][channel][row][column]."""

    before: list[list[Matrix]] = Field(description="Before training.")
    after: list[list[Matrix]]


class FeatureMap(BaseModel):
    height: int
    width: int
    max: float = Field(description="The largest activation, which is white in the image.")
    png: str = Field(description="A data URI.")


class LayerMaps(BaseModel):
    layer: str
    maps: list[FeatureMap] = Field(description="One for each filter.")


class ImageExplanation(BaseModel):
    label: str = Field(description="The label that is explained.")
    filters: FilterPair
    feature_maps: list[LayerMaps]
    grad_cam: Matrix = Field(description="Where there is evidence for the label; at least 0.")
    occlusion: Matrix = Field(description="How much the log odds of the label fall when a pixel is covered.")


class ImageAnswer(BaseModel):
    model: str
    size: int = Field(description="The side of the input of the network, in pixels.")
    channels: int = Field(description="1 for greyscale, 3 for colour.")
    label: str | None = Field(description="The most probable label; null if the model abstains.")
    best: str = Field(description="The most probable label.")
    score: float = Field(description="Its probability.")
    scores: dict[str, float] = Field(description="The probability of each label.")
    in_domain: float = Field(description="How much the image is like those of the training.")
    threshold: float = Field(description="Below this `in_domain`, the model abstains.")
    pixels: list[list[list[int]]] = Field(description="The input of the network, [channel][row][column], 0 to 255.")
    explanation: ImageExplanation | None
