"""How values look in pages, by language."""
