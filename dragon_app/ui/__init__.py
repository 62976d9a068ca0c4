"""The page and its server; the only package that imports gradio, fastapi and uvicorn."""
