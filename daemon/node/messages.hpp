#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "node/frame.hpp"

// What the payloads of frames mean. Both sides compile this file: standard library only.
// Every decode throws BrokenFrame when the payload is shorter or longer than its message.
namespace gf::node {

struct Hello {
  std::uint32_t version = protocol_version;
  std::string digest;  ///< agent: sha256 hex of its own file
};
std::string encode(const Hello& message);
Hello decode_hello(std::string_view payload);

/// Why the agent refused. `code` is one of the daemon's error codes by name ("deploy-failed").
struct Failure {
  std::string code, message, hint;
};
std::string encode(const Failure& message);
Failure decode_failure(std::string_view payload);

/// The signal by which gf-supervise starts its program anew: the first real-time signal, as nobody else uses it.
inline constexpr const char* restart_signal = "RTMIN";

struct SyncBegin {
  std::string container_id, target;
  std::string signal;  ///< "HUP", restart_signal, or empty for none
};
std::string encode(const SyncBegin& message);
SyncBegin decode_sync_begin(std::string_view payload);

struct SyncFile {
  std::string path;
  std::uint32_t mode = 0644;
  bool link = false;
  std::uint64_t size = 0;  ///< of the whole contents
};
std::string encode(const SyncFile& message);
/// `rest` receives what follows the message: the first piece of the contents.
SyncFile decode_sync_file(std::string_view payload, std::string_view& rest);

struct SyncDone {
  std::uint64_t files = 0, bytes = 0;
  double seconds = 0;
};
std::string encode(const SyncDone& message);
SyncDone decode_sync_done(std::string_view payload);

struct CompareBegin {
  std::string container_id, target;
};
std::string encode(const CompareBegin& message);
CompareBegin decode_compare_begin(std::string_view payload);

struct CompareFile {
  std::string path;
  std::uint32_t mode = 0644;
  bool link = false;
  std::string digest;  ///< "" = nothing but a folder may be there
};
std::string encode(const CompareFile& message);
CompareFile decode_compare_file(std::string_view payload);

struct Dial {
  std::string host;
  std::uint16_t port = 0;
  std::string container_id = {};  ///< whose network, empty = the node's
  /// Where the daemon listens, as the node sees it: it would rather have the connected socket itself, sent there by
  /// SCM_RIGHTS beside `ticket`, than a stream. Empty = a stream.
  std::string socket = {};
  std::string ticket = {};  ///< ticket_size characters, by which the daemon knows what it is given
};
std::string encode(const Dial& message);
Dial decode_dial(std::string_view payload);

inline constexpr std::size_t ticket_size = 32;
/// What the daemon answers on its socket to a connection that it has taken.
inline constexpr char ticket_taken = '1';

struct Dialled {
  bool passed = false;  ///< the daemon has the socket: no stream follows
};
std::string encode(const Dialled& message);
Dialled decode_dialled(std::string_view payload);

/// Blobs of a content store by their digests, 64 lower-case digits each; at most most_digests of them.
inline constexpr std::size_t most_digests = max_payload / 64;
std::string encode_digests(const std::vector<std::string>& digests);
std::vector<std::string> decode_digests(std::string_view payload);
/// Their sizes in bytes, in the same order; nothing for those that are not there.
using BlobSizes = std::vector<std::optional<std::uint64_t>>;
std::string encode_sizes(const BlobSizes& sizes);
BlobSizes decode_sizes(std::string_view payload);

std::string encode_window(std::uint32_t bytes);
std::uint32_t decode_window(std::string_view payload);

std::string encode_bits(const std::vector<bool>& bits);
std::vector<std::size_t> decode_bits(std::string_view payload);  ///< the indexes that are set, in order

}  // namespace gf::node
