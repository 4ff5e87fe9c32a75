"""The only writers of facts: plan what to read, read, upsert, mark missing, announce."""
