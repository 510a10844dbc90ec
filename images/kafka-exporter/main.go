// Metrics of Kafka for Prometheus, asked of the brokers by Kafka's own protocol at each scrape: nothing is kept, and nothing
// has to be loaded into the brokers. A user with the right to describe is enough. The names of the series are those of
// the widely used kafka_exporter, so its dashboards fit.
//
// KAFKA_BOOTSTRAP_SERVERS, KAFKA_USER and KAFKA_PASSWORD (SCRAM-SHA-512) say where and as whom; it listens on port 9308.
package main

import (
	"fmt"
	"log"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/sasl/scram"
)

const (
	address       = ":9308"
	scrapeSeconds = 8 // below the ten seconds that Prometheus grants
)

func connect() (*kadm.Client, error) {
	access := scram.Auth{User: os.Getenv("KAFKA_USER"), Pass: os.Getenv("KAFKA_PASSWORD")}
	client, err := kgo.NewClient(
		kgo.SeedBrokers(strings.Split(os.Getenv("KAFKA_BOOTSTRAP_SERVERS"), ",")...),
		kgo.SASL(access.AsSha512Mechanism()),
		kgo.ClientID("kafka-exporter"),
		kgo.MetadataMinAge(time.Second),
		kgo.RetryTimeout(scrapeSeconds*time.Second),
	)
	if err != nil {
		return nil, err
	}
	return kadm.NewClient(client), nil
}

func main() {
	if len(os.Args) == 2 && os.Args[1] == "--version" {
		fmt.Println("greenfield's kafka-exporter")
		return
	}
	client, err := connect()
	if err != nil {
		log.Fatalf("cannot use the settings: %v", err)
	}
	registry := prometheus.NewRegistry()
	registry.MustRegister(&collector{client: client}, collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	http.Handle("/metrics", promhttp.HandlerFor(registry, promhttp.HandlerOpts{MaxRequestsInFlight: 2}))
	http.HandleFunc("/", func(answer http.ResponseWriter, _ *http.Request) { fmt.Fprintln(answer, "metrics are at /metrics") })
	server := http.Server{Addr: address, ReadHeaderTimeout: 5 * time.Second, WriteTimeout: 2 * scrapeSeconds * time.Second}
	log.Fatal(server.ListenAndServe())
}
