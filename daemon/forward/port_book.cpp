#include "forward/port_book.hpp"

#include <algorithm>

#include "protocol/error.hpp"

namespace gf::forward {

PortBook::PortBook(state::Document document) : document_(std::move(document)) {
  entries_ = document_.load([](const Json& json) {
    std::map<std::string, Entry> entries;
    for (const auto& [name, entry] : json.items()) entries[name] = Entry{entry.at("preferred"), entry.at("port")};
    return entries;
  });
}

std::string PortBook::warning() const {
  return document_.warning("the list of localhost ports", "ports are given out anew");
}

bool PortBook::belongs_to_another(const std::string& name, int port) const {
  return std::ranges::any_of(entries_,
                             [&](const auto& known) { return known.first != name && known.second.port == port; });
}

int PortBook::assign(const std::string& name, int preferred, const std::function<bool(int port)>& take) {
  const auto keep = [&](int port) {
    const auto known = entries_.find(name);
    if (known != entries_.end() && known->second.port == port && known->second.preferred == preferred) return port;
    entries_[name] = Entry{preferred, port};
    save();
    return port;
  };
  const auto known = entries_.find(name);
  const int remembered = known != entries_.end() && known->second.preferred == preferred ? known->second.port : 0;
  for (const int port : {remembered, preferred})
    if (port > 0 && port <= 65535 && take(port)) return keep(port);
  for (int port = first_free; port <= last_free; ++port)
    if (port != remembered && port != preferred && !belongs_to_another(name, port) && take(port)) return keep(port);
  throw Error(ErrorCode::port_taken, "cannot forward " + name + ": every localhost port is taken",
              "stop programs that listen on ports " + std::to_string(first_free) + " to " + std::to_string(last_free));
}

void PortBook::save() {
  auto contents = Json::object();
  for (const auto& [name, entry] : entries_) contents[name] = {{"preferred", entry.preferred}, {"port", entry.port}};
  document_.save(contents);
}

}  // namespace gf::forward
