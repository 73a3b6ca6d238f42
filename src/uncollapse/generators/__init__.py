"""Generators, who write candidates to prompts: a server, an engine in process, or a file of what is there already.

Each answer is durable as soon as it is there, under a key of all that decides it, so that nothing is asked twice.
"""
