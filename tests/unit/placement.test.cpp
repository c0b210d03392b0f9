#include "edgewise/placement.h"

#include <catch2/catch.hpp>

using namespace edgewise;

TEST_CASE("a placement and its text say the same") {
  CHECK(Placement{}.alone());
  CHECK(placement_text({}).empty());
  for (const char* text :
       {"gpu_layers=0", "gpu_layers=auto", "gpu_layers=20;cpu_moe=10;overrides=2;devices=2;rpc=1;kv=host", "devices=0",
        "embeddings=1"}) {
    const auto p = parse_placement(text);
    REQUIRE(p);
    CHECK(placement_text(*p) == text);
    CHECK_FALSE(p->alone());
  }
  CHECK(parse_placement("")->alone());
  CHECK(parse_placement("devices=1")->alone());
}

TEST_CASE("what is no placement is named") {
  for (const char* text :
       {"half", "gpu_layers", "gpu_layers=", "gpu_layers=-1", "gpu_layers=1.5", "gpu_layers=99999999999999",
        "kv=device", "rpc=2", "cpu_moe=0", "gpu_layers=1,devices=2", "gpu_layers=1; devices=2", ";"}) {
    const auto p = parse_placement(text);
    REQUIRE_FALSE(p);
    CHECK(p.errors()[0].path == "placement");
  }
  CHECK(parse_placement("gpu_layers=1;half").errors()[0].message.find("\"half\"") == 0);
}
