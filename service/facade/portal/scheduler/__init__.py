"""The page of one scheduler. `view` is what its parts are made of, `parts` and `scores` make them, `page` shows them;
`actions` and `uploads` are its forms."""
