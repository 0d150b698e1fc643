"""Search in plain files: the words of articles, as the index and the reader's browser see them."""

from cermin.search.analyser import Analyser, load_analyser
from cermin.search.stemmers import ALGORITHMS, find_stemmer

__all__ = ["ALGORITHMS", "Analyser", "find_stemmer", "load_analyser"]
