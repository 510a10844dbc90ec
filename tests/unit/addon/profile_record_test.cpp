#include "addon/profile_record.hpp"

#include <doctest/doctest.h>

using namespace gf;
using namespace gf::addon;

TEST_CASE("how far an addon has come survives being written down, and nonsense counts as never started") {
  const ProfileRecord records[] = {{}, {"dev", "", false}, {"full", "dev", false}, {"full", "", true}};
  for (const auto& record : records) CHECK(record_from(to_json(record)) == record);
  CHECK(record_from(Json()) == ProfileRecord{});
  CHECK(record_from(Json::parse(R"(["full"])")) == ProfileRecord{});
}

TEST_CASE("only the profiles that an addon may stand in are taken out of the cluster") {
  AddonSpec spec;
  for (const char* name : {"dev", "full", "huge"}) spec.profiles[name] = {};
  using Names = std::vector<std::string>;
  CHECK(profiles_present(spec, {}) == Names{"dev", "full", "huge"});
  CHECK(profiles_present(spec, {"dev", "", false}) == Names{"dev"});
  CHECK(profiles_present(spec, {"full", "dev", false}) == Names{"dev", "full"});
  CHECK(profiles_present(spec, {"full", "full", false}) == Names{"full"});
}

TEST_CASE("what a change of profile does is told before it is done") {
  AddonSpec spec;
  spec.name = "store";
  spec.profiles["dev"] = {"", 20, 5, 6};
  spec.profiles["full"] = {"", 250, 20, 30};
  spec.profiles["full"].gather = spec.profiles["full"].spread = PodCommand{};
  CHECK(describe_change(spec, "", "full").empty());
  CHECK(describe_change(spec, "dev", "dev").empty());
  const auto up = describe_change(spec, "dev", "full");
  REQUIRE(up.size() == 3);
  CHECK(up.front() == "store goes from dev to full: memory 20 MiB, then 250 MiB");
  CHECK(up.back() == "when it is ready, the new members get their share");
  const auto down = describe_change(spec, "full", "dev");
  REQUIRE(down.size() == 4);
  CHECK(down[1] == "first its data are gathered on one member, and the others leave");
  CHECK(down.back() == "at last the volumes of the members that left are removed");
}
