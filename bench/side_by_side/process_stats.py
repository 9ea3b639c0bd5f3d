"""What the kernel knows of a process and a folder."""

import os

TICKS = os.sysconf("SC_CLK_TCK")


def cpu_seconds(pid):
    """User and system time of all its threads."""
    with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as stat:
        fields = stat.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def memory(pid):
    """Bytes resident now, and at most so far."""
    with open(f"/proc/{pid}/status", encoding="ascii", errors="replace") as status:
        fields = dict(line.split(":", 1) for line in status)
    kib = {name: int(fields[key].split()[0]) for name, key in
           (("rss", "VmRSS"), ("peak_rss", "VmHWM"), ("anon", "RssAnon"))}
    return {name: value * 1024 for name, value in kib.items()}


def written(pid):
    """Bytes that it made the kernel write to the device (`device`: of pages that
    were gone before it came to that, none), and bytes it passed to write()."""
    with open(f"/proc/{pid}/io", encoding="ascii") as io:
        fields = dict(line.split(": ") for line in io)
    return {"device": int(fields["write_bytes"]) - int(fields["cancelled_write_bytes"]),
            "calls": int(fields["wchar"])}


def folder_bytes(path, without=()):
    """Sizes of the files below it, except in the folders named in `without`."""
    total = 0
    for folder, folders, files in os.walk(path):
        folders[:] = [name for name in folders if name not in without]
        for name in files:
            try:
                total += os.lstat(os.path.join(folder, name)).st_size
            except FileNotFoundError:  # compacted away meanwhile
                pass
    return total


def snapshot(pid, data, without=()):
    return {"cpu": cpu_seconds(pid), "memory": memory(pid), "written": written(pid),
            "disk": folder_bytes(data, without)}
