"""A reverse proxy: passes requests on to other servers, by the beginnings of their paths."""
