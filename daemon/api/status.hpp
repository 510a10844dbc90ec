#pragma once
#include "api/services.hpp"

namespace gf::api {

/// GET /v1/status: made of what the daemon knows at this moment; nothing outside is asked.
Json status(const Services& services);
Json addon_json(const Services& services, const std::string& name);

}  // namespace gf::api
