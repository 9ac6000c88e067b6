"""The AWS CLI, version 1, with its half a second of start spent once for many calls. Of its own code nothing is changed.

As a plug-in of the `aws` command it never lets that command go on: it waits at the socket that PRELOADED_AWS_SOCKET
names, forks a child for each call, and there begins the command anew, with the arguments, the environment, the folder,
the network and the standard streams of the call. Prints the path of its Python when it waits. Ends when its standard
input does. Of its start are only what Python itself reads from the environment, the mask of new files and the limits.

As a program it makes such a call: argument 1 is the socket, the others are those of `aws`. Ends as the command does."""

import marshal
import os
import socket
import sys

streams = (0, 1, 2)


def awscli_initialize(event_hooks):
    """What the AWS CLI calls in each plug-in, all of its own modules loaded."""
    import functools
    import gc
    import selectors

    import botocore.session

    # Whatever session asks: the files are the same ones, and a child that changes what was read changes its copy.
    botocore.session.create_loader = functools.cache(botocore.session.create_loader)
    read_models(botocore.session.create_loader(os.environ["AWS_DATA_PATH"]))
    # A child that looks for garbage among all of this, as each does in the end, would copy it.
    gc.freeze()

    listener = socket.socket(socket.AF_UNIX)
    listener.bind(os.environ["PRELOADED_AWS_SOCKET"])
    listener.listen()
    print(f"preloaded: {sys.executable}", flush=True)
    selector = selectors.DefaultSelector()
    selector.register(listener, selectors.EVENT_READ)
    selector.register(sys.stdin, selectors.EVENT_READ)
    while True:
        for key, _ in selector.select():
            if key.fileobj is sys.stdin:
                sys.exit()
            elif key.fileobj is listener:
                call, _ = listener.accept()
                child = os.fork()
                if child == 0:
                    selector.close()
                    listener.close()
                    answer(call)
                selector.register(os.pidfd_open(child), selectors.EVENT_READ, (child, call))
            else:
                selector.unregister(key.fileobj)
                os.close(key.fileobj)
                child, call = key.data
                tell(call, os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))


def read_models(loader):
    """Fills its cache with what each call reads."""
    loader.load_data("endpoints")
    for kind in ("service-2", "paginators-1", "waiters-2", "endpoint-rule-set-1"):
        known = loader.list_available_services(type_name=kind)
        for service in {"ivs", "ivs-realtime"}.intersection(known):
            loader.load_service_model(service, kind)


def answer(call):
    """Becomes the command that was called. Never returns."""
    import importlib

    import awscli.clidriver

    _, passed, _, _ = socket.recv_fds(call, 1, len(streams) + 1)
    with call.makefile("rb") as request:
        arguments, environment, folder = marshal.load(request)
    call.close()
    *given, network = passed
    for stream, descriptor in zip(streams, given):
        os.dup2(descriptor, stream)
    if os.fstat(network).st_ino != os.stat("/proc/self/ns/net").st_ino:
        import ctypes

        if ctypes.CDLL(None, use_errno=True).setns(network, 0) != 0:
            raise OSError(ctypes.get_errno(), "setns")
    for descriptor in passed:
        os.close(descriptor)
    os.chdir(folder)
    os.environb.clear()
    os.environb.update(environment)
    sys.argv[1:] = map(os.fsdecode, arguments)
    # It names the folder of its data in the environment.
    importlib.reload(awscli)
    sys.exit(awscli.clidriver.main())


def tell(call, status):
    """A signal is told as shells tell it."""
    with call:
        try:
            call.sendall(bytes([status if status >= 0 else 128 - status]))
        except BrokenPipeError:
            pass  # Who called has been ended.


def main():
    with socket.socket(socket.AF_UNIX) as call:
        call.connect(sys.argv[1])
        network = os.open("/proc/self/ns/net", os.O_RDONLY)
        socket.send_fds(call, [b"\0"], [*streams, network])
        call.sendall(marshal.dumps((list(map(os.fsencode, sys.argv[2:])), dict(os.environb), os.getcwdb())))
        status = call.recv(1)
    sys.exit(status[0] if status else "The preloaded aws has ended.")


if __name__ == "__main__":
    main()
