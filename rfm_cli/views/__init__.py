"""Scored customers turned into small result tables, and into words (`insights`); no file is read or drawn here."""
