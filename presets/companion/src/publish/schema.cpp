#include "schema.h"

#include <nlohmann/json.hpp>
#include <string>

#include "edgewise/json.h"

// As in bundle.cpp: the assembler reads the files.
asm(R"(
    .section .rodata
    .global edgewise_device_schema_begin
edgewise_device_schema_begin:
    .incbin ")" EDGEWISE_SCHEMAS R"(/device.schema.json"
    .global edgewise_device_schema_end
edgewise_device_schema_end:
    .global edgewise_calibration_schema_begin
edgewise_calibration_schema_begin:
    .incbin ")" EDGEWISE_SCHEMAS R"(/calibration.schema.json"
    .global edgewise_calibration_schema_end
edgewise_calibration_schema_end:
    .byte 0
    .text
)");

extern "C" const char edgewise_device_schema_begin[];
extern "C" const char edgewise_device_schema_end[];
extern "C" const char edgewise_calibration_schema_begin[];
extern "C" const char edgewise_calibration_schema_end[];

namespace edgewise {

namespace {
using Json = nlohmann::ordered_json;
}

const Json& device_schema() {
  static const Json schema = [] {
    std::string text(edgewise_device_schema_begin, edgewise_device_schema_end);
    const std::string other = "calibration.schema.json#";
    for (auto at = text.find(other); at != std::string::npos; at = text.find(other, at))
      text.replace(at, other.size(), "#");
    Json device = Json::parse(text);
    device["$defs"] = Json::parse(edgewise_calibration_schema_begin, edgewise_calibration_schema_end)["$defs"];
    return device;
  }();
  return schema;
}

const Json& followed(const Json& node) {
  const auto reference = node.find("$ref");
  return reference == node.end() ? node
                                 : device_schema().at(Json::json_pointer(reference->get<std::string>().substr(1)));
}

}  // namespace edgewise
