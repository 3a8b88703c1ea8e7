"""`lookout doctor`: looks at a deployment from the machine it runs on, and says what is wrong and how to mend it.

A check is a function in the file of its neighbour: it is given the settings and yields findings. `checks.py` lists all
of them, `examination.py` runs them. Neighbours are asked directly, past the houses.
"""
