#include "image/image_service.hpp"

#include <sstream>

#include "protocol/error.hpp"

namespace gf::image {

namespace {

using operation::run_step;

/// "::step 3/9 compiling kubelet" → progress and a line.
void tell_driver_line(std::string_view line, operation::Context& context) {
  constexpr std::string_view mark = "::step ";
  if (!line.starts_with(mark)) return context.log(line);
  std::istringstream words{std::string(line.substr(mark.size()))};
  std::uint64_t done = 0, total = 0;
  char slash = 0;
  std::string text;
  words >> done >> slash >> total;
  std::getline(words >> std::ws, text);
  if (done > 0) context.progress(done - 1, total, "steps");
  context.log(text);
}

Error unavailable(const PlatformImage& wanted) {
  return Error(ErrorCode::image_unavailable,
               "cannot obtain the image '" + wanted.name + "': no registry serves " + wanted.official +
                   " here, and no package has it to be built from",
               "docker pull " + wanted.official +
                   " where a registry can be reached, else `docker save` it there and `docker load` it here");
}

}  // namespace

ImageService::ImageService(Executor executor, Clock& clock, container::Engine& engine, ProcessRunner& processes,
                           std::filesystem::path driver, Transfer::Reach reach, std::function<Wiring()> wiring)
    : clock_(clock),
      engine_(engine),
      processes_(processes),
      driver_(std::move(driver)),
      transfer_(engine, std::move(reach)),
      wiring_(std::move(wiring)),
      freed_(executor) {}

Task<std::vector<PlatformImage>> ImageService::references(std::vector<std::string> names) {
  ProcessSpec ask;
  ask.program = driver_.string();
  ask.arguments = {"ref"};
  for (const auto& name : names)
    if (!known_.contains(name)) ask.arguments.push_back(name);
  if (ask.arguments.size() > 1) {
    auto asking = processes_.run(ask);
    const auto answer = co_await std::move(asking);
    if (answer.exit_code != 0)
      throw Error(ErrorCode::not_found, "cannot tell the images' versions: `" + printable(ask) + "` failed", "",
                  answer.errors);
    for (auto& image : read_references(answer.output)) known_[image.name] = image;
  }
  std::vector<PlatformImage> images;
  for (const auto& name : names) images.push_back(known_.at(name));
  co_return images;
}

Task<> ImageService::check(std::vector<std::string> names) {
  auto asking = references(std::move(names));
  const auto found = co_await std::move(asking);
  for (const auto& wanted : found) {
    if (!wanted.built.empty()) continue;
    const auto present = co_await engine_.image(wanted.official);
    if (present) continue;
    auto serving = engine_.serves(wanted.official);
    const bool served = co_await std::move(serving);
    if (!served) throw unavailable(wanted);
  }
}

Task<std::string> ImageService::obtain(std::string name, operation::Context& context) {
  while (busy_.contains(name)) co_await freed_.wait();
  busy_.insert(name);
  std::string reference;
  std::exception_ptr thrown;
  try {
    auto work = obtain_once(name, context);
    reference = co_await std::move(work);
  } catch (...) {
    thrown = std::current_exception();
  }
  busy_.erase(name);
  freed_.notify_all();
  if (thrown) std::rethrow_exception(thrown);
  co_return reference;
}

Task<std::string> ImageService::obtain_once(std::string name, operation::Context& context) {
  std::vector<std::string> names{name};
  auto asking = references(std::move(names));
  const auto found = co_await std::move(asking);
  const auto& wanted = found.front();
  bool built_present = false, official_present = false;
  if (!wanted.built.empty()) built_present = (co_await engine_.image(wanted.built)).has_value();
  if (!built_present && !wanted.official.empty())
    official_present = (co_await engine_.image(wanted.official)).has_value();
  std::optional<Clock::duration> since_failed;
  if (registry_failed_) since_failed = clock_.now() - *registry_failed_;
  auto way = next_way(built_present, official_present, wanted, since_failed);
  if (way == Way::pull) {
    auto pulling = pull(wanted, context);
    const bool pulled = co_await std::move(pulling);
    if (pulled) co_return wanted.official;
    if (wanted.built.empty()) throw unavailable(wanted);
    way = Way::build;
  }
  if (way == Way::use_official) co_return wanted.official;
  if (way == Way::build) {
    auto body = [&](operation::Context& step) { return build(wanted, step); };
    auto building = run_step(context, "build image " + name, body);
    co_await std::move(building);
  }
  co_return wanted.built;
}

Task<bool> ImageService::pull(PlatformImage wanted, operation::Context& context) {
  auto step = context.begin("pull " + wanted.official);
  std::exception_ptr thrown;
  try {
    auto progress = container::LayerProgress(
        [step](std::uint64_t done, std::uint64_t total) { step->progress(done, total, "bytes"); });
    auto pulling = engine_.pull(wanted.official, std::move(progress));
    co_await std::move(pulling);
  } catch (...) {
    thrown = std::current_exception();
  }
  if (thrown) {
    if (error_from(thrown).code() != ErrorCode::image_unavailable) {
      step->finish(thrown);
      std::rethrow_exception(thrown);
    }
    registry_failed_ = clock_.now();
    step->skip(wanted.built.empty() ? "no registry serves it here" : "no registry serves it here: it is built instead");
    co_return false;
  }
  step->finish(nullptr);
  co_return true;
}

Task<> ImageService::build(PlatformImage wanted, operation::Context& context) {
  ProcessSpec work;
  work.program = driver_.string();
  work.arguments = {"build", wanted.name};
  auto on_line = LineSink([&context](OutputStream, std::string_view line) { tell_driver_line(line, context); });
  auto running = processes_.run(work, std::move(on_line));
  const auto result = co_await std::move(running);
  if (result.exit_code != 0)
    throw Error(ErrorCode::build_failed,
                "cannot build the image '" + wanted.name + "': `" + printable(work) + "` ended with code " +
                    std::to_string(result.exit_code),
                "run it by hand to see all of it", result.errors);
}

Task<> ImageService::load(std::vector<std::string> references, std::vector<std::string> nodes,
                          operation::Context& context) {
  const auto wiring = wiring_();
  std::vector<std::string> sent;
  for (const auto& reference : references) {
    if (wiring.refused && is_app_image(reference)) throw Error(*wiring.refused);
    bool pushed = false;
    if (const auto name = pushed_name(wiring.registry, reference)) {
      auto pushing = push(*wiring.registry, *name, reference, context);
      pushed = co_await std::move(pushing);
    }
    if (!pushed) sent.push_back(reference);
  }
  auto finding = find(std::move(sent));
  auto found = co_await std::move(finding);
  if (!found.absent.empty()) {
    auto asking = hold_by_name(found.absent, nodes);
    if (!co_await std::move(asking))
      throw Error(ErrorCode::image_unavailable, "cannot load " + found.absent.front() +
                                                    " into the nodes: the container engine does not have it, nor do all"
                                                    " of them");
  }
  if (found.images.empty()) co_return;
  auto transferring = transfer_.run(std::move(found.images), std::move(nodes), context);
  co_await std::move(transferring);
}

}  // namespace gf::image
