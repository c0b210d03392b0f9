#include <catch2/catch.hpp>

#include "edgewise/canonical.h"
#include "edgewise/csv.h"
#include "edgewise/json_text.h"
#include "edgewise/number.h"
#include "terminal.h"

using namespace edgewise;

TEST_CASE("text for a terminal moves no cursor, changes no colour and turns no direction") {
  CHECK(harmless("Gemma 3 – 4B, größer") == "Gemma 3 – 4B, größer");
  CHECK(harmless("\x1b]0;pwned\x07\x1b[31mRED") == "\\x1b]0;pwned\\x07\\x1b[31mRED");
  CHECK(harmless("a\nb\tc\rd") == "a\\nb\\tc\\x0dd");
  CHECK(harmless("\x7f\xc2\x9b"
                 "31m") == "\\x7f\\x9b31m");  // C1 has a CSI of its own
  CHECK(harmless("user\xe2\x80\xae\xe2\x81\xa6gnp") == "user\\u202e\\u2066gnp");
  CHECK(harmless("a\xff\xc3") == "a\\xff\\xc3");
  CHECK(harmless(std::string("a\0b", 3)) == "a\\x00b");
  CHECK(field("\x1b[2J", 8, Side::left) == "\\x1b[2J ");
  CHECK(field("größer", 8, Side::right) == "  größer");
}

TEST_CASE("numbers in text are JSON's, and nothing may follow them") {
  CHECK(parse_number("1e3") == 1000);
  for (const std::string& none :
       {std::string(), std::string("1,5"), std::string("0x10"), std::string("1\0", 2), std::string("[1]")})
    CHECK_FALSE(is_known(parse_number(none)));
}

TEST_CASE("numbers as JavaScript writes them") {
  CHECK(number_text(0.5) == "0.5");
  CHECK(number_text(-0.0) == "0");
  CHECK(number_text(1e21) == "1e+21");
  CHECK(number_text(123456789012) == "123456789012");
  CHECK(number_text(1e-7) == "1e-7");
  CHECK(number_text(unknown) == "null");
}

TEST_CASE("CSV: every kind of line break, and no column twice") {
  for (const char* text : {"a,b\n1,2\n3,4\n", "a,b\r\n1,2\r\n3,4", "a,b\r1,2\r3,4\r",
                           "\xef\xbb\xbf"
                           "a,b\n1,2\n\n3,4\n"}) {
    const auto csv = parse_csv(text);
    REQUIRE(csv);
    CHECK(csv->columns == std::vector<std::string>{"a", "b"});
    CHECK(csv->rows == std::vector<std::vector<std::string>>{{"1", "2"}, {"3", "4"}});
  }
  const auto quoted = parse_csv("a,b\n\"x,\r\n\"\"y\"\"\",\n");
  REQUIRE(quoted);
  CHECK(quoted->rows[0] == std::vector<std::string>{"x,\r\n\"y\"", ""});
  CHECK(parse_csv(format_csv_row({"a", "b"}) + format_csv_row(quoted->rows[0]))->rows == quoted->rows);

  const auto error = [](std::string_view text) {
    const auto csv = parse_csv(text);
    REQUIRE_FALSE(csv);
    return csv.errors()[0];
  };
  CHECK(error("value,model,value\n1,m,2\n").code == "duplicate_column");
  CHECK(error("a,b\n1,2\n3\n").path == "line 3");
  CHECK(error("a,b\r1,2\r3").path == "line 3");
  CHECK(error("a\n\"1").code == "syntax");
  CHECK(error(std::string_view("a\n1\n\0\n", 6)).path == "line 3");
  CHECK(error("").code == "empty");
  CHECK(parse_csv("a,,\n1,,\n"));  // the empty columns of a spreadsheet
}
