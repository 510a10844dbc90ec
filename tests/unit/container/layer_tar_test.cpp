#include <doctest/doctest.h>

#include "container/layer_tar.hpp"
#include "container/saved_images.hpp"
#include "support/go_tar.hpp"

using namespace gf::container;
using gf::test::go_end;
using gf::test::go_entry;

namespace {

/// In pieces of `step` bytes.
std::string made(const std::string& archive, std::size_t step) {
  LayerTar tar;
  std::string out;
  for (std::size_t at = 0; at < archive.size(); at += step) out += tar.pass(std::string_view(archive).substr(at, step));
  return out + tar.finish();
}

std::string record(const std::string& key, const std::string& value) {
  const auto text = ' ' + key + '=' + value + '\n';
  const auto size = text.size() + 2 + (text.size() + 2 > 99 ? 1 : 0);
  return std::to_string(size) + text;
}

/// A file whose folder stands in the header's field for it.
std::string with_folder(const std::string& folder, const std::string& name) {
  auto entry = go_entry(name, '0', "x");
  entry.replace(345, folder.size(), folder);
  unsigned sum = 0;
  entry.replace(148, 8, 8, ' ');
  for (std::size_t i = 0; i < 512; ++i) sum += static_cast<unsigned char>(entry[i]);
  char digits[8];
  std::snprintf(digits, sizeof digits, "%06o", sum);
  entry.replace(148, 7, digits, 7);
  return entry;
}

const std::string top = go_entry("l0/", '5');

}  // namespace

TEST_CASE("a layer's tar: named from the root, the folder itself left out, however the bytes are cut") {
  const auto archive = top + go_entry("l0/srv/", '5') + go_entry("l0/srv/a", '0', "contents") +
                       go_entry("l0/srv/b", '1', "", "l0/srv/a") + go_entry("l0/srv/c", '2', "", "l0/away") +
                       go_entry("l0/empty", '0') + std::string(2048, '\0');
  const auto expected = go_entry("srv/", '5') + go_entry("srv/a", '0', "contents") +
                        go_entry("srv/b", '1', "", "srv/a") + go_entry("srv/c", '2', "", "l0/away") +
                        go_entry("empty", '0') + go_end();
  for (const std::size_t step : {std::size_t{1}, std::size_t{100}, std::size_t{512}, archive.size()})
    CHECK(made(archive, step) == expected);
}

TEST_CASE("a layer's tar: extended headers say what has no room, and go where there is room again") {
  const std::string deep = std::string(60, 'd') + '/' + std::string(60, 'f');
  const std::string longest(120, 'n');
  const std::string nearly = std::string(60, 'd') + '/' + std::string(38, 'f');  // 99 bytes, 102 in the archive
  const std::string accent = "caf\xc3\xa9";
  const std::string attribute = record("SCHILY.xattr.security.capability", std::string("\1\0\0\2", 4));
  struct Row {
    const char* what;
    std::string archive, expected;
  };
  const Row rows[] = {
      {"long before and after", go_entry("l0/" + longest, '0', "x", "", record("path", "l0/" + longest), "any"),
       go_entry(longest, '0', "x", "", record("path", longest), "PaxHeaders.0/" + std::string(87, 'n'))},
      {"long, with a folder that has room in a field of its own",
       with_folder("l0/" + std::string(60, 'd'), std::string(60, 'f')),
       with_folder(std::string(60, 'd'), std::string(60, 'f'))},
      {"attributes take that room",
       go_entry("l0/" + deep, '0', "", "", attribute + record("path", "l0/" + deep), "any"),
       go_entry(deep, '0', "", "", attribute + record("path", deep),
                std::string(60, 'd') + "/PaxHeaders.0/" + std::string(26, 'f'))},
      {"long in the archive only", go_entry("l0/" + nearly, '0', "x", "", record("path", "l0/" + nearly), "any"),
       go_entry(nearly, '0', "x")},
      {"not ASCII: the header has what is", go_entry("l0/caf", '0', "x", "", record("path", "l0/" + accent), "any"),
       go_entry("caf", '0', "x", "", record("path", accent), "PaxHeaders.0/caf")},
      {"attributes stay, a folder's too", go_entry("l0/ping/", '5', "", "", attribute, "any"),
       go_entry("ping/", '5', "", "", attribute, "ping/PaxHeaders.0")},
      {"the target of a hard link", go_entry("l0/a", '1', "", ("l0/" + deep), record("linkpath", "l0/" + deep), "any"),
       go_entry("a", '1', "", deep, record("linkpath", deep), "PaxHeaders.0/a")},
      {"the target of a symbolic link is nobody's name",
       go_entry("l0/a", '2', "", ("l0/" + deep), record("linkpath", "l0/" + deep), "any"),
       go_entry("a", '2', "", ("l0/" + deep), record("linkpath", "l0/" + deep), "PaxHeaders.0/a")},
  };
  for (const auto& row : rows) {
    CAPTURE(row.what);
    CHECK(made(top + row.archive + go_end(), 700) == row.expected + go_end());
  }
}

