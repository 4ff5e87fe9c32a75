"""The HTTP interface of the facts: serializers, filters, views, URLs."""
