"""Runs a program on a terminal of its own. stdin: JSON {argv, env, cwd, talk: [[await, answer], ...]}; stdout: JSON."""
import json, os, pty, signal, sys

job = json.load(sys.stdin)
child, terminal = pty.fork()
if child == 0:
    os.chdir(job["cwd"])
    os.execve(job["argv"][0], job["argv"], job["env"])
# A program that hangs must not hang the tests.
signal.signal(signal.SIGALRM, lambda *_: os.kill(child, signal.SIGKILL))
signal.alarm(60)
seen = b""
read_from = 0
talk = [(await_.encode(), answer.encode()) for await_, answer in job["talk"]]
while True:
    while talk and talk[0][0] in seen[read_from:]:
        await_, answer = talk.pop(0)
        read_from = len(seen)
        os.write(terminal, answer)
    try:
        chunk = os.read(terminal, 65536)
    except OSError:
        break
    if not chunk:
        break
    seen += chunk
_, status = os.waitpid(child, 0)
print(json.dumps({"code": os.waitstatus_to_exitcode(status), "screen": seen.decode(errors="replace")}))
