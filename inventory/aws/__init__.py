"""The only code that knows boto3: it crawls (network) and parses (pure) AWS's answers into records; it knows nothing of Django."""
