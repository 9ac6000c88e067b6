"""OpenStack Swift with its S3 API (Debian's python3-swift), whole, in one process: argument 1 is a folder for all that it keeps,
argument 2 its port, 0 for a free one. Prints its port when it serves. Ends when its standard input does."""

import os
import sys

import eventlet

eventlet.monkey_patch()

from eventlet import listen, tpool, wsgi  # noqa: E402
from swift.common import utils  # noqa: E402
from swift.common import wsgi as swift_wsgi  # noqa: E402
from swift.common.http_protocol import SwiftHttpProtocol  # noqa: E402
from swift.common.ring import RingBuilder  # noqa: E402

folder, port = sys.argv[1], int(sys.argv[2])
host = "127.0.0.1"
if not os.path.exists(f"{folder}/swift.conf"):
    os.makedirs(f"{folder}/devices/disk")
    with open(f"{folder}/swift.conf", "w") as conf:
        conf.write("[swift-hash]\nswift_hash_path_suffix = test\n[storage-policy:0]\nname = one\ndefault = yes\n")
utils.set_swift_dir(folder)
sockets = {kind: listen((host, 0)) for kind in ("account", "container", "object")}
sockets["proxy"] = listen((host, port))

for kind in ("account", "container", "object"):
    builder = RingBuilder(1, 1, 0)
    address = {"ip": host, "port": sockets[kind].getsockname()[1]}
    builder.add_dev({"id": 0, "region": 1, "zone": 1, "weight": 1, "device": "disk", **address})
    builder.rebalance()
    builder.get_ring().save(f"{folder}/{kind}.ring.gz")
    with open(f"{folder}/{kind}.conf", "w") as conf:
        conf.write(
            f"[DEFAULT]\ndevices = {folder}/devices\nmount_check = false\nswift_dir = {folder}\n"
            f"fallocate_reserve = 0\ndisable_fallocate = true\n"
            f"[pipeline:main]\npipeline = {kind}-server\n[app:{kind}-server]\nuse = egg:swift#{kind}\nallow_versions = true\n"
        )

with open(f"{folder}/proxy.conf", "w") as conf:
    conf.write(
        f"""
[DEFAULT]
swift_dir = {folder}
[pipeline:main]
pipeline = catch_errors s3api tempauth bulk slo proxy-server
[app:proxy-server]
use = egg:swift#proxy
account_autocreate = true
[filter:catch_errors]
use = egg:swift#catch_errors
[filter:bulk]
use = egg:swift#bulk
[filter:slo]
use = egg:swift#slo
[filter:tempauth]
use = egg:swift#tempauth
user_studio_owner = owner-secret .admin
user_studio_guest = guest-secret
[filter:s3api]
use = egg:swift#s3api
location = us-west-2
"""
    )


class Cache:
    """What the proxy would keep in memcached."""

    def __init__(self):
        self.kept = {}

    def get(self, key, **_):
        return self.kept.get(key)

    def set(self, key, value, **_):
        self.kept[key] = value

    def delete(self, key, **_):
        self.kept.pop(key, None)


cache = Cache()


def serve(kind, socket):
    server = swift_wsgi.loadapp(f"{folder}/{kind}.conf", global_conf={"log_name": kind})

    def app(env, start_response):
        env["swift.cache"] = cache
        return server(env, start_response)

    # Clients of S3 look for "ETag", not for "Etag".
    form = {"protocol": SwiftHttpProtocol, "capitalize_response_headers": False}
    wsgi.server(socket, app, utils.NullLogger(), **form)


for each in sockets.items():
    eventlet.spawn(serve, *each)
print(sockets["proxy"].getsockname()[1], flush=True)
tpool.execute(sys.stdin.read)
