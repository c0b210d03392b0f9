// What Edgewise makes of input that another program reads as well, or that its WebAssembly answers too.
//   edgewise_differential gguf|json|question
// Input comes in frames: four bytes of length, the least significant first, and so many bytes. Each is answered by a
// line of JSON, in order: {"value": ..} or {"errors": [..]}. The texts of a GGUF file, which may be any bytes, are
// hexadecimal.
#include <cmath>
#include <exception>
#include <functional>
#include <iostream>
#include <map>
#include <stdexcept>
#include <string>

#include "bundle.h"
#include "edgewise/json.h"
#include "edgewise/presets.h"
#include "edgewise/reader.h"
#include "gguf_header.h"

namespace {

using Json = nlohmann::ordered_json;

std::string hexadecimal(const std::string& bytes) {
  constexpr char digits[] = "0123456789abcdef";
  std::string out;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    out += digits[byte >> 4];
    out += digits[byte & 15];
  }
  return out;
}

/// JSON has no NaN and no infinity.
Json number(double x) { return std::isfinite(x) ? Json(x) : Json(); }

Json refused(const edgewise::Errors& errors) { return {{"errors", edgewise::to_json(errors)}}; }
Json accepted(const Json& value) { return {{"value", value}}; }

Json gguf(const std::string& bytes) {
  const auto header = edgewise::json::read_gguf_header(bytes);
  if (!header) return refused(header.errors());
  Json values = Json::array(), tensors = Json::array();
  for (const auto& [key, value] : header->values) {
    Json numbers = Json::array();
    for (const double x : value.numbers) numbers.push_back(number(x));
    values.push_back({{"key", hexadecimal(key)},
                      {"number", number(value.number)},
                      {"text", hexadecimal(value.text)},
                      {"numbers", std::move(numbers)},
                      {"length", value.length}});
  }
  for (const auto& [name, tensor] : header->tensors)
    tensors.push_back({{"name", hexadecimal(name)}, {"dims", tensor.dims}, {"type", tensor.type->id}});
  return accepted({{"values", std::move(values)}, {"tensors", std::move(tensors)}});
}

Json json(const std::string& text) {
  const auto parsed = edgewise::json::parse_strict(text);
  return parsed ? accepted(*parsed) : refused(parsed.errors());
}

Json question(const std::string& text) {
  static const edgewise::Catalog catalog = [] {
    edgewise::Catalog c;
    if (const edgewise::Errors errors = edgewise::add_presets(c, edgewise::bundled_presets()); !errors.empty())
      throw std::runtime_error(errors[0].path + ": " + errors[0].message);
    return c;
  }();
  const auto query = edgewise::parse_query(text);
  const auto answer = query ? edgewise::answer(catalog, *query) : edgewise::Result<edgewise::Answer>(query.errors());
  return answer ? accepted(edgewise::to_json(*answer)) : refused(answer.errors());
}

bool read_frame(std::istream& in, std::string& out) {
  unsigned char length[4];
  if (!in.read(reinterpret_cast<char*>(length), sizeof length)) return false;
  out.resize(length[0] | length[1] << 8 | length[2] << 16 | static_cast<std::size_t>(length[3]) << 24);
  return static_cast<bool>(in.read(out.data(), static_cast<std::streamsize>(out.size())));
}

}  // namespace

int main(int argc, char** argv) try {
  const std::map<std::string, std::function<Json(const std::string&)>> readers = {
      {"gguf", gguf}, {"json", json}, {"question", question}};
  const auto reader = argc == 2 ? readers.find(argv[1]) : readers.end();
  if (reader == readers.end()) {
    std::cerr << "edgewise_differential gguf|json|question\n";
    return 2;
  }
  std::string frame;
  while (read_frame(std::cin, frame)) std::cout << edgewise::to_text(reader->second(frame)) << std::endl;
  return std::cin.eof() ? 0 : 1;
} catch (const std::exception& e) {
  std::cerr << "edgewise_differential: " << e.what() << "\n";
  return 1;
}
