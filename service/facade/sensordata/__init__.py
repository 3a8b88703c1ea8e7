"""Uploaded tables -> checked readings -> input files of a scheduler; result lines -> predictions.

    text      bytes of a file -> decoded lines (gzip, byte order mark, wrong encodings)
    columns   header line -> which column is which sensor of the model's schema
    clock     time cells -> UTC
    figures   number cells -> floats
    reading   all of these: a file -> chunks of `Readings`; what is wrong with it goes to `faults`
    survey    the validating pass over a file, and what it counted
    cutting   readings -> one table for each component and window
    files     such a table <-> the bytes of an input file, and merging two of them
    results   a result object -> predictions

Nothing here knows S3, a database or HTTP. Memory is bounded by the chunk, never by the file.
"""
