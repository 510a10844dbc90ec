package main

import (
	"context"
	"log"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/twmb/franz-go/pkg/kadm"
)

func describe(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc("kafka_"+name, help, labels, nil)
}

var (
	up         = describe("up", "Whether the brokers answered every question of this scrape")
	duration   = describe("exporter_request_seconds", "How long the brokers took to answer a question of this scrape", "request")
	brokers    = describe("brokers", "Brokers in the cluster")
	partitions = describe("topic_partitions", "Partitions of the topic", "topic")

	place      = []string{"topic", "partition"}
	newest     = describe("topic_partition_current_offset", "Offset that the next message gets: its rate is that of messages", place...)
	oldest     = describe("topic_partition_oldest_offset", "Offset of the oldest message", place...)
	leader     = describe("topic_partition_leader", "Broker that leads the partition, -1 when none does", place...)
	replicas   = describe("topic_partition_replicas", "Replicas of the partition", place...)
	inSync     = describe("topic_partition_in_sync_replica", "Replicas that have all of it", place...)
	replicated = describe("topic_partition_under_replicated_partition", "1 when a replica lags behind", place...)

	copies     = []string{"broker", "topic", "partition"}
	size       = describe("log_size_bytes", "What a broker keeps of the partition", copies...)
	replicaLag = describe("log_offset_lag", "Messages by which a broker's copy is behind", copies...)

	members   = describe("consumergroup_members", "Members of the consumer group", "consumergroup")
	shares    = []string{"consumergroup", "topic", "partition"}
	committed = describe("consumergroup_current_offset", "Offset up to which the group is done", shares...)
	lag       = describe("consumergroup_lag", "Messages that the group has still to take", shares...)
)

type collector struct{ client *kadm.Client }

// Describe says nothing: which series there are depends on the topics and groups.
func (c *collector) Describe(chan<- *prometheus.Desc) {}

// Collect asks one question after the other; one that fails is told by kafka_up and leaves out its series.
func (c *collector) Collect(out chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), scrapeSeconds*time.Second)
	defer cancel()
	well := 1.0
	for _, question := range []struct {
		name string
		ask  func(context.Context, chan<- prometheus.Metric) error
	}{{"metadata", c.topics}, {"offsets", c.offsets}, {"logs", c.logs}, {"groups", c.groups}} {
		began := time.Now()
		if err := question.ask(ctx, out); err != nil {
			log.Printf("cannot ask for %s: %v", question.name, err)
			well = 0
			continue
		}
		send(out, duration, time.Since(began).Seconds(), question.name)
	}
	send(out, up, well)
}

func send(out chan<- prometheus.Metric, what *prometheus.Desc, value float64, labels ...string) {
	out <- prometheus.MustNewConstMetric(what, prometheus.GaugeValue, value, labels...)
}

func text(number int32) string { return strconv.Itoa(int(number)) }

func (c *collector) topics(ctx context.Context, out chan<- prometheus.Metric) error {
	known, err := c.client.Metadata(ctx)
	if err != nil {
		return err
	}
	send(out, brokers, float64(len(known.Brokers)))
	for topic, detail := range known.Topics {
		send(out, partitions, float64(len(detail.Partitions)), topic)
		for number, one := range detail.Partitions {
			behind := 0.0
			if len(one.ISR) < len(one.Replicas) {
				behind = 1
			}
			send(out, leader, float64(one.Leader), topic, text(number))
			send(out, replicas, float64(len(one.Replicas)), topic, text(number))
			send(out, inSync, float64(len(one.ISR)), topic, text(number))
			send(out, replicated, behind, topic, text(number))
		}
	}
	return nil
}

func (c *collector) offsets(ctx context.Context, out chan<- prometheus.Metric) error {
	for what, list := range map[*prometheus.Desc]func(context.Context, ...string) (kadm.ListedOffsets, error){
		newest: c.client.ListEndOffsets, oldest: c.client.ListStartOffsets,
	} {
		listed, err := list(ctx)
		if err != nil {
			return err
		}
		listed.Each(func(one kadm.ListedOffset) {
			if one.Err == nil {
				send(out, what, float64(one.Offset), one.Topic, text(one.Partition))
			}
		})
	}
	return nil
}

func (c *collector) logs(ctx context.Context, out chan<- prometheus.Metric) error {
	described, err := c.client.DescribeAllLogDirs(ctx, nil)
	if err != nil {
		return err
	}
	for _, ofBroker := range described {
		ofBroker.EachPartition(func(one kadm.DescribedLogDirPartition) {
			labels := []string{text(one.Broker), one.Topic, text(one.Partition)}
			send(out, size, float64(one.Size), labels...)
			send(out, replicaLag, float64(one.OffsetLag), labels...)
		})
	}
	return nil
}

func (c *collector) groups(ctx context.Context, out chan<- prometheus.Metric) error {
	listed, err := c.client.ListGroups(ctx)
	if err != nil {
		return err
	}
	if len(listed) == 0 {
		return nil
	}
	described, err := c.client.Lag(ctx, listed.Groups()...)
	if err != nil {
		return err
	}
	described.Each(func(group kadm.DescribedGroupLag) {
		if group.Error() != nil {
			return // gone since it was listed
		}
		send(out, members, float64(len(group.Members)), group.Group)
		for _, one := range group.Lag.Sorted() {
			if one.Err == nil && one.Commit.At >= 0 {
				labels := []string{group.Group, one.Topic, text(one.Partition)}
				send(out, committed, float64(one.Commit.At), labels...)
				send(out, lag, float64(one.Lag), labels...)
			}
		}
	})
	return nil
}
