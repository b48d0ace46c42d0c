"""What the server does for each request, without HTTP: texts, typing, images, redaction and jobs."""
