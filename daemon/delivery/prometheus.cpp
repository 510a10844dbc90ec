#include "delivery/prometheus.hpp"

#include <cstdlib>

#include "core/with_timeout.hpp"
#include "http/client.hpp"
#include "protocol/error.hpp"

namespace gf::delivery {

namespace {

/// What is not answered by then counts as what cannot be asked: the port on localhost holds connections while nobody
/// is there to take them.
constexpr auto answer_limit = std::chrono::seconds(5);

Task<std::optional<double>> query(http::Client& client, std::string text) {
  http::Request request;
  request.target = "/api/v1/query?timeout=3s&query=" + http::percent_encode(text);
  auto sending = client.send(std::move(request));
  const auto answer = co_await std::move(sending);
  if (answer.status != 200)
    throw Error(ErrorCode::addon_failed, "cannot ask Prometheus: it answers " + std::to_string(answer.status));
  co_return number_in(answer.body);
}

Task<Sample> sample_of(http::Client& client, std::string project, std::string app, int seconds) {
  Sample sample;
  auto requests = query(client, requests_query(project, app, seconds));
  sample.requests = (co_await std::move(requests)).value_or(0);
  auto errors = query(client, errors_query(project, app, seconds));
  sample.errors = (co_await std::move(errors)).value_or(0);
  auto p95 = query(client, p95_query(project, app, seconds));
  sample.p95_ms = co_await std::move(p95);
  co_return sample;
}

Task<> sample_both(http::Client& client, std::string project, std::string app, int seconds, Samples& samples) {
  auto stable = sample_of(client, project, app, seconds);
  samples.stable = co_await std::move(stable);
  auto next = sample_of(client, project, app + "-next", seconds);
  samples.next = co_await std::move(next);
}

}  // namespace

std::optional<double> number_in(const std::string& answer) {
  const auto result = Json::parse(answer).at("data").at("result");
  if (result.empty()) return std::nullopt;
  const auto text = result.at(0).at("value").at(1).get<std::string>();
  if (text == "NaN") return std::nullopt;
  return std::strtod(text.c_str(), nullptr);
}

Task<std::optional<Samples>> Prometheus::ask(std::string project, std::string app, int seconds) {
  http::Endpoint endpoint;
  endpoint.host = "127.0.0.1";
  endpoint.port = port_();
  if (endpoint.port == 0) co_return std::nullopt;
  http::Client client(executor_, std::move(endpoint));
  try {
    Samples samples;
    auto asking = sample_both(client, std::move(project), std::move(app), seconds, samples);
    auto limited = with_timeout(clock_, answer_limit, "cannot wait longer for Prometheus", std::move(asking));
    co_await std::move(limited);
    co_return samples;
  } catch (const boost::system::system_error& error) {
    if (error.code() == net::error::operation_aborted) throw;
  } catch (const Json::exception&) {  // somebody else answers at that port
  } catch (const Error& error) {
    if (error.code() == ErrorCode::cancelled) throw;
  }
  co_return std::nullopt;
}

}  // namespace gf::delivery
