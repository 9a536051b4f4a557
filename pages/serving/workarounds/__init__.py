"""Workarounds for gaps of Streamlit, uvicorn and Plotly.

Each module says what it works around, in which version, and when it can be removed. The private names of the library
that it uses must be checked at every update.
"""
