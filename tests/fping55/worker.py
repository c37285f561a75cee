# SPDX-License-Identifier: Apache-2.0
"""Runs pairs of commands, both at once, for whoever writes them to its standard input.

One per lane, in the namespace that the commands are to run in: entering it for every command costs
more than the command. A line of JSON per request, a line of JSON per answer.
"""
import ctypes
import json
import signal
import subprocess
import sys
import time

PR_SET_PDEATHSIG = 1


def start(command, request):
    return subprocess.Popen(
        command["argv"], executable=command["executable"], env=request["env"],
        stdin=subprocess.DEVNULL if request["text"] is None else subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT if request["merged"] else subprocess.PIPE)


def finish(process, request):
    text = request["text"]
    try:
        out, err = process.communicate(None if text is None else text.encode(), request["timeout"])
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        return ["did not end", "", ""]
    return [process.returncode, out.decode("utf-8", "backslashreplace"),
            (err or b"").decode("utf-8", "backslashreplace")]


def run(request):
    processes = [start(command, request) for command in request["commands"]]
    for delay, number in request["signals"]:
        time.sleep(delay)
        for process in processes:
            process.send_signal(number)
    return [finish(process, request) for process in processes]


ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
print("ready", flush=True)
for line in sys.stdin:
    print(json.dumps(run(json.loads(line))), flush=True)
