"""What runs in processes of its own: `main` is the process, every other module an engine or a part of one.

Nothing here imports anything of the library outside of this folder.
"""
