"""The HTTP interface of the meaning: the four endpoints of the original service, and lineage below /api/v1."""
