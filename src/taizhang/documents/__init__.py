"""The document model and its writers: Word and PDF in the official layout, HTML, spreadsheets. Plain Python."""
