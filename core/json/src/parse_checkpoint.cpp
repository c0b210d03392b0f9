#include <cmath>

#include "parse.h"
#include "roles.h"

namespace edgewise::json {

namespace {

StoredTensors parse_stored(Reader& r, FormatTable& formats) {
  constexpr double most_weights = 1e14, most_bytes = 1e15;
  StoredTensors t;
  const std::string role = r.required_text("role"), op = r.required_text("operator");
  if (const auto found = find_role(role))
    t.role = *found;
  else
    r.error("role", "unknown_word", {"\"", role, "\" is no tensor role"});
  if (const auto found = find_operator(op))
    t.op = *found;
  else
    r.error("operator", "unknown_word", {"\"", op, "\" is no operator"});
  // What multiplies by it follows from the role, but for what several have.
  const bool free = t.role == Role::bias || t.role == Role::norm || t.role == Role::mtp;
  if (!free && t.op != operator_of(t.role, "", false) && t.op != operator_of(t.role, "", true))
    r.error("operator", "inconsistent", {"is not what multiplies by ", role});
  t.in_layers = r.mark("in_layers");
  t.routed = r.mark("routed");
  t.format = format_in(r, "format", formats, std::nullopt);
  t.weights = r.required_whole("weights", 1, most_weights);
  t.bytes = r.required_whole("bytes", 1, most_bytes);
  r.finish();
  // Scales of a quantized tensor are bytes of it; more than twice its format's size is another format.
  const Format& f = formats[t.format];
  if (f.defined() &&
      !(t.bytes >= 0.98 * t.weights * f.bytes_per_weight() && t.bytes <= 2 * t.weights * f.bytes_per_weight()))
    r.error("bytes", "inconsistent", {"is not what so many weights take in ", f.id});
  return t;
}

}  // namespace

std::optional<Checkpoint> parse_checkpoint(Reader& r, FormatTable& formats) {
  Checkpoint c;
  c.quantizations = r.texts("quantizations");
  if (Reader q = r.object("recipe")) {
    const std::string family = q.required_id("family");
    std::vector<std::string> aliases;
    c.recipe = parse_recipe(q, family, formats, aliases);
  }
  for (Reader& t : r.objects("tensors")) c.tensors.push_back(parse_stored(t, formats));
  if (r.has("experts_stay")) c.experts_stay = format_in(r, "experts_stay", formats, std::nullopt);
  if (c.is_file() != c.quantizations.empty())
    r.error("recipe", "missing", "or quantizations is required, and not both");
  if (!c.is_file() && !c.tensors.empty()) r.error("recipe", "missing", "is required where tensors are listed");
  r.finish();
  return c;
}

}  // namespace edgewise::json
