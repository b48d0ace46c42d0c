"""Images for `cnn_imagecat`: files, augmentation, and characters drawn from typefaces.

Imports `data.drawings` and `docsight`.
"""
