# The kernel copies at a fork which pages lie where only for memory that the process has
# changed. All other, that is code and constants of files, each new process takes page
# fault by page fault, a quarter of what its life costs in them. So the interpreter changes
# one byte in each such range to what it is.
READ, WRITE, EXECUTE = 1, 2, 4  # of mprotect
SEGMENT = struct.Struct("<IIQQQQQQ")  # Elf64_Phdr: type, flags, offset, address, physical, in the file, in memory, alignment
LOADED, EXECUTABLE, WRITABLE = 1, 1, 2  # its type PT_LOAD, and flags


class Loaded(ctypes.Structure):
    """The beginning of struct dl_phdr_info: the program or a library."""

    _fields_ = [("base", ctypes.c_size_t), ("name", ctypes.c_char_p), ("segments", ctypes.c_size_t), ("number", ctypes.c_uint16)]


def segments():
    """Address, size and protection of what is mapped of the program and its libraries."""
    page, ranges = resource.getpagesize(), []

    @ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(Loaded), ctypes.c_size_t, ctypes.c_void_p)
    def see(loaded, size, _):
        what = loaded.contents
        for i in range(what.number):
            kind, flags, _, address, _, _, size, _ = SEGMENT.unpack(ctypes.string_at(what.segments + i * SEGMENT.size, SEGMENT.size))
            if kind == LOADED:
                begin = (what.base + address) // page * page
                end = -(-(what.base + address + size) // page) * page
                ranges.append((begin, end - begin, READ | (WRITE if flags & WRITABLE else 0) | (EXECUTE if flags & EXECUTABLE else 0)))
        return 0

    libc.dl_iterate_phdr(see, None)
    return ranges


def copy_constants_at_fork():
    for address, size, protection in segments():
        if protection & WRITE:
            continue
        where = ctypes.c_void_p(address), ctypes.c_size_t(size)
        if libc.mprotect(*where, protection | WRITE) != 0:  # a machine that allows no such thing: then it is dearer
            continue
        byte = ctypes.c_ubyte.from_address(address)
        byte.value = byte.value
        if libc.mprotect(*where, protection) != 0:
            sys.exit("the interpreter's code stays writable")


# Which pages a job writes to is much the same for each. A process that has them all copied
# in one call at its beginning does not take a fault for each of them later on. A page that
# such a call has no work with is one that the process has written to before: that is how a
# rehearsal finds them. The call writes to this process's own memory what is there.
BLOCK = 1 << 20  # what Python takes memory by
NEAR = 16  # blocks between which others are taken to lie
MOST = 1024  # what one such call takes: IOV_MAX


class Pages:
    """Pages to be copied: struct iovec of a byte in each."""

    def __init__(self):
        self.vector = (ctypes.c_size_t * (2 * MOST))(*[1] * (2 * MOST))
        self.number = 0

    def set(self, addresses):
        self.number = min(len(addresses), MOST)
        self.vector[: 2 * self.number : 2] = addresses[: self.number]


def writable_pages():
    """Addresses of the pages where Python's objects and the variables of its libraries may be."""
    page = resource.getpagesize()
    blocks = {id(o) // BLOCK for o in gc.get_objects()}
    blocks |= {id(o.__code__) // BLOCK for o in gc.get_objects() if type(o) is types.FunctionType}
    blocks |= {between for b in blocks for n in range(2, NEAR) if b + n in blocks for between in range(b, b + n)} | {b + 1 for b in blocks}
    pages = {b * BLOCK + at for b in blocks for at in range(0, BLOCK, page)}
    for begin, size, protection in segments():
        if protection & WRITE:
            pages |= set(range(begin, begin + size, page))
    return sorted(pages)


def written_pages(candidates):
    """Those of the candidates that this process has written to since its fork, or since the last one of its own."""
    written, byte, pid = [], (ctypes.c_size_t * 2)(0, 1), getpid()
    for address in candidates:
        byte[0] = address
        before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
        if rewrite(pid, byte, 1, byte, 1, 0) == 1 and resource.getrusage(resource.RUSAGE_SELF).ru_minflt == before:
            written.append(address)
    return written
