"""`make release-check`: all that must hold before a version is published. CONTRIBUTING.md describes a release.

Results are in `build/release/`: the distributions in `dist/`, and the software bill of materials `docsight.cdx.json`.
"""
