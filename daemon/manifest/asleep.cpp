#include "manifest/asleep.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace gf::manifest {

namespace {

constexpr const char* annotation = "greenfield.dev/asleep";

/// "64Mi", "1.5Gi", "128M", "1000000" in bytes; 0 for what is none.
double bytes_of(const std::string& quantity) {
  static constexpr std::array<std::pair<const char*, double>, 9> units = {{{"", 1},
                                                                           {"Ki", 0x1p10},
                                                                           {"Mi", 0x1p20},
                                                                           {"Gi", 0x1p30},
                                                                           {"Ti", 0x1p40},
                                                                           {"k", 1e3},
                                                                           {"M", 1e6},
                                                                           {"G", 1e9},
                                                                           {"T", 1e12}}};
  double number = 0;
  const auto* last = quantity.data() + quantity.size();
  const auto [end, error] = std::from_chars(quantity.data(), last, number);
  if (error != std::errc()) return 0;
  for (const auto& [unit, size] : units)
    if (std::string_view(end, static_cast<std::size_t>(last - end)) == unit) return number * size;
  return 0;
}

double requested_bytes(const Json& container) {
  const auto requests = container.value("resources", Json::object()).value("requests", Json::object());
  const auto memory = requests.find("memory");
  if (memory == requests.end()) return 0;
  return memory->is_string() ? bytes_of(memory->get<std::string>()) : memory->is_number() ? memory->get<double>() : 0;
}

}  // namespace

int replicas_of(const Json& workload) { return workload.value("spec", Json::object()).value("replicas", 1); }

std::optional<Asleep> asleep(const Json& workload) {
  const auto annotations = workload.at("metadata").value("annotations", Json::object());
  const auto found = annotations.find(annotation);
  if (found == annotations.end() || !found->is_string() || replicas_of(workload) != 0) return std::nullopt;
  const auto told = Json::parse(found->get<std::string>(), nullptr, false);
  Asleep read;
  if (!told.is_object()) return read;  // somebody's hand was in it: one replica is better than none
  if (const auto count = told.find("replicas"); count != told.end() && count->is_number_integer())
    read.replicas = std::max(1, count->get<int>());
  if (const auto since = told.find("since"); since != told.end() && since->is_number())
    read.since = since->get<double>();
  return read;
}

Json sleep_patch(const Json& workload, double now) {
  Json remembered;
  remembered["replicas"] = replicas_of(workload);
  remembered["since"] = std::floor(now);
  Json patch;
  patch["metadata"]["annotations"][annotation] = dump(remembered);
  patch["spec"]["replicas"] = 0;
  return patch;
}

Json wake_patch(const Asleep& from) {
  Json patch;
  patch["spec"]["replicas"] = from.replicas;
  forget_sleep(patch);
  return patch;
}

void forget_sleep(Json& patch) { patch["metadata"]["annotations"][annotation] = nullptr; }

void leave_asleep(Json& object, const Json* stored) {
  if (stored && asleep(*stored)) object["spec"].erase("replicas");
}

int requested_mib(const Json& workload) {
  const auto spec = workload.value("spec", Json::object());
  const auto pod = spec.value("template", Json::object()).value("spec", Json::object());
  double bytes = 0;
  for (const auto& container : pod.value("containers", Json::array())) bytes += requested_bytes(container);
  return static_cast<int>(std::ceil(bytes / 0x1p20));
}

}  // namespace gf::manifest
