#include "schema.h"

#include <memory>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validator.hpp>

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

/// The library's adapter knows documents with sorted keys only.
nlohmann::json sorted(const Json& document) { return nlohmann::json::parse(to_text(document)); }

/// valijson names a place "<root>[memory][measured][0]".
std::string path_of(const std::vector<std::string>& context) {
  std::string path;
  for (const std::string& part : context) {
    if (part.size() < 3 || part.front() != '[') continue;
    const std::string name = part.substr(1, part.size() - 2);
    if (name.find_first_not_of("0123456789") == std::string::npos)
      path += part;
    else
      path += (path.empty() ? "" : ".") + name;
  }
  return path;
}

}  // namespace

const Json& device_schema() {
  static const Json schema = [] {
    std::string text(edgewise_device_schema_begin, edgewise_device_schema_end);
    const std::string other = "calibration.schema.json#";
    for (auto at = text.find(other); at != std::string::npos; at = text.find(other, at))
      text.replace(at, other.size(), "#");
    Json device = Json::parse(text);
    device["$defs"] = Json::parse(edgewise_calibration_schema_begin, edgewise_calibration_schema_end)["$defs"];
    device.erase("$id");  // else the library takes references for addresses to fetch
    return device;
  }();
  return schema;
}

const Json& followed(const Json& node) {
  const auto reference = node.find("$ref");
  return reference == node.end() ? node
                                 : device_schema().at(Json::json_pointer(reference->get<std::string>().substr(1)));
}

Errors against_schema(const Json& device) {
  static const std::unique_ptr<const valijson::Schema> schema = [] {
    auto parsed = std::make_unique<valijson::Schema>();
    const nlohmann::json document = sorted(device_schema());
    valijson::SchemaParser(valijson::SchemaParser::kDraft7)
        .populateSchema(valijson::adapters::NlohmannJsonAdapter(document), *parsed);
    return parsed;
  }();
  const nlohmann::json document = sorted(device);
  valijson::ValidationResults results;
  Errors errors;
  if (valijson::Validator().validate(*schema, valijson::adapters::NlohmannJsonAdapter(document), &results))
    return errors;
  for (valijson::ValidationResults::Error e; results.popError(e);)
    // What encloses a wrong value is reported as wrong too; only the value itself helps.
    if (e.description.rfind("Failed to validate", 0) != 0)
      errors.push_back({"schema", path_of(e.context), e.description});
  if (errors.empty()) errors.push_back({"schema", "", "does not have the shape of a device preset"});
  return errors;
}

}  // namespace edgewise
