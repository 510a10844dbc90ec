#include <doctest/doctest.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/steady_timer.hpp>

#include "image/transfer.hpp"
#include "operation/silent.hpp"
#include "support/fake_link.hpp"
#include "support/go_tar.hpp"
#include "support/refusing_engine.hpp"
#include "support/run_task.hpp"

using namespace gf;
using namespace gf::image;
using test::go_end;
using test::go_entry;
using test::run_task;

namespace {

class Text final : public http::ResponseStream {
 public:
  explicit Text(std::string text) : text_(std::move(text)) {}
  const http::Response& head() const override { return head_; }
  Task<std::optional<std::string>> read() override {
    if (at_ == text_.size()) co_return std::nullopt;
    auto piece = text_.substr(at_, 30'000);
    at_ += piece.size();
    co_return piece;
  }
  Task<std::optional<std::string>> read_line(std::size_t) override { co_return std::nullopt; }
  void close() override {}

 private:
  http::Response head_;
  std::string text_;
  std::size_t at_ = 0;
};

/// A layer of one file. Its own tar, and the engine's archive of the folder that holds it.
struct Layer {
  std::string name, contents;
  std::string tar() const { return go_entry(name, '0', contents) + go_end(); }
  std::string digest() const { return sha256_hex(tar()); }
  std::string archive(const std::string& folder) const {
    return go_entry(folder + '/', '5') + go_entry(folder + '/' + name, '0', contents) + go_end();
  }
};

/// Keeps images as layers in folders named by their files.
class FakeEngine final : public test::RefusingEngine {
 public:
  std::map<std::string, Layer> folders;
  std::map<std::string, std::vector<Layer>> images;  ///< by id
  std::vector<std::string> mounted_folders;
  int exports = 0, mounts = 0;
  bool mounted = false;
  bool hides = false;  ///< what a layer hides of those below it does not show in its folder

