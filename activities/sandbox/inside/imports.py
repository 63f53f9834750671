# Before anything is imported: what modules want done after a fork (a new seed, a look
# through the threads) is not needed and takes as long as the fork itself. A job begins
# with one thread and with the same random state as any other.
import os

register_at_fork, os.register_at_fork = os.register_at_fork, lambda **hooks: None
