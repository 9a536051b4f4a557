"""Workarounds for gaps of Streamlit, uvicorn and Plotly.

Each module says what it works around, in which version, and when it can be removed; what of the library's inside it
uses must be checked at every update of the library.
"""
