#pragma once
#include <string>

#include "delivery/gates.hpp"
#include "protocol/json.hpp"

namespace gf::delivery {

/// A version of an app.
struct Image {
  std::string key;        ///< names what it is made of
  std::string reference;  ///< what a container runs
};

/// The kind of operation that works on a delivery; its subject is "project/app".
inline constexpr const char* kind_name = "deliver";

/// How far a new version has come.
///   starting ─▶ shifting (canary) ───────────────▶ promoting ─▶ retiring ─▶ gone: it is the stable version
///          └──▶ preview (blue-green) ◀─▶ flipped ──┘
///   aborting, from any but the last two ─▶ gone: the stable version serves alone
enum class Phase {
  starting,   ///< its replicas come up and get no requests
  shifting,   ///< a share of the requests is its
  preview,    ///< it serves who asks for it by a header
  flipped,    ///< it serves everybody; the stable version stands by
  promoting,  ///< it serves everybody while the stable replicas become it
  retiring,   ///< they serve everybody; the replicas that came beside them go
  aborting,   ///< the stable version serves everybody
};

/// A new version beside the stable one. Kept on disk, so that a restart of the daemon changes nothing.
struct Delivery {
  std::string project, app;
  Strategy strategy = Strategy::canary;
  CanarySpec canary;
  Image image;
  Phase phase = Phase::starting;
  std::size_t step = 0;         ///< of canary.steps
  double since = 0;             ///< when this step began, seconds since the epoch
  std::string reason;           ///< what the gates said last
  std::optional<Samples> seen;  ///< what they judged then; not kept on disk
};

/// What names the delivery of an app: "project/app".
std::string key_of(const std::string& project, const std::string& app);
inline std::string key_of(const Delivery& delivery) { return key_of(delivery.project, delivery.app); }

Json to_json(const Delivery& delivery);
/// Throws Json's own exceptions for another shape.
Delivery delivery_from_json(const Json& json);

/// Who gets which requests.
struct Routing {
  int next_percent = 0;  ///< of those without the header
  bool preview = false;  ///< those with the header go to the new version
  bool operator==(const Routing&) const = default;
};

/// The header that leads to a version in preview, and its value.
inline constexpr const char* preview_header = "x-gf-preview";
inline constexpr const char* preview_value = "next";

/// Pure: what the phase asks for.
Routing routing(const Delivery& delivery);

/// The reason of one that somebody took back.
inline constexpr const char* aborted_by_hand = "it was aborted by hand";

/// What somebody wants of a delivery.
enum class Wish { promote, abort };

/// Pure: the phase after a wish. Throws Error(conflict) when the phase does not allow it.
Phase after(const Delivery& delivery, Wish wish);

std::string_view name(Phase phase);

}  // namespace gf::delivery
