#!/bin/sh
# Starts workerd with its process id on record, deaf to what ends a whole process group (Ctrl-C, a closed terminal, a
# supervisor's TERM): the start script ends it when the queue has drained.
echo $$ > "$PERENNIAL_DATA/workerd.pid"
trap '' INT TERM HUP
exec "$PERENNIAL_WORKERD" "$@"
