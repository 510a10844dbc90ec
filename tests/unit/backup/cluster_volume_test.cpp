#include "backup/cluster_volume.hpp"

#include <doctest/doctest.h>
#include <sys/wait.h>

#include <cstdio>
#include <fstream>

#include "support/temporary_folder.hpp"

namespace {

using namespace gf;
using namespace gf::backup;

/// Runs a script as a node would, with what `input` writes, and returns what it printed.
std::string run(const container::ExecSpec& script, const std::string& redirections = {}) {
  std::string line;
  for (const auto& word : script.command) {
    line += '\'';
    for (const char c : word) line += c == '\'' ? std::string("'\\''") : std::string(1, c);
    line += "' ";
  }
  auto* pipe = ::popen((line + redirections).c_str(), "r");
  REQUIRE(pipe);
  std::string output;
  for (int c = 0; (c = std::fgetc(pipe)) != EOF;) output += static_cast<char>(c);
  CHECK(WEXITSTATUS(::pclose(pipe)) == 0);
  return output;
}

/// Older than what a change could hide in.
void age(const std::filesystem::path& folder) {
  while (run(state_script("n", folder)) != run(state_script("n", folder))) {
  }
}

Json volume(const char* kind) {
  return Json::parse(std::string(R"({"apiVersion":"v1","kind":"PersistentVolume","metadata":{"name":"pvc-1",
    "annotations":{"pv.kubernetes.io/bound-by-controller":"yes","pv.kubernetes.io/provisioned-by":"x"}},
    "spec":{"storageClassName":"standard","claimRef":{"kind":"PersistentVolumeClaim","namespace":"team","name":"data",
    "uid":"1"},")") + kind +
                     R"(":{"path":"/var/volumes/pvc-1"}}})");
}

}  // namespace

TEST_CASE("cluster volume: its state is the same until something in it changes") {
  test::TemporaryFolder folder;
  std::filesystem::create_directories(folder.path() / "deep");
  std::ofstream(folder.path() / "deep/file") << "one";
  age(folder.path());
  const auto before = run(state_script("n", folder.path()));
  CHECK(before.size() == 65);
  std::ofstream(folder.path() / "deep/file") << "two";  // of the same size
  CHECK(run(state_script("n", folder.path())) != before);
  age(folder.path());
  const auto after = run(state_script("n", folder.path()));
  std::filesystem::remove(folder.path() / "deep/file");
  CHECK(run(state_script("n", folder.path())) != after);
}

TEST_CASE("cluster volume: what was archived comes back, in the place of what was there") {
  test::TemporaryFolder folder;
  const auto from = folder.path() / "from", to = folder.path() / "to", tar = folder.path() / "tar";
  std::filesystem::create_directories(from / "deep");
  std::filesystem::create_directories(to);
  std::ofstream(from / "deep/größer") << "one";
  std::filesystem::create_symlink("deep", from / "link");
  std::ofstream(to / "former") << "x";
  run(archive_script("n", from), ">'" + tar.string() + '\'');
  run(unpack_script("n", to), "<'" + tar.string() + '\'');
  std::string text;
  std::ifstream(to / "link/größer") >> text;
  CHECK(text == "one");
  CHECK_FALSE(std::filesystem::exists(to / "former"));
  CHECK_FALSE(std::filesystem::exists(to.string() + ".new"));
}

TEST_CASE("cluster volume: it is made for its claim, beside where it lay, on a node that there is") {
  const auto name = restored_name("20251201T000000Z", "team", "data");
  CHECK(name.starts_with("gf-data-"));
  CHECK(name != restored_name("20251201T000000Z", "other", "data"));
  CHECK(name != restored_name("20251202T000000Z", "team", "data"));
  for (const auto* kind : {"local", "hostPath"}) {
    CAPTURE(kind);
    const auto made = restored_volume(volume(kind), name, "worker2");
    CHECK(made["metadata"]["name"] == name);
    CHECK(made["metadata"]["annotations"] == Json{{"pv.kubernetes.io/provisioned-by", "x"}});
    CHECK(made["spec"][kind]["path"] == "/var/volumes/" + name);
    CHECK(made["spec"]["storageClassName"] == "standard");
    CHECK(made["spec"]["claimRef"] ==
          Json{{"apiVersion", "v1"}, {"kind", "PersistentVolumeClaim"}, {"namespace", "team"}, {"name", "data"}});
    CHECK(made.at("/spec/nodeAffinity/required/nodeSelectorTerms/0/matchExpressions/0/values"_json_pointer) ==
          Json::array({"worker2"}));
  }
}
