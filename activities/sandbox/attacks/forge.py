import os


def attack(wall):
    # lines that look like the driver's, without its nonce
    for nonce in ("0" * 32, "", "nonce"):
        os.write(5, f"{nonce} value 1 []\n{nonce} error 1 x\n".encode())
    return []
