"""The dataset of Henan's reform outcomes, for use without the dashboard: `from data import load_dataset`."""

from data.query.dataset import Dataset
from data.reading.load import DatasetError, load_dataset

__version__ = "2.0.0"
"""The release: also in /healthz, openapi.json and the log; .docs/CHANGELOG.md says what each one changed."""

__all__ = ["Dataset", "DatasetError", "load_dataset"]
