#include <filesystem>
#include <fstream>

#include "node/messages.hpp"

// seeds FOLDER: writes inputs to begin from into FOLDER/{frame,messages,greeting}. Made from the format as it is now,
// so they never grow old.
using namespace gf::node;

namespace {

void put(const std::filesystem::path& folder, const std::string& name, unsigned choice, const std::string& bytes) {
  std::filesystem::create_directories(folder);
  std::ofstream(folder / ("seed-" + name), std::ios::binary) << static_cast<char>(choice) << bytes;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 64;
  const std::filesystem::path folder = argv[1];
  Hello hello;
  hello.digest = std::string(64, 'd');
  std::string hello_frame;
  append_frame(hello_frame, FrameType::hello, 0, encode(hello));

  std::string sync;
  append_frame(sync, FrameType::sync_begin, 1, encode(SyncBegin{"0123456789abcdef", "/srv/app", "HUP"}));
  append_frame(sync, FrameType::sync_delete, 1, "gone");
  append_frame(sync, FrameType::sync_file, 1, encode(SyncFile{"a b\n\xff", 0755, false, 8}), "contents");
  append_frame(sync, FrameType::sync_end, 1);
  for (const unsigned choice : {0u, 1u, 2u, 7u, 200u}) {
    const auto name = std::to_string(choice);
    put(folder / "frame", name, choice, sync);
    put(folder / "greeting", name, choice, hello_frame);
    put(folder / "greeting", "payload-" + name, choice, encode(hello));
  }

  // In the order of the choices of messages_fuzz.cpp.
  const std::string messages[] = {
      encode(hello),
      encode(Failure{"deploy-failed", "cannot write", "free disk space"}),
      encode(SyncBegin{"0123456789abcdef", "/srv/app", "HUP"}),
      encode(SyncFile{"a b\n\xff", 0755, true, 4}) + "to/a",
      encode(SyncDone{3, 1ull << 40, 0.25}),
      encode(CompareBegin{"0123456789abcdef", "/srv/app"}),
      encode(CompareFile{"a", 0644, true, std::string(64, 'e')}),
      encode(Dial{"127.0.0.1", 5432, "0123456789abcdef", "/greenfield/link/gfd.sock", std::string(ticket_size, 't')}),
      encode_window(dial_window),
      encode(Dialled{true}),
      encode_digests({std::string(64, 'a'), std::string(64, '0')}),
      encode_sizes({std::nullopt, 1ull << 40}),
      encode_bits({true, false, true, true, false, false, false, false, true})};
  for (unsigned i = 0; i < std::size(messages); ++i) put(folder / "messages", std::to_string(i), i, messages[i]);
}
