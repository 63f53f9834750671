import threading


def attack(wall):
    stop = threading.Event()
    started = []
    threading.stack_size(1 << 16)  # small ones: it is not memory that stops them
    try:
        while len(started) < 200:
            t = threading.Thread(target=stop.wait)
            t.start()
            started.append(t)
    except RuntimeError:
        pass
    stop.set()
    for t in started:
        t.join()
    # where the uid is not the program's own, the limit is wide, and memory is what bounds them
    most = 16 if wall == "namespaces" else 100_000
    return [f"{len(started)} threads"] if len(started) > most else []
