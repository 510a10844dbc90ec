#pragma once
#include "container/engine.hpp"
#include "http/router.hpp"

namespace gf::api {

/// Upgrades the connection to gf-exec and passes on, both ways, what the client and `program` say, until the program
/// ends; its exit code is the last frame. `tty`: whether the program has a terminal.
Task<> relay_program(std::unique_ptr<container::ExecStream> program, bool tty, http::Responder& responder);

}  // namespace gf::api
