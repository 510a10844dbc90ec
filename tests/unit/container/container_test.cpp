#include <doctest/doctest.h>

#include <boost/asio/steady_timer.hpp>
#include <filesystem>
#include <fstream>

#include "container/docker_exec.hpp"
#include "container/engine.hpp"
#include "container/layer_tar.hpp"
#include "container/saved_images.hpp"
#include "container/tar.hpp"
#include "core/digest.hpp"
#include "core/task_group.hpp"
#include "http/server.hpp"
#include "protocol/error.hpp"
#include "support/run_task.hpp"
#include "support/temporary_folder.hpp"

using namespace gf;
using namespace gf::container;
using gf::test::run_task;

namespace {

/// An engine whose programs write a megabyte before they read, and end with 3.
Task<> talkative_engine(const http::Request& request, http::Responder& responder) {
  if (request.target.ends_with("/start")) {
    http::Response head;
    head.headers.set("Connection", "Upgrade");
    head.headers.set("Upgrade", "tcp");
    auto upgrading = responder.upgrade(std::move(head));
    const auto stream = co_await std::move(upgrading);
    const std::string said = std::string("\1\0\0\0\0\x10\0\0", 8) + std::string(1 << 20, 'x');
    auto writing = stream->write(said);
    co_await std::move(writing);
    std::string heard(1 << 16, '\0');
    for (std::size_t count = 1; count > 0;) {
      auto reading = stream->read_some(heard.data(), heard.size());
      count = co_await std::move(reading);
    }
    co_return;
  }
  http::Response response;
  response.status = request.method == "POST" ? 201 : 200;
  response.body = R"({"Id": "e1", "ExitCode": 3})";
  auto responding = responder.respond(std::move(response));
  co_await std::move(responding);
}

Task<> run_and_wait(Engine& engine, ExecResult& result, bool& ran) {
  ExecSpec spec;
  spec.container = "node";
  auto running = engine.exec(std::move(spec), std::string(4 << 20, 'y'));
  result = co_await std::move(running);
  ran = true;
  net::steady_timer never(co_await net::this_coro::executor, net::steady_timer::time_point::max());
  co_await never.async_wait(net::use_awaitable);
}

}  // namespace

TEST_CASE("frames are taken apart however the bytes are cut") {
  std::string bytes("\1\0\0\0\0\0\0\5hello\2\0\0\0\0\0\0\4oops\1\0\0\0\0\0\0\0\1\0\0\0\0\0\0\1!",
                    8 + 5 + 8 + 4 + 8 + 8 + 1);
  for (std::size_t step = 1; step <= bytes.size(); ++step) {
    CAPTURE(step);
    StreamDemultiplexer pieces;
    std::string out, errors;
    for (std::size_t at = 0; at < bytes.size(); at += step) {
      pieces.add(std::string_view(bytes).substr(at, step));
      while (const auto piece = pieces.next()) (piece->is_error ? errors : out) += piece->bytes;
    }
    CHECK(out == "hello!");
    CHECK(errors == "oops");
  }
}

TEST_CASE("a tar of ours is read by tar: long names, links, folders, modes") {
  gf::test::TemporaryFolder folder;
  const std::string deep = std::string(60, 'a') + '/' + std::string(90, 'b');
  std::string tar = tar_header(std::string(60, 'a') + "/", 0, 0755, '5');
  tar += tar_header(deep, 3, 0640) + "abc" + tar_padding(3);
  tar += tar_header("link", 0, 0777, '2', deep);
  tar += tar_end();
  std::ofstream(folder.path() / "x.tar", std::ios::binary) << tar;
  const auto command = "cd " + folder.path().string() +
                       " && tar -xf x.tar && test \"$(cat link)\" = abc && test $(stat -c %a " + deep + ") = 640";
  CHECK(std::system(command.c_str()) == 0);
}

TEST_CASE("an engine that is not there is said so, with the remedy") {
  net::io_context io;
  const auto engine = make_docker_engine(io.get_executor(), "/nonexistent/docker.sock");
  try {
    run_task(io, engine->version());
    FAIL("no error");
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::engine_unavailable);
    CHECK(error.message().starts_with("cannot reach the container engine at /nonexistent/docker.sock"));
    CHECK(!error.hint().empty());
  }
}

