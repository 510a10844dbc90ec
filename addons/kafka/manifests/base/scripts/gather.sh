#!/bin/sh
# Brings every partition to broker 0 alone, which is the one that stays when the profile is left.
set -eu
umask 077
purpose="gather the partitions"
. /scripts/tools
one_at_a_time
replicate 0
if [ -e /scripts/leave ]; then . /scripts/leave; fi
