#include "image/oci.hpp"

#include "container/tar.hpp"
#include "core/digest.hpp"
#include "image/order.hpp"

namespace gf::image {

namespace {

constexpr const char* manifest_type = "application/vnd.oci.image.manifest.v1+json";

/// The parts of the engine's settings that OCI's image configuration has; the others are of containers.
constexpr const char* kept_settings[] = {"User",    "ExposedPorts", "Env",    "Entrypoint", "Cmd",
                                         "Volumes", "WorkingDir",   "Labels", "StopSignal"};

Json descriptor(const char* type, const std::string& digest, std::uint64_t size) {
  Json described;
  described["mediaType"] = type;
  described["digest"] = "sha256:" + digest;
  described["size"] = size;
  return described;
}

std::string file_entry(const std::string& name, const std::string& contents) {
  return container::tar_header(name, contents.size(), 0644) + contents + container::tar_padding(contents.size());
}

std::string blob(const std::string& contents) { return file_entry("blobs/sha256/" + sha256_hex(contents), contents); }

std::string manifest(const OciImage& image, const Sizes& sizes) {
  Json manifest;
  manifest["schemaVersion"] = 2;
  manifest["mediaType"] = manifest_type;
  manifest["config"] = descriptor("application/vnd.oci.image.config.v1+json", image.digest, image.configuration.size());
  manifest["layers"] = Json::array();
  for (const auto& layer : image.layers)
    manifest["layers"].push_back(descriptor("application/vnd.oci.image.layer.v1.tar", layer, sizes.at(layer)));
  return dump(manifest);
}

}  // namespace

OciImage oci_image(const container::Image& image, const std::string& reference) {
  OciImage made;
  made.reference = reference;
  made.name = canonical(reference);
  made.id = image.id;
  made.bytes = image.bytes;
  made.folders = image.layer_folders;
  Json configuration;
  configuration["architecture"] = image.architecture;
  configuration["os"] = image.os;
  configuration["config"] = Json::object();
  for (const auto* key : kept_settings) {
    const auto found = image.settings.is_object() ? image.settings.find(key) : image.settings.end();
    if (found != image.settings.end() && !found->is_null() && !found->empty()) configuration["config"][key] = *found;
  }
  configuration["config"]["Labels"]["greenfield.dev/image-name"] = made.name;
  configuration["rootfs"]["type"] = "layers";
  configuration["rootfs"]["diff_ids"] = image.layers;
  for (const auto& layer : image.layers) made.layers.push_back(layer.substr(layer.find(':') + 1));
  made.configuration = dump(configuration);
  made.digest = sha256_hex(made.configuration);
  return made;
}

std::string archive_begin() { return file_entry("oci-layout", R"({"imageLayoutVersion":"1.0.0"})"); }

std::string blob_entry(const std::string& digest, std::uint64_t size) {
  return container::tar_header("blobs/sha256/" + digest, size, 0644);
}

std::string archive_end(const std::vector<OciImage>& images, const Sizes& sizes) {
  std::string out;
  Json index;
  index["schemaVersion"] = 2;
  index["manifests"] = Json::array();
  for (const auto& image : images) {
    const auto text = manifest(image, sizes);
    out += blob(image.configuration) + blob(text);
    auto described = descriptor(manifest_type, sha256_hex(text), text.size());
    described["annotations"]["io.containerd.image.name"] = image.name;
    index["manifests"].push_back(std::move(described));
  }
  return out + file_entry("index.json", dump(index)) + container::tar_end();
}

}  // namespace gf::image
