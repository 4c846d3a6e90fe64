"""Documents, and their writers: LaTeX, HTML, Markdown, Typst, PDF."""
