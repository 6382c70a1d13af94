"""A downloader that goes on where it was interrupted."""
