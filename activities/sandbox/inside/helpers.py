# What tests for LeetCode's functions use without defining it. It is run among the tests, so
# that the nodes are theirs, which a program may use as it may use any object of theirs; the
# values of those that are expected never leave the tests' process.
HELPERS = compile('''
class ListNode:
    def __init__(self, val=0, next=None):
        self.val, self.next = val, next

class TreeNode:
    def __init__(self, val=0, left=None, right=None):
        self.val, self.left, self.right = val, left, right

def list_node(values, kind=ListNode):
    head = None
    for v in reversed(values):
        head = kind(v, head)
    return head

def tree_node(values, kind=TreeNode):
    nodes = [None if v is None else kind(v) for v in values or ()]
    rest = iter(nodes)
    root = next(rest, None)
    for parent in nodes:
        if parent is not None:
            parent.left, parent.right = next(rest, None), next(rest, None)
    return root

def is_same_list(p, q):
    while p is not None and q is not None:
        if p.val != q.val:
            return False
        p, q = p.next, q.next
    return p is None and q is None

def is_same_tree(p, q):
    pairs = [(p, q)]
    while pairs:
        p, q = pairs.pop()
        if p is None or q is None:
            if p is not q:
                return False
        elif p.val != q.val:
            return False
        else:
            pairs += (p.right, q.right), (p.left, q.left)
    return True
''', "helpers", "exec", dont_inherit=True)
NODES = {"ListNode", "TreeNode"}
HELPER_NAMES = NODES | {"list_node", "tree_node", "is_same_list", "is_same_tree"}
