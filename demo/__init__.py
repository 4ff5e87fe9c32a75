"""The demo AWS: moto's server, extended, and an estate to load into it."""
