"""A REST service that keeps notes in a database."""
