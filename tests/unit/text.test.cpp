#include "edgewise/text.h"

#include <cmath>
#include <limits>

#include "edgewise/number.h"
#include "edgewise/statistics.h"
#include "prelude.hpp"

using namespace edgewise;

TEST_CASE("numbers as a person reads them") {
  CHECK(significant(0) == "0");
  CHECK(significant(10.2345) == "10.2");
  CHECK(significant(-10.2345) == "-10.2");
  CHECK(significant(1.0449) == "1.04");
  CHECK(significant(131072) == "131072");
  CHECK(significant(unknown) == "unknown");
  CHECK(significant(std::numeric_limits<double>::infinity()) == "infinite");
  CHECK(significant(-std::numeric_limits<double>::infinity()) == "-infinite");
  // Rounding never adds a digit: 99.96 is 100, 9.996 is 10.0.
  CHECK(significant(99.96) == "100");
  CHECK(significant(99.94) == "99.9");
  CHECK(significant(9.996) == "10.0");
  CHECK(significant(0.99996) == "1.00");
  CHECK(significant(0.09996) == "0.100");
  CHECK(significant(0.00714) == "0.0071");
  // What is small is not zero.
  CHECK(significant(1.234e-5) == "1.23e-05");
  CHECK(significant(1.234e-300) == "1.23e-300");
  CHECK(significant(5e-324) != "0");
  CHECK(significant(9.999e-5) == "0.0001");
  CHECK(significant(1.234e20) == "1.23e+20");
  CHECK(significant(9.999e15) == "1.00e+16");
}

TEST_CASE("counts have no decimals") {
  CHECK(count(131072) == "131072");
  CHECK(count(24) == "24");
  CHECK(count(0) == "0");
  CHECK(count(-5) == "-5");
  CHECK(count(0.25) == "0.250");
  CHECK(count(1e15) == "1.00e+15");
  CHECK(count(unknown) == "unknown");
}

TEST_CASE("every unit has its prefixes") {
  const struct {
    double value;
    const char *unit, *text;
  } rows[] = {{1, "B", "1.00 B"},
              {1024, "B", "1.00 KiB"},
              {1048576, "B", "1.00 MiB"},
              {8053063680.0, "B", "7.50 GiB"},
              {1099511627776.0, "B", "1.00 TiB"},
              {1, "B/s", "1.00 B/s"},
              {1e3, "B/s", "1.00 kB/s"},
              {1e6, "B/s", "1.00 MB/s"},
              {17.1e9, "B/s", "17.1 GB/s"},
              {1e12, "B/s", "1.00 TB/s"},
              {1e-6, "s", "1.00 us"},
              {0.119, "s", "119 ms"},
              {119, "s", "119 s"},
              {120, "s", "2.00 min"},
              {7200, "s", "2.00 h"},
              {172800, "s", "2.00 days"},
              {1, "FLOP", "1.00 FLOP"},
              {1e6, "FLOP", "1.00 MFLOP"},
              {1e9, "FLOP", "1.00 GFLOP"},
              {1e12, "FLOP", "1.00 TFLOP"},
              {1, "FLOP/s", "1.00 FLOP/s"},
              {1e6, "FLOP/s", "1.00 MFLOP/s"},
              {1e9, "FLOP/s", "1.00 GFLOP/s"},
              {1e12, "FLOP/s", "1.00 TFLOP/s"},
              {1e-3, "J", "1.00 mJ"},
              {1, "J", "1.00 J"},
              {1e3, "J", "1.00 kJ"},
              {1e6, "J", "1.00 MJ"},
              {6.5, "W", "6.50 W"},
              {10.2, "tok/s", "10.2 tok/s"},
              {131072, "tokens", "131072 tokens"},
              {28, "", "28"},
              {0.5, "", "0.500"}};
  for (const auto& r : rows) CHECK(human(r.value, r.unit) == r.text);
  for (const auto& r : rows) CHECK(human(unknown, r.unit) == "unknown");
}

TEST_CASE("the nearest names come first, and only near ones") {
  const std::vector<std::string> names = {"llama-3.2-1b", "llama-3.2-3b", "qwen3-4b", "gemma-3-4b"};
  CHECK(nearest("llama-3.2-1bb", names, 1) == std::vector<std::string>{"llama-3.2-1b"});
  CHECK(nearest("lama-3.2-3b", names).front() == "llama-3.2-3b");
  CHECK(nearest("qwen", names) == std::vector<std::string>{"qwen3-4b"});
  CHECK(nearest("mistral-large", names).empty());
  CHECK(nearest("", names).empty());
  CHECK(nearest(std::string(100000, 'l'), names).empty());
  CHECK(nearest("a", {"ab", "ab"}) == std::vector<std::string>{"ab"});
  CHECK(nearest("a", {"a", "ab"}) == std::vector<std::string>{"ab"});  // never the word itself
}

TEST_CASE("UTF-8 is told from other bytes") {
  for (const char* good : {"", "plain", "\xC3\xA9", "\xE2\x82\xAC", "\xF0\x9F\x98\x80", "\xEF\xBF\xBD", "\x7F"}) {
    CHECK(is_utf8(good));
    CHECK(valid_utf8(good) == good);
  }
  // A lone continuation, an overlong form, a surrogate, above U+10FFFF, a cut sequence, bytes that are never used.
  for (const char* bad : {"\x80", "\xC0\xAF", "\xC1\xBF", "\xE0\x80\xAF", "\xED\xA0\x80", "\xF4\x90\x80\x80",
                          "\xE2\x82", "\xFF", "\xF8"}) {
    CHECK_FALSE(is_utf8(bad));
    CHECK(is_utf8(valid_utf8(bad)));
  }
  CHECK(valid_utf8("a\xFF"
                   "b") ==
        "a\xEF\xBF\xBD"
        "b");
}

TEST_CASE("mean, median and quantiles") {
  CHECK(median({3, 1, 2}) == 2);
  CHECK(median({4, 1, 3, 2}) == 2.5);
  CHECK(median({5}) == 5);
  CHECK(mean({1, 2, 6}) == 3);
  CHECK(quantile({0, 10}, 0.9) == 9);
  CHECK(quantile({1, 2, 3}, 1) == 3);
  CHECK(quantile({1, 2, 3}, 0) == 1);
  CHECK_FALSE(is_known(median({})));
  CHECK_FALSE(is_known(mean({})));
  CHECK_FALSE(is_known(quantile({}, 0.5)));
}

TEST_CASE("lists and letters") {
  CHECK(listed({}).empty());
  CHECK(listed({"a"}) == "a");
  CHECK(listed({"a", "b"}) == "a, b");
  CHECK(lower("Q4_K_M") == "q4_k_m");
  CHECK(upper("q4_k_m") == "Q4_K_M");
}
