#include <doctest/doctest.h>

#include <algorithm>

#include "deploy/drift.hpp"
#include "support/fake_link.hpp"
#include "support/run_task.hpp"

// What a container holds against what the checkout has: which files are named, and as what.
using namespace gf;
using deploy::Drift;
using deploy::DriftedFile;

namespace {

const std::string instance = "0123456789abcdef";

struct Fixture {
  net::io_context io;
  test::FakeLink link{io.get_executor()};
  AppSpec app;
  std::shared_ptr<source::Tree> tree = std::make_shared<source::Tree>();

  Fixture() {
    app.name = "api";
    app.sync.push_back({"app", "/srv/app"});
    link.containers[instance];
  }
  /// A file of the checkout; the container has it too.
  void both(const std::string& path, const std::string& contents, unsigned mode = 0644, bool is_link = false) {
    source::TreeFile file;
    file.path = path;
    file.mode = mode;
    file.link = is_link;
    file.digest = sha256_hex(contents);
    tree->files.push_back(file);
    std::ranges::sort(tree->files, {}, &source::TreeFile::path);
    there("/srv/" + path) = {contents, mode, is_link};
  }
  test::FakeLink::File& there(const std::string& place) { return link.containers[instance].files[place]; }
  std::vector<DriftedFile> drift(std::vector<std::string> held = {}) {
    auto looking = deploy::drift_of_container(link, instance, app, tree, std::move(held));
    return test::run_task(io, std::move(looking));
  }
};

}  // namespace

TEST_CASE("drift: nothing where all is as in the checkout, whatever the program has put beside it") {
  Fixture f;
  f.both("app/serve.py", "1");
  f.both("app/run", "#!/bin/sh", 0755);
  f.both("app/to", "serve.py", 0777, true);
  f.there("/srv/app/__pycache__/serve.pyc") = {"compiled", 0644, false};
  f.there("/srv/app/uploads/1") = {"precious", 0644, false};
  CHECK(f.drift().empty());
  CHECK(f.drift({"app/serve.py", "app/gone.py", "other/file"}).empty());
}

TEST_CASE("drift: contents, mode, kind and absence") {
  Fixture f;
  for (const char* path : {"app/contents", "app/mode", "app/kind", "app/absent", "app/same"}) f.both(path, "1");
  f.there("/srv/app/contents").contents = "edited";
  f.there("/srv/app/mode").mode = 0600;
  f.there("/srv/app/kind").link = true;
  f.link.containers[instance].files.erase("/srv/app/absent");
  const std::vector<DriftedFile> expected{{"app/absent", "/srv/app/absent", Drift::lacks},
                                          {"app/contents", "/srv/app/contents", Drift::differs},
                                          {"app/kind", "/srv/app/kind", Drift::differs},
                                          {"app/mode", "/srv/app/mode", Drift::differs}};
  CHECK(f.drift() == expected);
}

TEST_CASE("drift: what the image or an unfinished sync brought is surplus when the checkout lacks it") {
  Fixture f;
  f.both("app/serve.py", "1");
  f.there("/srv/app/old.py") = {"of the image", 0644, false};
  const std::vector<DriftedFile> expected{{"app/old.py", "/srv/app/old.py", Drift::surplus}};
  CHECK(f.drift({"app/old.py", "app/serve.py"}) == expected);
  CHECK(f.drift({"app/serve.py"}).empty());
  // What lay below a path that is a file or link now is not looked for: the way there leads elsewhere.
  f.both("app/lib", "old", 0777, true);
  f.there("/srv/app/lib/x") = {"seen through the link", 0644, false};
  CHECK(f.drift({"app/lib/x"}).empty());
}

TEST_CASE("drift: each rule by itself, and what rebuilds the image is no matter of the replicas") {
  Fixture f;
  f.app.sync.push_back({"", "/srv/all"});
  f.app.rebuild_on.push_back("Dockerfile");
  f.both("app/serve.py", "1");
  f.both("Dockerfile", "FROM scratch");
  const std::vector<DriftedFile> expected{{"app/serve.py", "/srv/all/app/serve.py", Drift::lacks}};
  CHECK(f.drift() == expected);
}

TEST_CASE("drift: a container that has ended is an error, not a drift") {
  Fixture f;
  f.both("app/serve.py", "1");
  f.link.containers.clear();
  try {
    f.drift();
    FAIL("nothing was thrown");
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::not_found);
  }
}
