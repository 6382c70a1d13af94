"""A feed of server-sent events: a ticker, a page that shows it, and a client for the console."""
