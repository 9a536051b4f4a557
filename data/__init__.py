"""The dataset of Henan's reform outcomes, for use without the dashboard: `from data import load_dataset`."""

from data.query.dataset import Dataset
from data.reading.load import DatasetError, load_dataset

__all__ = ["Dataset", "DatasetError", "load_dataset"]