TEST_CASE("a push tells its progress over all layers, and the engine's words when it fails") {
  gf::test::TemporaryFolder folder;
  const auto path = (folder.path() / "engine.sock").string();
  net::io_context io;
  std::string asked, lines;
  http::Server server(io.get_executor(), path, [&](const http::Request& request, http::Responder& responder) -> Task<> {
    asked = request.method + ' ' + request.target + ' ' + request.headers.get("X-Registry-Auth").value_or("");
    http::Response response;
    response.body = lines;
    auto responding = responder.respond(std::move(response));
    co_await std::move(responding);
  });
  server.start();
  const auto engine = make_docker_engine(io.get_executor(), path);
  std::vector<std::uint64_t> told;
  const LayerProgress progress = [&](std::uint64_t done, std::uint64_t total) {
    told.push_back(done);
    told.push_back(total);
  };
  lines =
      R"({"status":"The push refers to repository [localhost:5001/a/b]"}
{"status":"Pushing","progressDetail":{"current":10,"total":100},"id":"1"}
{"status":"Layer already exists","progressDetail":{},"id":"2"}
{"status":"Pushing","progressDetail":{"current":130,"total":100},"id":"1"}
{"status":"1: digest: sha256:0 size: 1"}
)";
  run_task(io, engine->push("localhost:5001/a/b:1", progress));
  CHECK(asked == "POST /v1.41/images/localhost%3A5001%2Fa%2Fb/push?tag=1 e30=");
  REQUIRE(told.size() >= 4);
  CHECK(std::vector(told.begin(), told.begin() + 2) == std::vector<std::uint64_t>{10, 100});
  CHECK(std::vector(told.end() - 2, told.end()) == std::vector<std::uint64_t>{100, 100});
  lines += R"({"errorDetail":{"message":"connection refused"},"error":"connection refused"})";
  try {
    run_task(io, engine->push("localhost:5001/a/b:1", progress));
    FAIL("no error");
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::image_unavailable);
    CHECK(error.message() == "cannot push the image localhost:5001/a/b:1");
    CHECK(error.cause() == "connection refused");
  }
  run_task(io, server.stop());
}

TEST_CASE("a program may say much before it reads, and who ran one can be cancelled afterwards") {
  gf::test::TemporaryFolder folder;
  const auto path = (folder.path() / "engine.sock").string();
  net::io_context io;
  http::Server server(io.get_executor(), path, talkative_engine);
  server.start();
  const auto engine = make_docker_engine(io.get_executor(), path);
  ExecResult result;
  bool ran = false;
  TaskGroup group(io.get_executor());
  group.spawn("run", run_and_wait(*engine, result, ran));
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (!ran && std::chrono::steady_clock::now() < until) io.run_one_until(until);
  REQUIRE(ran);
  CHECK(result.output.size() == 1 << 20);
  CHECK(result.exit_code == 3);
  run_task(io, group.stop());
  run_task(io, server.stop());
}

TEST_CASE("the real engine builds, saves, tags and removes an image, and says why a build failed" *
          doctest::skip(!std::filesystem::exists(docker_socket_path()))) {
  net::io_context io;
  const auto engine = make_docker_engine(io.get_executor(), docker_socket_path());
  CHECK(run_task(io, engine->version()).cpus > 0);
  auto source = [](std::string dockerfile) -> http::BodySource {
    auto tar = std::make_shared<std::optional<std::string>>(tar_header("Dockerfile", dockerfile.size(), 0644) +
                                                            dockerfile + tar_padding(dockerfile.size()) + tar_end());
    return [tar]() -> Task<std::optional<std::string>> { co_return std::exchange(*tar, std::nullopt); };
  };
  BuildSpec spec;
  spec.tag = "greenfield-test/contract:1";
  spec.labels["greenfield.dev/test"] = "yes";
  std::vector<std::string> lines;
  run_task(io, engine->build(spec, source("FROM scratch\nCOPY Dockerfile /\n"),
                             [&](std::string_view line) { lines.emplace_back(line); }));
  CHECK(!lines.empty());
  const auto image = run_task(io, engine->image(spec.tag));
  REQUIRE(image);
  CHECK(image->labels.at("greenfield.dev/test") == "yes");
  const auto stream = run_task(io, engine->save({spec.tag}));
  SavedImages saved;
  std::string layers;
  while (const auto piece = run_task(io, stream->read())) layers += saved.pass(*piece);
  const auto sizes = saved.sizes(image->id, image->layers.size());
  REQUIRE(sizes.size() == 1);
  CHECK(layers.size() >= sizes.at(0) + 512);
  if (!image->layer_folders.empty()) {  // overlay2: the layer's own tar, of its files, is what its digest says
    const auto mount = run_task(io, engine->mount(image->id, image->layer_folders));
    const auto archive = run_task(io, engine->get_archive(mount, mounted(0)));
    LayerTar tar;
    std::string bytes;
    while (const auto piece = run_task(io, archive->read())) bytes += tar.pass(*piece);
    bytes += tar.finish();
    CHECK(bytes.size() == sizes.at(0));
    CHECK("sha256:" + sha256_hex(bytes) == image->layers.at(0));
    run_task(io, engine->remove(mount));
    CHECK(!run_task(io, engine->container(mount)));
  }
  run_task(io, engine->tag(spec.tag, "greenfield-test/contract", "2"));
  CHECK(run_task(io, engine->image("greenfield-test/contract:2"))->id == image->id);
  run_task(io, engine->remove_image(spec.tag));
  run_task(io, engine->remove_image("greenfield-test/contract:2"));
  run_task(io, engine->remove_image(spec.tag));  // absent is fine
  CHECK(!run_task(io, engine->image(spec.tag)));
  CHECK(!run_task(io, engine->container("greenfield-test-none")));
  run_task(io, engine->remove("greenfield-test-none"));
  try {
    run_task(io, engine->build(spec, source("FROM scratch\nCOPY nothing /\n"), {}));
    FAIL("no error");
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::build_failed);
    CHECK(error.cause().find("nothing") != std::string::npos);
  }
}
