#include <catch2/catch.hpp>

#include "engine/address.h"
#include "engine/places.h"
#include "loopback.h"

using namespace edgewise;

TEST_CASE("addresses as people give them") {
  const auto url = [](const char* text) {
    const auto address = parse_address(text);
    return address ? address->url() : "refused: " + address.errors()[0].path;
  };
  CHECK(url("http://localhost:11434") == "http://localhost:11434");
  CHECK(url("HTTP://LocalHost:8080/v1/") == "http://localhost:8080");
  CHECK(url("localhost:8080") == "http://localhost:8080");
  CHECK(url(":11434") == "http://127.0.0.1:11434");
  CHECK(url("0.0.0.0:11434") == "http://127.0.0.1:11434");
  CHECK(url("https://example.org/models/v1") == "https://example.org/models");
  CHECK(url("http://[::1]:8080") == "http://[::1]:8080");
  CHECK(url("[::]:8080") == "http://[::1]:8080");
  for (const char* wrong : {"", "ftp://x", "http://a:b@c", "http://x?y", "http://x#y", "http://x:0", "http://x:70000",
                            "http://x:port", "::1", "http://[::1", "a b", "http://x%20y"})
    CHECK(url(wrong) == "refused: --server");
}

TEST_CASE("what is this machine") {
  for (const char* here : {"localhost", "LOCALHOST", "127.0.0.1", "127.9.9.9", "::1", "[::1]"})
    CHECK(is_loopback(here));
  for (const char* elsewhere : {"", "localhost.example.org", "127.0.0.1.example.org", "10.0.0.1", "::2"})
    CHECK(!is_loopback(elsewhere));
}

TEST_CASE("two models that teach the most") {
  const std::vector<Candidate> all = {
      {3e9, true, "Q4_0"}, {1e9, true, "Q4_0"}, {5e9, false, ""}, {0.5e9, false, ""}, {9e9, true, "Q4_0"}};
  using Indices = std::vector<std::size_t>;
  CHECK(choose_two(all, 10e9) == Indices{1, 4});
  CHECK(choose_two(all, 4e9) == Indices{1, 0});
  CHECK(choose_two(all, 2e9) == Indices{1});
  CHECK(choose_two(all, 0.1e9).empty());
  CHECK(choose_two({}, 1e9).empty());
  // None that presets know: any.
  CHECK(choose_two({{1e9, false, ""}, {2e9, false, ""}}, 3e9) == Indices{0, 1});
  // About as large: another format, where there is one.
  CHECK(choose_two({{1.0e9, true, "Q4_0"}, {1.1e9, true, "Q4_K_M"}, {1.2e9, true, "Q4_0"}}, 3e9) == Indices{0, 1});
  // A size that nobody states is taken to fit.
  CHECK(choose_two({{unknown, true, "Q4_0"}}, 1e9) == Indices{0});
}
