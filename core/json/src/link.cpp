#include "edgewise/link.h"

#include "edgewise/canonical.h"

namespace edgewise {

namespace {

/// As encodeURIComponent, but for what is readable and allowed in a fragment (RFC 3986, 3.5).
std::string encoded(std::string_view text) {
  static constexpr char digits[] = "0123456789ABCDEF";
  static constexpr std::string_view plain =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.!~*'():,/";
  std::string out;
  for (const char c : text) {
    if (plain.find(c) != std::string_view::npos) {
      out += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out += '%';
    out += digits[byte >> 4];
    out += digits[byte & 15];
  }
  return out;
}

/// Statements in one value, as the page splits them.
std::string joined(const std::vector<std::string>& statements) {
  std::string out;
  for (const std::string& s : statements) out += (out.empty() ? "" : ";") + s;
  return out;
}

/// Calls `found(key, value)` for whatever the question says.
template <class Found>
void said(const Query& q, const Found& found) {
  for (const QueryText& t : query_texts)
    if (const std::string& value = q.*t.member; !value.empty()) found(t.key, value);
  for (const QueryFlag& f : query_flags)
    if (const int is = f.of(q); is >= 0) found(f.key, is == 1 ? "1" : "0");
  static constexpr Workload usual;
  for (const WorkloadField& f : workload_fields)
    if (const double value = q.workload.*f.member; is_known(value) && (value != 0 || usual.*f.member != 0))
      found(f.key, number_text(value));
  if (!q.known.empty()) found("known", joined(q.known));
  if (!q.set.empty()) found("set", joined(q.set));
}

}  // namespace

std::string link_fragment(const Query& q) {
  std::string out = "v=1";
  said(q, [&](const char* key, const std::string& value) {
    out.append("&").append(key).append("=").append(encoded(value));
  });
  return out;
}

}  // namespace edgewise
