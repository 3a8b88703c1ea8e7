"""Tables of sensor readings: CSV and Parquet in, one table on one time axis out. Pure, apart from the bytes given."""
