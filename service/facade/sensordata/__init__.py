"""Uploaded tables -> checked readings -> input files of a scheduler; result lines -> predictions -> tables again.

A file, whatever its format, becomes cells:

    formats        what kind of table it is: by its first bytes, its type and its name
    text           bytes -> decoded lines (gzip, byte order mark, wrong encodings)
    csv_rows, json_rows, columnar    lines, Parquet and Arrow -> `cells`
    arrow_frames, parquet_pages, thrift_compact    what a file claims of its size, before pyarrow believes it

Cells become readings:

    known_sensors, columns    names -> which column is which sensor of the model's schema
    layouts, zones, clock     time cells -> UTC
    figures        number cells -> floats
    long_tables    a tag and a value on each row -> the same as a column for each sensor
    reading        all of these: a file -> chunks of readings; what is wrong with it goes to `faults`
    beginnings     as much of this as the first part of a file allows

And readings become input files:

    survey, findings    the validating pass over a file, and what it counted
    cutting        readings -> one table for each component and window
    files          such a table <-> the bytes of an input file, and merging two of them

Beside these, `inspection` and `inspected_windows` look at input files that are there, `results` reads what an engine
wrote, and the `exports` write predictions out. Nothing here knows S3, a database or HTTP. Memory is bounded by the
chunk, never by the file.
"""
