"""The `aws` program, loaded once: it reads the words of a command from standard input, one JSON list a line,
lets a fork of itself carry them out, and writes what that printed. Starting it costs three times as much.

Run by the Python of the AWS command line's own virtual environment.
"""

import json
import os
import sys
import tempfile

import awscli.clidriver

for line in sys.stdin:
    with tempfile.TemporaryFile() as printed, tempfile.TemporaryFile() as complained:
        child = os.fork()
        if child == 0:
            os.dup2(printed.fileno(), 1)
            os.dup2(complained.fileno(), 2)
            sys.argv = ["aws", *json.loads(line)]
            status = 70
            try:
                status = awscli.clidriver.main()
            except SystemExit as ending:
                status = ending.code if isinstance(ending.code, int) else 2
            finally:
                sys.stdout.flush()
                sys.stderr.flush()
                os._exit(status)
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        said = {"status": status}
        for name, file in (("printed", printed), ("complained", complained)):
            file.seek(0)
            said[name] = file.read().decode()
    print(json.dumps(said), flush=True)