  OciImage add(const std::string& reference, std::vector<Layer> layers) {
    container::Image image;
    for (const auto& layer : layers) {
      folders["/engine/" + layer.name] = layer;
      image.layers.push_back("sha256:" + layer.digest());
      image.layer_folders.push_back("/engine/" + layer.name);
      image.bytes += layer.tar().size();
    }
    image.id = "sha256:" + sha256_hex(reference);
    images[reference] = std::move(layers);
    return oci_image(image, reference);
  }
  Task<std::string> mount(std::string, std::vector<std::string> what) override {
    ++mounts;
    mounted = true;
    mounted_folders = std::move(what);
    co_return "mount";
  }
  Task<std::unique_ptr<http::ResponseStream>> get_archive(std::string, std::string place) override {
    auto layer = folders.at(mounted_folders.at(std::stoul(place.substr(2))));
    if (hides) layer.contents += "!";
    co_return std::make_unique<Text>(layer.archive(place.substr(1)));
  }
  Task<> remove(std::string) override {
    mounted = false;
    co_return;
  }
  Task<std::unique_ptr<http::ResponseStream>> save(std::vector<std::string> references) override {
    ++exports;
    Json list = Json::array();
    std::string tar;
    for (const auto& reference : references) {
      Json image;
      image["Config"] = sha256_hex(reference) + ".json";
      for (const auto& layer : images.at(reference)) {
        image["Layers"].push_back(layer.name + "/layer.tar");
        tar += go_entry(layer.name + "/layer.tar", '0', layer.tar());
      }
      list.push_back(std::move(image));
    }
    co_return std::make_unique<Text>(tar + go_entry("manifest.json", '0', list.dump()) + go_end());
  }
};

struct World {
  net::io_context io;
  FakeEngine engine;
  test::FakeLink one{io.get_executor(), "one"}, two{io.get_executor(), "two"};
  Transfer transfer{engine, [this](std::string node) { return link(std::move(node)); }};
  operation::Silent silent;
  const Layer base{"base", std::string(200'000, 'b')}, code{"code", "1"};

  Task<node::Link*> link(std::string node) { co_return node == "one" ? &one : &two; }
  void run(std::vector<OciImage> images) { run_task(io, transfer.run(std::move(images), {"one", "two"}, silent)); }
  bool complete(const OciImage& image) { return run_task(io, transfer.complete({image}, {"one", "two"})); }
};

}  // namespace

TEST_CASE("transfer: an image that is new comes as a whole, then only what changed, then nothing") {
  World world;
  const auto first = world.engine.add("app:1", {world.base, world.code});
  CHECK_FALSE(world.complete(first));
  world.run({first});
  CHECK(world.complete(first));
  CHECK(world.engine.exports == 1);
  CHECK(world.engine.mounts == 0);
  CHECK(world.one.store.names == world.two.store.names);
  CHECK(world.two.store.names == std::set<std::string>{"docker.io/library/app:1"});
  CHECK(world.two.store.blobs.at(world.base.digest()) == world.base.tar());

  const auto before = world.two.import_bytes;
  const Layer changed{"code", "2"};
  const auto second = world.engine.add("app:2", {world.base, changed});
  world.run({second});
  CHECK(world.complete(second));
  CHECK(world.engine.exports == 1);
  CHECK(world.engine.mounts == 1);
  CHECK_FALSE(world.engine.mounted);
  CHECK(world.engine.mounted_folders == std::vector<std::string>{"/engine/code"});
  CHECK(world.two.import_bytes - before < 12'000);
  CHECK(world.one.store.blobs.at(changed.digest()) == changed.tar());

  const auto now = world.two.import_bytes;
  world.run({second});
  world.run({world.engine.add("app:1", {world.base, world.code}), second});
  CHECK(world.two.import_bytes == now);
  CHECK(world.engine.mounts == 1);
}

TEST_CASE("transfer: only the node that lacks it gets it") {
  World world;
  const auto image = world.engine.add("app:1", {world.base, world.code});
  world.run({image});
  const auto before = world.one.import_bytes;
  world.two.store = {};
  world.run({image});
  CHECK(world.one.import_bytes == before);
  CHECK(world.complete(image));
}

TEST_CASE("transfer: a layer that its files do not give comes with the whole image") {
  World world;
  world.run({world.engine.add("app:1", {world.base, world.code})});
  world.engine.hides = true;
  const auto image = world.engine.add("app:2", {world.base, Layer{"code", "2"}});
  world.run({image});
  CHECK(world.complete(image));
  CHECK(world.engine.exports == 2);
  CHECK_FALSE(world.engine.mounted);
}

TEST_CASE("transfer: a large layer is read twice and kept nowhere") {
  World world;
  world.run({world.engine.add("app:1", {world.base, world.code})});
  const Layer large{"large", std::string(33 << 20, 'l')};
  const auto image = world.engine.add("app:2", {world.base, large});
  world.run({image});
  CHECK(world.complete(image));
  CHECK(world.engine.exports == 1);
}

TEST_CASE("transfer: an import that breaks off names the node, and is done again") {
  World world;
  world.run({world.engine.add("app:1", {world.base, world.code})});
  const Layer changed{"code", "2"};
  const auto image = world.engine.add("app:2", {world.base, changed});
  world.two.import_error = Error(ErrorCode::cluster_failed, "cannot import images: ctr: no space left on device");
  try {
    world.run({image});
    FAIL("no error");
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::cluster_failed);
    CHECK(error.message() == "cannot load images into node 'two'");
    CHECK(error.cause() == "cannot import images: ctr: no space left on device");
  }
  // The runtime had written all blobs before it failed: what is there says nothing.
  world.two.store.blobs[image.digest] = image.configuration;
  world.two.store.blobs[changed.digest()] = changed.tar();
  CHECK_FALSE(world.complete(image));
  world.run({image});
  CHECK(world.complete(image));
  CHECK(world.one.store.names.contains("docker.io/library/app:2"));
  CHECK(world.two.store.names.contains("docker.io/library/app:2"));
  CHECK_FALSE(world.engine.mounted);
}

TEST_CASE("transfer: cancelled at any point it leaves no container, and the next one does it all") {
  for (int turns = 0; turns < 200; turns += 3) {
    World world;
    world.run({world.engine.add("app:1", {world.base, world.code})});
    const auto image = world.engine.add("app:2", {world.base, Layer{"code", "2"}});
    net::cancellation_signal cancel;
    bool ended = false;
    auto running = world.transfer.run({image}, {"one", "two"}, world.silent);
    net::co_spawn(world.io, std::move(running),
                  net::bind_cancellation_slot(cancel.slot(), [&](std::exception_ptr) { ended = true; }));
    world.io.restart();
    for (int i = 0; i < turns && !ended; ++i) world.io.poll_one();
    cancel.emit(net::cancellation_type::terminal);
    while (!ended) world.io.run_one();
    CHECK_FALSE(world.engine.mounted);
    world.run({image});
    CHECK(world.complete(image));
  }
}

TEST_CASE("transfer: whoever tries again after a failure can be cancelled still") {
  World world;
  const auto image = world.engine.add("app:1", {world.base, world.code});
  world.two.import_error = Error(ErrorCode::cluster_failed, "cannot import images: the runtime is not up yet");
  auto trying = [](World& of, OciImage wanted) -> Task<> {
    bool failed = false;
    try {
      std::vector<OciImage> images(1, std::move(wanted));
      auto running = of.transfer.run(std::move(images), {"one", "two"}, of.silent);
      co_await std::move(running);
    } catch (const Error&) {
      failed = true;
    }
    CHECK(failed);
    net::steady_timer pause(of.io, net::steady_timer::time_point::max());
    co_await pause.async_wait(net::use_awaitable);
  };
  net::cancellation_signal cancel;
  bool ended = false;
  auto task = trying(world, image);
  net::co_spawn(world.io, std::move(task),
                net::bind_cancellation_slot(cancel.slot(), [&](std::exception_ptr) { ended = true; }));
  world.io.restart();
  world.io.poll();
  CHECK_FALSE(ended);
  cancel.emit(net::cancellation_type::terminal);
  world.io.restart();
  world.io.poll();
  CHECK(ended);
}
