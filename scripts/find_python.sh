#!/bin/sh
# Prints the first Python on the path that this project runs on (3.11 or 3.12).
for candidate in python3.11 python3.12 python3; do
  if "$candidate" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 13))' 2>/dev/null; then
    echo "$candidate"
    exit 0
  fi
done
echo "No Python 3.11 or 3.12 found; install one, or give it: make run PYTHON=/path/to/python3.11" >&2
echo python3.11
