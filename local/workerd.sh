#!/bin/sh
# Starts workerd with its process id on record, deaf to Ctrl-C: the start script ends it when the queue has drained.
echo $$ > "$PERENNIAL_DATA/workerd.pid"
trap '' INT
exec "$PERENNIAL_WORKERD" "$@"
