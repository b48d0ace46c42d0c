"""The spaCy components, one per module, each imported on first use. They import `bundle`, `networks` and `spelling`."""

from typing import TYPE_CHECKING

from docsight.lazy import lazy_names

if TYPE_CHECKING:
    from docsight.components.cnn_imagecat import ImageCategorizer, make_cnn_imagecat
    from docsight.components.rnn_ner import RnnNer, make_rnn_ner
    from docsight.components.rnn_speller import RnnSpeller, make_rnn_speller
else:
    __getattr__, __dir__ = lazy_names(
        __name__,
        {
            "ImageCategorizer": "docsight.components.cnn_imagecat",
            "RnnNer": "docsight.components.rnn_ner",
            "RnnSpeller": "docsight.components.rnn_speller",
            "make_cnn_imagecat": "docsight.components.cnn_imagecat",
            "make_rnn_ner": "docsight.components.rnn_ner",
            "make_rnn_speller": "docsight.components.rnn_speller",
        },
    )

__all__ = [
    "ImageCategorizer",
    "RnnNer",
    "RnnSpeller",
    "make_cnn_imagecat",
    "make_rnn_ner",
    "make_rnn_speller",
]
