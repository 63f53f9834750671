import threading


def attack():
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
    return [f"{len(started)} threads"] if len(started) > 16 else []
