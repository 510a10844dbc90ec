# shellcheck shell=sh
# Sourced: ZooKeeper remembers a broker that was killed until its session has run out (zookeeper.session.timeout.ms, and
# once more when ZooKeeper was started anew itself), and refuses another one of its number meanwhile. No answer says
# nothing: ZooKeeper may be starting as well.
if [ -e /data/kafka/meta.properties ]; then
  server=$(sed -n 's/^zookeeper\.connect=//p' "$properties")
  for _ in $(seq 30); do
    registered=$(java @/config/tool.options org.apache.zookeeper.ZooKeeperMainWithTlsSupportForKafka -server "$server" get "/brokers/ids/$number" 2>&1) || true
    case $registered in *'does not exist'* | *NoNode*) break ;; *) sleep 1 ;; esac
  done
fi
