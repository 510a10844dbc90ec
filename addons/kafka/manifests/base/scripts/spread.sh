#!/bin/sh
# Gives every partition that was made with one broker three replicas, and asks for two of them at each write.
set -eu
umask 077
purpose="spread the partitions"
. /scripts/tools
one_at_a_time
replicate 'p % 3 "," (p + 1) % 3 "," (p + 2) % 3'
must ask kafka.admin.ConfigCommand --alter --entity-type brokers --entity-default --add-config min.insync.replicas=2
must ask org.apache.kafka.tools.TopicCommand --list
for topic in __transaction_state __share_group_state; do # made with a setting of their own
  case "
$answer
" in *"
$topic
"*) must ask kafka.admin.ConfigCommand --alter --entity-type topics --entity-name $topic --add-config min.insync.replicas=2 ;; esac
done
