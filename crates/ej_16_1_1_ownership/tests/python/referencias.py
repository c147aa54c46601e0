"""What CPython does where Rust moves, borrows and drops: one fact a line, which the Rust test compares."""

import gc
import os
import sys
import weakref

sys.stdout.reconfigure(encoding="utf-8")
gc.disable()  # only reference counts free anything until we ask
freed = []


class Named:
    def __init__(self, name):
        self.name = name

    def __del__(self):
        freed.append(self.name)


def say(what, value):
    print(f"{what}: {value}")
    freed.clear()


montos = [1.0, 2.0]
before = sys.getrefcount(montos)
names = [montos] * 5
say("cinco nombres más", f"{sys.getrefcount(montos) - before:+d}")
del names
say("tras del", f"{sys.getrefcount(montos) - before:+d}")


def append(values):
    values.append(3.0)
    return id(values)


say("la función recibe el mismo objeto", append(montos) == id(montos))
say("quien llama ve el cambio", montos)

alone = Named("solo")
del alone
say("sin ciclo, tras del", freed)


def two_locals():
    a = Named("a")
    b = Named("b")


two_locals()
say("variables locales", freed)


def cycle(back):
    session, event = Named("sesion"), Named("evento")
    session.events = [event]
    event.session = back(session)
    return session, event


session, event = cycle(lambda session: session)
del session, event
say("ciclo, tras del", freed)
gc.collect()
say("ciclo, tras gc.collect()", sorted(freed))

session, event = cycle(weakref.ref)
del event
back = session.events[0].session
del session
say("con weakref, tras del", freed)
say("una referencia débil a lo que ya no está", back())

sys.stdout.flush()
os._exit(0)  # some interpreters abort while they tear their extensions down
