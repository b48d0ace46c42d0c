"""The work of a run: plan it, give it to workers, keep what they have done in shards.

Imports `formats`, `ocr` and the modules of `documents`, but neither `output` nor `report`.
"""
