#include "protocol/operation.hpp"

#include <array>

namespace gf {

namespace {

constexpr std::array<std::string_view, 6> state_names{"pending", "running", "cancelling",
                                                      "done",    "failed",  "cancelled"};
constexpr std::array<std::string_view, 4> type_names{"operation", "step", "progress", "log"};

template <class Enum, std::size_t N>
Enum from_name(const std::array<std::string_view, N>& names, std::string_view wanted, std::string_view what) {
  for (std::size_t i = 0; i < N; ++i)
    if (names[i] == wanted) return static_cast<Enum>(i);
  throw Error(ErrorCode::bad_request, "cannot read " + std::string(what) + " '" + std::string(wanted) + "'");
}

}  // namespace

std::string_view name(OperationState state) { return state_names[static_cast<std::size_t>(state)]; }
OperationState operation_state_from(std::string_view wanted) {
  return from_name<OperationState>(state_names, wanted, "operation state");
}

Json to_json(const Operation& operation) {
  Json value{{"id", operation.id},           {"kind", operation.kind},
             {"subject", operation.subject}, {"state", name(operation.state)},
             {"created", operation.created}, {"last_event", operation.last_event}};
  if (operation.finished) value["finished"] = *operation.finished;
  if (operation.error) value["error"] = to_json(*operation.error);
  if (!operation.result.is_null()) value["result"] = operation.result;
  return value;
}

Operation operation_from_json(const Json& value) {
  Operation operation;
  operation.id = value.at("id");
  operation.kind = value.at("kind");
  operation.subject = value.value("subject", "");
  operation.state = operation_state_from(value.at("state").get<std::string>());
  operation.created = value.value("created", 0.0);
  operation.last_event = value.value("last_event", std::uint64_t{0});
  if (value.contains("finished")) operation.finished = value["finished"].get<double>();
  if (value.contains("error")) operation.error = error_from_json(value["error"]);
  if (value.contains("result")) operation.result = value["result"];
  return operation;
}

Json to_json(const Event& event) {
  Json value{{"seq", event.seq}, {"time", event.time}, {"type", type_names[static_cast<std::size_t>(event.type)]}};
  if (event.type != EventType::operation) value["step"] = event.step;
  switch (event.type) {
    case EventType::operation:
      value["state"] = event.state;
      if (!event.result.is_null()) value["result"] = event.result;
      break;
    case EventType::step:
      value["parent"] = event.parent;
      value["title"] = event.title;
      value["state"] = event.state;
      if (event.state != "running") value["seconds"] = event.seconds;
      break;
    case EventType::progress:
      value["done"] = event.done;
      value["total"] = event.total;
      value["unit"] = event.unit;
      break;
    case EventType::log:
      value["text"] = event.text;
      break;
  }
  if (event.error) value["error"] = to_json(*event.error);
  return value;
}

Event event_from_json(const Json& value) {
  Event event;
  event.seq = value.at("seq");
  event.time = value.value("time", 0.0);
  event.type = from_name<EventType>(type_names, value.at("type").get<std::string>(), "event type");
  event.step = value.value("step", std::uint64_t{0});
  event.parent = value.value("parent", std::uint64_t{0});
  event.title = value.value("title", "");
  event.state = value.value("state", "");
  event.done = value.value("done", std::uint64_t{0});
  event.total = value.value("total", std::uint64_t{0});
  event.unit = value.value("unit", "");
  event.seconds = value.value("seconds", 0.0);
  event.text = value.value("text", "");
  if (value.contains("error")) event.error = error_from_json(value["error"]);
  if (value.contains("result")) event.result = value["result"];
  return event;
}

}  // namespace gf
