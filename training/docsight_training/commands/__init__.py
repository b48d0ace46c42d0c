"""The commands of `docsight-train` besides training; each module has a function `main` of the arguments."""
