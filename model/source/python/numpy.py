# What EvalPlus's tests use of numpy, for lists and numbers.
class np:
    class ndarray: pass
    float32 = float64 = float
    nan, inf = float("nan"), float("inf")

    @staticmethod
    def allclose(a, b, rtol=1e-05, atol=1e-08):
        if isinstance(a, (list, tuple)) or isinstance(b, (list, tuple)):
            if not (isinstance(a, (list, tuple)) and isinstance(b, (list, tuple)) and len(a) == len(b)):
                return False
            for x, y in zip(a, b):
                if not np.allclose(x, y, rtol, atol):
                    return False
            return True
        return a == b or a != a and b != b or abs(a - b) <= atol + rtol * abs(b)

    class testing:
        @staticmethod
        def assert_allclose(actual, desired, rtol=1e-07, atol=0):
            assert np.allclose(actual, desired, rtol, atol), f"{actual!r} is not close to {desired!r}"
