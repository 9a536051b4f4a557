"""A package, so that the server and the browser it starts end with its last test."""
