"""One training: a dataset's copy becomes a version of a model, portion by portion where there is much of it."""
