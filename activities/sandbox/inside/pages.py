# The kernel copies at a fork which pages lie where only for memory that the process has
# changed. All other, that is code and constants of files, each new process takes page
# fault by page fault, a quarter of what its life costs in them. So the interpreter changes
# one byte in each such range to what it is.
import ctypes, resource, struct

READ, WRITE, EXECUTE = 1, 2, 4  # of mprotect
SEGMENT = struct.Struct("<IIQQQQQQ")  # Elf64_Phdr: type, flags, offset, address, physical, in the file, in memory, alignment
LOADED, EXECUTABLE, WRITABLE = 1, 1, 2  # its type PT_LOAD, and flags


class Loaded(ctypes.Structure):
    """The beginning of struct dl_phdr_info: the program or a library."""

    _fields_ = [("base", ctypes.c_size_t), ("name", ctypes.c_char_p), ("segments", ctypes.c_size_t), ("number", ctypes.c_uint16)]


def constant_ranges(libc):
    """Address, size and protection of what is read-only of the program and its libraries."""
    page, ranges = resource.getpagesize(), []

    @ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(Loaded), ctypes.c_size_t, ctypes.c_void_p)
    def see(loaded, size, _):
        what = loaded.contents
        for i in range(what.number):
            kind, flags, _, address, _, _, size, _ = SEGMENT.unpack(ctypes.string_at(what.segments + i * SEGMENT.size, SEGMENT.size))
            if kind == LOADED and not flags & WRITABLE:
                begin = (what.base + address) // page * page
                end = -(-(what.base + address + size) // page) * page
                ranges.append((begin, end - begin, READ | (EXECUTE if flags & EXECUTABLE else 0)))
        return 0

    libc.dl_iterate_phdr(see, None)
    return ranges


def copy_constants_at_fork(libc):
    for address, size, protection in constant_ranges(libc):
        where = ctypes.c_void_p(address), ctypes.c_size_t(size)
        if libc.mprotect(*where, protection | WRITE) != 0:  # a machine that allows no such thing: then it is dearer
            continue
        byte = ctypes.c_ubyte.from_address(address)
        byte.value = byte.value
        if libc.mprotect(*where, protection) != 0:
            sys.exit("the interpreter's code stays writable")
