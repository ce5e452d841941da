"""The tasks: what is learned, by which laws, and the streams that draw and label it."""
