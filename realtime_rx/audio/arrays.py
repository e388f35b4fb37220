"""numpy, for the modules of this package that compute on samples: the only place that knows it may be missing."""

from __future__ import annotations

try:
    import numpy as np
    from numpy.typing import NDArray
except ImportError as error:
    raise ImportError('sound needs numpy: pip install "realtime-rx[audio]"') from error

__all__ = ["Floats", "Int16s", "NDArray", "np"]

Floats = NDArray[np.float32]
"""Samples between -1 and 1."""

Int16s = NDArray[np.int16]
"""Samples between -32768 and 32767."""
