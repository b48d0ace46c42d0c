"""Images for `cnn_imagecat`: reading, augmentation, drawn digits and outliers, and the data module.

Imports `data.batching`, `data.drawings`, `data.sources` and `docsight`.
"""
