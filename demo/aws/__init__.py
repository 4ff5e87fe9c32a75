"""The demo AWS: moto's server on loopback, extended with what the service reads and moto lacks."""
