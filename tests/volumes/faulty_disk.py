"""A FUSE file system that shows a folder as it is, until it is told to be a disk that fails.

Usage: faulty_disk.py SOURCE MOUNTPOINT. A line on standard input sets how it behaves from then on, and is answered by the
same line: "well", "slow SECONDS" (each write and sync takes so long), "fail" (writes and syncs give EIO), "full" (ENOSPC),
"bad NAME" (reading files whose names end so gives EIO).
"""
import errno
import os
import sys
import threading
import time

from fusepy import FUSE, FuseOSError, Operations


class FaultyDisk(Operations):
    def __init__(self, source):
        self.source = source
        self.delay_s = 0.0
        self.error = 0
        self.bad = None

    def behave(self, word, *rest):
        self.bad = rest[0] if word == "bad" else None
        self.delay_s = float(rest[0]) if word == "slow" else 0.0
        self.error = {"fail": errno.EIO, "full": errno.ENOSPC}.get(word, 0)

    def _path(self, path):
        return self.source + path

    def _suffer(self):
        time.sleep(self.delay_s)
        if self.error:
            raise FuseOSError(self.error)

    def getattr(self, path, fh=None):
        found = os.lstat(self._path(path))
        names = ("st_atime", "st_ctime", "st_gid", "st_mode", "st_mtime", "st_nlink", "st_size", "st_uid", "st_blocks")
        return {name: getattr(found, name) for name in names}

    def readdir(self, path, fh):
        return [".", "..", *os.listdir(self._path(path))]

    def statfs(self, path):
        found = os.statvfs(self._path(path))
        names = ("f_bavail", "f_bfree", "f_blocks", "f_bsize", "f_favail", "f_ffree", "f_files", "f_flag", "f_frsize", "f_namemax")
        return {name: getattr(found, name) for name in names}

    def open(self, path, flags):
        return os.open(self._path(path), flags)

    def create(self, path, mode, fi=None):
        self._suffer()
        return os.open(self._path(path), os.O_RDWR | os.O_CREAT, mode)

    def read(self, path, size, offset, fh):
        if self.bad and path.endswith(self.bad):
            raise FuseOSError(errno.EIO)
        return os.pread(fh, size, offset)

    def write(self, path, data, offset, fh):
        self._suffer()
        return os.pwrite(fh, data, offset)

    def truncate(self, path, length, fh=None):
        self._suffer()
        os.truncate(self._path(path), length)

    def fsync(self, path, datasync, fh):
        self._suffer()
        os.fsync(fh)

    def fsyncdir(self, path, datasync, fh):
        self._suffer()

    def release(self, path, fh):
        os.close(fh)

    def unlink(self, path):
        os.unlink(self._path(path))

    def mkdir(self, path, mode):
        os.mkdir(self._path(path), mode)

    def rmdir(self, path):
        os.rmdir(self._path(path))

    def rename(self, old, new):
        os.rename(self._path(old), self._path(new))

    def chmod(self, path, mode):
        os.chmod(self._path(path), mode)

    def chown(self, path, uid, gid):
        os.chown(self._path(path), uid, gid)

    def utimens(self, path, times=None):
        os.utime(self._path(path), times)


disk = FaultyDisk(sys.argv[1])


def listen():
    for line in sys.stdin:
        disk.behave(*line.split())
        print(line.strip(), flush=True)


threading.Thread(target=listen, daemon=True).start()
FUSE(disk, sys.argv[2], foreground=True, nothreads=False, raw_fi=False)
