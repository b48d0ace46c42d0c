"""What the fork server imports, so that a worker starts in the time that its models take to load."""

import spacy  # noqa: F401
import torch  # noqa: F401

import docsight.components.cnn_imagecat
import docsight.components.rnn_ner
import docsight.components.rnn_speller  # noqa: F401
from docsight.documents.runner import worker  # noqa: F401
