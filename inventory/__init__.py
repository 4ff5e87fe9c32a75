"""FACTS: what AWS told us; crawled, cached, never edited."""
