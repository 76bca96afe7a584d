#!/bin/sh
# Prints the first Python on the path that this project runs on (3.11 to 3.14); fails, in a sentence, without one.
for candidate in python3.11 python3.12 python3.13 python3.14 python3; do
  if "$candidate" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 15))' 2>/dev/null; then
    echo "$candidate"
    exit 0
  fi
done
echo "Jaka to melodia needs Python 3.11 to 3.14 and found none; install one, or name it: make run PYTHON=/path/to/python3" >&2
exit 1
