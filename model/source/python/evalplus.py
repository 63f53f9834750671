# Compares with what the data set's solution returns, as EvalPlus does.
import copy, json, math
reference = {}
exec(SOURCE, reference)


def tuples(value):
    return tuple(tuples(v) for v in value) if isinstance(value, list) else value


def shaped(args):
    if SHAPE == "each argument":
        return [tuple(a) for a in args]
    if SHAPE == "each member":
        return [[tuple(m) for m in a] for a in args]
    if SHAPE == "members of the first":
        return [[tuple(m) for m in args[0]]] + args[1:]
    if SHAPE == "the second":
        return [args[0], tuple(args[1])]
    if SHAPE == "the first":
        return [tuple(args[0])] + args[1:]
    if SHAPE == "each argument and member":
        return [tuple(tuple(m) for m in a) for a in args]
    if SHAPE == "the first and its arrays":
        return [tuple(tuple(m) if isinstance(m, list) else m for m in args[0])]
    if SHAPE == "sets in the first":
        return [[set(m) if isinstance(m, list) and m else {} for m in args[0]]]
    if SHAPE == "a float and a complex":
        return [float(args[0]), complex(args[1])]
    if SHAPE == "a complex":
        return [complex(args[0])]
    if SHAPE == "values of the first":
        return [{k: tuple(v) for k, v in args[0].items()}] + args[1:]
    return [tuples(a) for a in args] if SHAPE == "all" else args


inputs = [shaped(args) for args in json.loads(INPUTS)]
given = {"right": True, "same": True}  # of the two problems below, all results so far


def close(got, want, atol):
    if isinstance(want, (list, tuple)):
        return isinstance(got, (list, tuple)) and len(got) == len(want) and all(close(g, w, atol) for g, w in zip(got, want))
    return got == want or got != got and want != want or abs(got - want) <= atol + 1e-07 * abs(want)


def floats(value):
    if isinstance(value, (list, tuple)):
        return len(value) > 0 and all(isinstance(v, float) for v in value)
    return isinstance(value, float)


AS_SETS = "similar_elements", "find_char_long", "common_in_nested_lists", "extract_singly", "larg_nnum", "intersection_array", "find_dissimilar", "Diff"
ANY_MATCH = "check_str", "text_match_three", "text_starta_endb"  # a match object is as good as True


def matches(got, want):
    if ENTRY in AS_SETS:
        return set(got) == set(want)
    if ENTRY in ANY_MATCH:
        return (got if isinstance(got, bool) else got is not None) == (want if isinstance(want, bool) else want is not None)
    # These have several right answers, the plainest of which EvalPlus takes throughout.
    plainest = {"are_equivalent": True, "sum_div": 0}.get(ENTRY)
    if plainest is not None:
        given["right"] = given["right"] and got == want
        given["same"] = given["same"] and got == plainest
        return given["right"] or given["same"]
    atol = ATOL or (1e-6 if floats(want) else 0)
    return got == want or atol and close(got, want, atol)


def compare(function, i):
    got = function(*copy.deepcopy(inputs[i]))
    if ENTRY == "find_zero":
        assert abs(reference["poly"](*copy.deepcopy(inputs[i]), got)) <= (ATOL or 1e-4), f"{got!r} is no zero"
        return
    want = reference[ENTRY](*copy.deepcopy(inputs[i]))
    assert matches(got, want), f"returned {got!r}, want {want!r}"
