#include <doctest/doctest.h>

#include "container/tar.hpp"
#include "core/digest.hpp"
#include "image/oci.hpp"
#include "support/fake_store.hpp"

using namespace gf;
using namespace gf::image;

namespace {

container::Image shop() {
  container::Image image;
  image.id = "sha256:1";
  image.architecture = "amd64";
  image.os = "linux";
  image.settings = Json::parse(R"({"Hostname": "", "Env": ["A=b"], "Cmd": ["serve"], "Volumes": null,
                                   "Labels": {"own": "yes"}, "WorkingDir": "/srv", "AttachStdin": false})");
  image.layers = {"sha256:" + sha256_hex("base"), "sha256:" + sha256_hex("top")};
  image.layer_folders = {"/engine/base", "/engine/top"};
  return image;
}

std::string blob(const std::string& contents) {
  return blob_entry(sha256_hex(contents), contents.size()) + contents + container::tar_padding(contents.size());
}

}  // namespace

TEST_CASE("an image in a node: its configuration is the engine's, and stands for the name too") {
  const auto image = oci_image(shop(), "shop:1");
  CHECK(image.name == "docker.io/library/shop:1");
  CHECK(image.layers == std::vector<std::string>{sha256_hex("base"), sha256_hex("top")});
  CHECK(image.digest == sha256_hex(image.configuration));
  CHECK(Json::parse(image.configuration) ==
        Json::parse(R"({
    "architecture": "amd64", "os": "linux",
    "config": {"Env": ["A=b"], "Cmd": ["serve"], "WorkingDir": "/srv",
               "Labels": {"own": "yes", "greenfield.dev/image-name": "docker.io/library/shop:1"}},
    "rootfs": {"type": "layers", "diff_ids": ["sha256:)" +
                    sha256_hex("base") + R"(", "sha256:)" + sha256_hex("top") + R"("]}})"));
  CHECK(oci_image(shop(), "shop:1").digest == image.digest);
  CHECK(oci_image(shop(), "shop:2").digest != image.digest);
  auto other = shop();
  other.settings["Cmd"] = {"serve", "more"};
  CHECK(oci_image(other, "shop:1").digest != image.digest);
  other = shop();
  other.settings = nullptr;
  CHECK(Json::parse(oci_image(other, "shop:1").configuration)["config"].size() == 1);
}

TEST_CASE("an archive imports its images, with layers of its own and layers that are there already") {
  const auto image = oci_image(shop(), "shop:1"), same = oci_image(shop(), "shop:2");
  const Sizes sizes{{sha256_hex("base"), 4}, {sha256_hex("top"), 3}};
  const auto archive = archive_begin() + blob("top") + archive_end({image, same}, sizes);
  test::FakeStore store;
  store.import(archive);
  CHECK(store.names == std::set<std::string>{"docker.io/library/shop:1", "docker.io/library/shop:2"});
  CHECK(store.blobs.contains(image.digest));
  CHECK(store.blobs.at(sha256_hex("top")) == "top");
  CHECK(archive == archive_begin() + blob("top") + archive_end({image, same}, sizes));
  for (const auto& [digest, contents] : store.blobs) {
    const auto manifest = Json::parse(contents, nullptr, false);
    if (!manifest.is_object() || !manifest.contains("layers")) continue;
    CHECK(manifest["layers"][0]["size"] == 4);
    CHECK(manifest["layers"][1]["digest"] == "sha256:" + sha256_hex("top"));
    CHECK(manifest["config"]["size"] == image.configuration.size());
  }
  for (std::size_t cut = 0; cut + 1024 < archive.size(); cut += 512) {
    test::FakeStore other;
    CHECK_THROWS_AS(other.import(archive.substr(0, cut)), Error);
    CHECK(other.names.empty());
  }
}
