#include "api/answers.hpp"
#include "api/routes.hpp"
#include "core/task_group.hpp"
#include "kube/readiness.hpp"
#include "node/pod_exec.hpp"
#include "protocol/exec_frame.hpp"

namespace gf::api {

namespace {

const Json& pick_pod(const Services& services, const std::string& project, const std::string& app,
                     const std::string& name) {
  for (const auto* pod : services.mirror.all("Pod", project, deploy::app_label, app))
    if (name.empty() ? !node::container_id(*pod, app).empty() : pod->at("metadata").value("name", "") == name)
      return *pod;
  throw Error(ErrorCode::not_found, "cannot find a running replica of " + app + (name.empty() ? "" : " called " + name),
              "gf status");
}

/// From the client into the program, until either ends.
Task<> feed(http::Stream& client, container::ExecStream& program) {
  ExecFrameReader frames;
  std::string chunk(64 << 10, '\0');
  for (;;) {
    auto reading = client.read_some(chunk.data(), chunk.size());
    const auto count = co_await std::move(reading);
    if (count == 0) break;
    frames.add(std::string_view(chunk).substr(0, count));
    while (const auto frame = frames.next()) {
      if (frame->type == ExecFrameType::input) {
        auto writing = program.write(frame->payload);
        co_await std::move(writing);
      } else if (frame->type == ExecFrameType::input_end) {
        auto finishing = program.finish_writing();
        co_await std::move(finishing);
      } else if (frame->type == ExecFrameType::resize) {
        const auto size = number_of(*frame);
        auto resizing = program.resize(static_cast<int>(size >> 16), static_cast<int>(size & 0xffff));
        co_await std::move(resizing);
      }
    }
  }
  program.close();  // the client went away: so does its program's input
}

Task<> run_exec(const Services& services, std::string project, std::string app, Json body, http::Responder& responder) {
  auto command = texts_of(body, "command");
  if (command.empty())
    throw Error(ErrorCode::bad_request, "cannot run a command: 'command' must be a list that is not empty");
  const bool tty = flag_of(body, "tty");
  const auto& pod = pick_pod(services, project, app, text_of(body, "pod"));
  auto spec = node::pod_exec(pod, app, std::move(command), tty, true);
  auto starting = services.engine.exec_stream(std::move(spec));
  const auto program = co_await std::move(starting);
  http::Response head;
  head.status = 101;
  head.headers.set("Upgrade", "gf-exec");
  head.headers.set("Connection", "Upgrade");
  auto upgrading = responder.upgrade(std::move(head));
  const auto client = co_await std::move(upgrading);
  auto executor = co_await net::this_coro::executor;
  TaskGroup feeding(executor);
  feeding.spawn("feed the program", feed(*client, *program));
  std::exception_ptr thrown;
  try {
    for (;;) {
      auto reading = program->read();
      const auto piece = co_await std::move(reading);
      if (!piece) break;
      const auto frame = encode(piece->is_error ? ExecFrameType::errors : ExecFrameType::output, piece->bytes);
      auto writing = client->write(frame);
      co_await std::move(writing);
    }
    auto asking = program->exit_code();
    const auto last = encode_exit(co_await std::move(asking));
    auto writing = client->write(last);
    co_await std::move(writing);
  } catch (...) {
    thrown = std::current_exception();
  }
  // A client that went away has cancelled us, and what is cancelled cannot wait: but for this.
  if (thrown) co_await net::this_coro::reset_cancellation_state(net::disable_cancellation());
  auto stopping = feeding.stop();
  co_await std::move(stopping);
  client->close();
  if (thrown) std::rethrow_exception(thrown);
}

}  // namespace

void add_exec_route(const Services& services, Routes& routes) {
  routes.push_back({"POST", "/v1/projects/{name}/apps/{app}/exec", [&services](http::RouteContext& context) {
                      auto body = body_of(context.request, {"command", "tty", "pod"});
                      return run_exec(services, context.captures[0], context.captures[1], std::move(body),
                                      context.responder);
                    }});
}

}  // namespace gf::api
