"""Correction of whole texts, by the candidates of each word. Imports all other parts except `keystrokes`."""
