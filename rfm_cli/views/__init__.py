"""Scored customers turned into small result tables; nothing here reads a file or draws."""
