# numpy's values on their way between tests and a program: numbers as Python's, arrays as
# arrays where both sides have numpy loaded, else as lists.


def array_tree(end, v):
    """The tree of a number or an array of numpy, or None."""
    numpy = sys.modules.get("numpy")
    if numpy is None or not isinstance(type(v).__module__, str) or type(v).__module__.partition(".")[0] != "numpy":
        return None
    if isinstance(v, numpy.generic):
        return end.tree(v.item())
    if isinstance(v, numpy.ndarray):
        return {"t": "ndarray", "v": [end.tree(v.tolist()), v.dtype.str, list(v.shape)]}
    return None


def array_of(values, kind, shape):
    numpy = sys.modules.get("numpy")
    return values if numpy is None else numpy.array(values, dtype=kind).reshape(shape)
