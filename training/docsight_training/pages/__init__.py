"""Static pages about entities: one to review annotations, and one that shows the errors of a model.

A page is one file without a server and without requests. Imports the rest of the package but for stages and commands.
"""
