"""XML files: articles and books by their structure, drawings, and the text of other files.

The package imports the packages `text` and `office`.
"""
