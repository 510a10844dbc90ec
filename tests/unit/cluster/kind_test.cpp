#include <doctest/doctest.h>

#include "cluster/providers/kind.hpp"

using namespace gf::cluster;

TEST_CASE("kind's configuration: workers, host ports and what the host lacks") {
  CreateSpec spec;
  spec.name = "shop";
  spec.workers = 2;
  spec.first_host_port = 30100;
  spec.host_ports = 2;
  const auto plain = kind_config(spec, HostFacts{});
  CHECK(plain.starts_with("kind: Cluster\napiVersion: kind.x-k8s.io/v1alpha4\nname: shop\nkubeadmConfigPatches:\n"));
  CHECK(plain.find("leader-elect") != std::string::npos);
  CHECK(plain.find("minSyncPeriod: 100ms") != std::string::npos);
  CHECK(plain.substr(plain.find("nodes:")) ==
        "nodes:\n- role: control-plane\n"
        "  extraPortMappings:\n"
        "  - {containerPort: 30000, hostPort: 30100, listenAddress: 127.0.0.1}\n"
        "  - {containerPort: 30001, hostPort: 30101, listenAddress: 127.0.0.1}\n"
        "- role: worker\n- role: worker\n");
  HostFacts poor;
  poor.cgroup_v1 = true;
  poor.sys_resource = false;
  const auto patched = kind_config(spec, poor);
  CHECK(patched.find("failCgroupV1: false") != std::string::npos);
  CHECK(patched.find("restrict_oom_score_adj = true") != std::string::npos);
  CHECK(patched.find("SystemdCgroup = false") != std::string::npos);  // containerd and the kubelet must agree
  CHECK(patched.find("cgroupDriver: cgroupfs") != std::string::npos);
  CHECK(plain.find("cgroup") == std::string::npos);
  spec.host_ports = 0;
  CHECK(kind_config(spec, HostFacts{}).find("extraPortMappings") == std::string::npos);
}

TEST_CASE("kind's configuration: checkouts are mounted read-only into the nodes that take pods") {
  CreateSpec spec;
  spec.name = "shop";
  spec.workers = 1;
  spec.checkouts = {"/home/a/shop", "/home/a/gr\u00f6\u00dfer: \"x\""};
  const auto nodes = [&] {
    const auto text = kind_config(spec, HostFacts{});
    return text.substr(text.find("nodes:"));
  };
  const std::string mounts =
      "  extraMounts:\n"
      "  - {hostPath: \"/home/a/shop\", containerPath: \"/greenfield/checkouts/home/a/shop\", readOnly: true}\n"
      "  - {hostPath: \"/home/a/gr\u00f6\u00dfer: \\\"x\\\"\", "
      "containerPath: \"/greenfield/checkouts/home/a/gr\u00f6\u00dfer: \\\"x\\\"\", readOnly: true}\n";
  CHECK(nodes() == "nodes:\n- role: control-plane\n- role: worker\n" + mounts);
  spec.workers = 0;
  CHECK(nodes() == "nodes:\n- role: control-plane\n" + mounts);
}

TEST_CASE("kind's configuration: every node has the folder in which it meets gfd") {
  CreateSpec spec;
  spec.name = "shop";
  spec.workers = 1;
  spec.link = Mount{"/home/a/.local/state/gf/clusters/shop/link", "/greenfield/link"};
  spec.checkouts = {"/home/a/shop"};
  const std::string link =
      "  extraMounts:\n"
      "  - {hostPath: \"/home/a/.local/state/gf/clusters/shop/link\", containerPath: \"/greenfield/link\", readOnly: "
      "true}\n";
  const std::string checkout =
      "  - {hostPath: \"/home/a/shop\", containerPath: \"/greenfield/checkouts/home/a/shop\", readOnly: true}\n";
  const auto nodes = [&] {
    const auto text = kind_config(spec, HostFacts{});
    return text.substr(text.find("nodes:"));
  };
  CHECK(nodes() == "nodes:\n- role: control-plane\n" + link + "- role: worker\n" + link + checkout);
  spec.workers = 0;
  CHECK(nodes() == "nodes:\n- role: control-plane\n" + link + checkout);
}

TEST_CASE("a checkout counts as mounted when every node that takes pods has it") {
  Observation seen;
  seen.nodes = {{"c", NodeRole::control_plane, true, "", {}},
                {"w1", NodeRole::worker, true, "", {"/a", "/b"}},
                {"w2", NodeRole::worker, true, "", {"/b", "/c"}}};
  CHECK(mounted_checkouts(seen) == std::vector<std::string>{"/b"});
  seen.nodes.resize(1);
  CHECK(mounted_checkouts(seen).empty());
  seen.nodes[0].checkouts = {"/a"};
  CHECK(mounted_checkouts(seen) == std::vector<std::string>{"/a"});
  CHECK(mounted_checkouts(Observation{}).empty());
}

TEST_CASE("kind's step lines become titles of ours") {
  struct Row {
    std::string_view line;
    KindLine::Type type;
    std::string title;
  };
  const Row rows[] = {
      {" • Preparing nodes 📦 📦  ...", KindLine::Type::begins, "preparing nodes"},
      {" ✓ Preparing nodes 📦 📦 ", KindLine::Type::ends, "preparing nodes"},
      {" • Starting control-plane 🕹️  ...", KindLine::Type::begins, "starting control-plane"},
      {"Creating cluster \"shop\" ...", KindLine::Type::other, ""},
      {"", KindLine::Type::other, ""},
  };
  for (const auto& row : rows) {
    const auto read = read_kind_line(row.line);
    CHECK(read.type == row.type);
    CHECK(read.title == row.title);
  }
}

TEST_CASE("leftovers of an earlier creation are told from other failures") {
  CHECK(met_leftovers("ERROR: failed to create cluster: node(s) already exist for a cluster with the name \"shop\""));
  CHECK(
      met_leftovers("docker: Error response from daemon: Conflict. The container name \"/shop-worker\" is already in "
                    "use by container \"1f\"."));
  CHECK_FALSE(met_leftovers("ERROR: failed to create cluster: failed to pull image"));
  CHECK_FALSE(met_leftovers(""));
}

TEST_CASE("pods go to the workers, and to the control plane where there are none") {
  Observation seen;
  seen.nodes = {{"shop-control-plane", NodeRole::control_plane, true, ""}, {"shop-worker", NodeRole::worker, true, ""}};
  CHECK(workload_nodes(seen) == std::vector<std::string>{"shop-worker"});
  seen.nodes.pop_back();
  CHECK(workload_nodes(seen) == std::vector<std::string>{"shop-control-plane"});
}
