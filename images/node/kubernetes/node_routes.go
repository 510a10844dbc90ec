package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"strings"

	"github.com/vishvananda/netlink"
	core "k8s.io/api/core/v1"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/cache"
)

// nodeRoutes is the pod network between the nodes of a cluster whose nodes share one network: a route to the pod range of
// every other node through that node's address, kept by a watch. NODE_NAME is this node, POD_SUBNET the whole pod network.
// It does not enforce NetworkPolicy.
func nodeRoutes() {
	self, subnet := os.Getenv("NODE_NAME"), os.Getenv("POD_SUBNET")
	config, err := rest.InClusterConfig()
	if err != nil {
		stop(err)
	}
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		stop(err)
	}
	for _, network := range strings.Split(subnet, ",") {
		if err := masquerade(network); err != nil {
			stop(err)
		}
	}
	factory := informers.NewSharedInformerFactory(client, 0)
	route := func(object any) {
		node, ok := object.(*core.Node)
		if !ok || node.Name == self {
			return
		}
		if err := routeTo(node); err != nil {
			fmt.Fprintf(os.Stderr, "cannot route to node %s: %v\n", node.Name, err)
		}
	}
	_, err = factory.Core().V1().Nodes().Informer().AddEventHandler(cache.ResourceEventHandlerFuncs{
		AddFunc:    route,
		UpdateFunc: func(_, now any) { route(now) },
	})
	if err != nil {
		stop(err)
	}
	factory.Start(context.Background().Done())
	select {}
}

func stop(err error) {
	fmt.Fprintln(os.Stderr, "cannot keep the pod routes:", err)
	os.Exit(1)
}

func routeTo(node *core.Node) error {
	for _, address := range node.Status.Addresses {
		gateway := net.ParseIP(address.Address)
		if address.Type != core.NodeInternalIP || gateway == nil {
			continue
		}
		for _, pods := range node.Spec.PodCIDRs {
			_, network, err := net.ParseCIDR(pods)
			if err != nil {
				return err
			}
			if (network.IP.To4() == nil) != (gateway.To4() == nil) {
				continue
			}
			if err := netlink.RouteReplace(&netlink.Route{Dst: network, Gw: gateway}); err != nil {
				return err
			}
		}
	}
	return nil
}

// masquerade hides pod addresses from everything outside the pod network.
func masquerade(subnet string) error {
	rule := []string{"POSTROUTING", "-s", subnet, "!", "-d", subnet, "-j", "MASQUERADE"}
	if exec.Command("iptables", append([]string{"-w", "-t", "nat", "-C"}, rule...)...).Run() == nil {
		return nil
	}
	out, err := exec.Command("iptables", append([]string{"-w", "-t", "nat", "-A"}, rule...)...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("%w: %s", err, out)
	}
	return nil
}
