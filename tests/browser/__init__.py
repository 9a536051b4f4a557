"""A package, so that the server and the browser it starts end with the last test in it."""
