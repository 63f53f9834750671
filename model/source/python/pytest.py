# What tests for pytest commonly use of it.
class pytest:
    class raises:
        def __init__(self, expected, match=None):
            self.expected, self.match, self.value = expected, match, None

        def __enter__(self):
            return self

        def __exit__(self, kind, error, trace):
            assert kind is not None, f"did not raise {self.expected!r}"
            if not issubclass(kind, self.expected):
                return False
            self.value = error
            import re
            assert self.match is None or re.search(self.match, str(error)), f"{error} does not match {self.match}"
            return True

    class approx:
        def __init__(self, expected, rel=None, abs=None):
            self.expected, self.rel, self.abs = expected, rel, abs

        def near(self, got, want):
            if isinstance(want, (list, tuple)):
                return isinstance(got, (list, tuple)) and len(got) == len(want) and all(map(self.near, got, want))
            if isinstance(want, dict):
                return isinstance(got, dict) and got.keys() == want.keys() and all([self.near(got[k], want[k]) for k in want])
            if got == want or want is None:
                return got == want
            size = want if want > 0 else -want
            rel = 0.0 if self.rel is None and self.abs is not None else 1e-6 if self.rel is None else self.rel
            bound = max(rel * size, 1e-12 if self.abs is None else self.abs)
            return -bound <= got - want <= bound

        def __eq__(self, got):
            return self.near(got, self.expected)

        def __repr__(self):
            return f"approx({self.expected!r})"

    class mark:
        @staticmethod
        def parametrize(names, values):
            names = [n.strip() for n in names.split(",")] if isinstance(names, str) else list(names)
            sets = [dict(zip(names, [v] if len(names) == 1 else v)) for v in values]

            def decorate(test):
                def run(*arguments, **fixed):
                    for chosen in sets:
                        test(*arguments, **fixed, **chosen)
                return run
            return decorate

    @staticmethod
    def fail(reason=""):
        assert False, reason
