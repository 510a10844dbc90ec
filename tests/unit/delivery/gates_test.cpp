#include "delivery/gates.hpp"

#include "delivery/prometheus.hpp"

#include <doctest/doctest.h>

using namespace gf;
using namespace gf::delivery;

TEST_CASE("the gates of a canary") {
  CanarySpec spec;
  spec.hold = std::chrono::seconds(30);
  spec.deadline = std::chrono::seconds(100);
  spec.requests = 20;
  spec.max_error_percent = 1;
  spec.max_p95_ratio = 1.5;
  const Sample stable{1000, 5, 40.0};
  struct Row {
    const char* name;
    double seconds;
    std::optional<Samples> samples;
    Verdict verdict;
    const char* reason;
  };
  const Row rows[] = {
      {"nobody to ask", 50, {}, Verdict::hold, "at 25 %: Prometheus cannot be asked"},
      {"nobody to ask for too long", 101, {}, Verdict::abort, "at 25 %: Prometheus could not be asked within 100 s"},
      {"few requests", 50, Samples{stable, {19.4, 0, 40.0}}, Verdict::hold, "at 25 %: 19 of 20 requests"},
      {"few for too long", 101, Samples{stable, {3, 0, 40.0}}, Verdict::abort,
       "at 25 %: only 3 of 20 requests came within 100 s"},
      {"few of them, all errors: not judged yet", 5, Samples{stable, {5, 5, 40.0}}, Verdict::hold,
       "at 25 %: 5 of 20 requests"},
      {"good, too early", 29, Samples{stable, {100, 0, 45.0}}, Verdict::hold,
       "at 25 %: 100 requests, 0 % errors (stable 0.5 %), p95 45 ms (stable 40 ms)"},
      {"good", 30, Samples{stable, {100, 1, 60.0}}, Verdict::advance,
       "at 25 %: 100 requests, 1 % errors (stable 0.5 %), p95 60 ms (stable 40 ms)"},
      {"errors as usual and one percent", 30, Samples{stable, {200, 3, {}}}, Verdict::advance,
       "at 25 %: 200 requests, 1.5 % errors (stable 0.5 %) (stable 40 ms)"},
      {"errors", 3, Samples{stable, {100, 2, 40.0}}, Verdict::abort,
       "at 25 %: 2 % of its answers are errors, 0.5 % of the stable version's; 1 % more are allowed"},
      {"slow", 3, Samples{stable, {100, 0, 61.0}}, Verdict::abort,
       "at 25 %: its p95 is 61 ms, that of the stable version 40 ms; 1.5 times as much is allowed"},
      {"a difference that nobody feels", 30, Samples{{1000, 0, 2.0}, {100, 0, 6.0}}, Verdict::advance,
       "at 25 %: 100 requests, 0 % errors (stable 0 %), p95 6 ms (stable 2 ms)"},
      {"nothing stable to compare with", 30, Samples{{0, 0, {}}, {100, 0, 600.0}}, Verdict::advance,
       "at 25 %: 100 requests, 0 % errors (stable 0 %), p95 600 ms"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.name);
    const auto judgement = judge(spec, {25, row.seconds, row.samples});
    CHECK(judgement.verdict == row.verdict);
    CHECK(judgement.reason == row.reason);
  }
}

TEST_CASE("the questions name one app of one project, in every subset and at every port") {
  CHECK(errors_query("shop", "api-next", 30) ==
        "sum(increase(envoy_cluster_upstream_rq{cluster_name=~\"outbound\\\\|[0-9]+\\\\|[^|]*\\\\|api-next\\\\.shop\\\\"
        ".svc\\\\.cluster\\\\.local;?\",response_code=~\"5..\"}[30s]))");
  CHECK(requests_query("shop", "api", 5).find("response_code") == std::string::npos);
  CHECK(p95_query("shop", "api", 5).starts_with("histogram_quantile(0.95, sum by (le) (increase("));
}

TEST_CASE("the number in an answer of Prometheus") {
  CHECK(number_in(R"({"data": {"resultType": "vector", "result": [{"metric": {}, "value": [1.5, "12.5"]}]}})") == 12.5);
  CHECK_FALSE(number_in(R"({"data": {"result": [{"value": [1.5, "NaN"]}]}})"));
  CHECK_FALSE(number_in(R"({"data": {"result": []}})"));
  CHECK_THROWS_AS(number_in("<html>"), Json::exception);
}