TEST_CASE("a layer's tar: what cannot be made is refused") {
  CHECK_THROWS_AS(made(top + go_entry("l0/gone", '3') + go_end(), 512), NotReproducible);  // a removed file
  CHECK_THROWS_AS(made(top + go_entry("l0/a", '0', "x"), 512), NotReproducible);           // cut off
  CHECK_THROWS_AS(made(go_end(), 512), NotReproducible);
  CHECK_THROWS_AS(made(top + go_entry("other/a", '0') + go_end(), 512), NotReproducible);
  CHECK_THROWS_AS(made(go_entry("file", '0', "x") + go_end(), 512), NotReproducible);
  CHECK_THROWS_AS(made(top + std::string(512, 'x') + go_end(), 512), NotReproducible);
}

TEST_CASE("saved images: the layers pass, each once; sizes by image, shared layers too") {
  const std::string list = R"([{"Config":"aa.json","RepoTags":null,"Layers":["1/layer.tar","2/layer.tar"]},)"
                           R"({"Config":"blobs/sha256/bb","Layers":["3/layer.tar"]}])";
  const auto tar = go_entry("1/", '5') + go_entry("1/VERSION", '0', "1.0") + go_entry("1/layer.tar", '0', "base") +
                   go_entry("2/layer.tar", '0', std::string(700, 'x')) +
                   go_entry("3/layer.tar", '2', "", "../1/layer.tar") + go_entry("aa.json", '0', "{}") +
                   go_entry("manifest.json", '0', list) + go_end();
  for (const std::size_t step : {std::size_t{1}, std::size_t{333}, tar.size()}) {
    SavedImages saved;
    std::string out;
    for (std::size_t at = 0; at < tar.size(); at += step) out += saved.pass(std::string_view(tar).substr(at, step));
    TarReader reader;
    reader.feed(out);
    std::vector<std::string> names;
    while (const auto part = reader.next())
      if (part->is_header) names.push_back(reader.entry().name);
    CHECK(names == std::vector<std::string>{"1/layer.tar", "2/layer.tar"});
    CHECK(out.size() == 2 * 512 + 512 + 1024);
    CHECK(saved.sizes("sha256:aa", 2) == std::vector<std::uint64_t>{4, 700});
    CHECK(saved.sizes("sha256:bb", 1) == std::vector<std::uint64_t>{4});
    CHECK_THROWS_AS(saved.sizes("sha256:bb", 2), BrokenTar);
    CHECK_THROWS_AS(saved.sizes("sha256:cc", 1), BrokenTar);
  }
}

TEST_CASE("a tar's sizes over 8 GiB, by records and by base-256") {
  TarReader reader;
  auto entry = go_entry("big", '0', "", "", record("size", "9000000000"), "any");
  reader.feed(entry);
  REQUIRE(reader.next());
  CHECK(reader.entry().size == 9000000000);
  TarReader other;
  entry = go_entry("big", '0');
  entry.replace(124, 12, std::string("\x80\0\0\0\0\0\0\2\x18\x71\x1a\0", 12));
  other.feed(entry);
  REQUIRE(other.next());
  CHECK(other.entry().size == 0x218711a00);
}
