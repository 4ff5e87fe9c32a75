"""MEANING: graphs derived from the facts of inventory; can be rebuilt at any time without AWS."""
