#include <algorithm>
#include <filesystem>

#include "digest.h"
#include "edgewise/text.h"
#include "errors.h"
#include "files.h"
#include "presets.h"
#include "publish.h"
#include "terminal.h"

namespace edgewise {

namespace {

namespace fs = std::filesystem;

/// A preset of a catalog, or why it cannot be one.
struct Listed {
  std::string name;  ///< for messages
  Result<IndexEntry> entry;
};

Result<IndexEntry> entry_of(const std::string& text, std::string url, Catalog& catalog) {
  if (static_cast<double>(text.size()) > largest_preset_B)
    return Error{"too_large", "", "is larger than " + human(largest_preset_B, "B")};
  auto device = check_device(text, catalog);
  if (!device) return device.errors();
  return IndexEntry{std::move(*device), std::move(url), sha256(text)};
}

Result<std::vector<Listed>> from_folder(const fs::path& folder, Catalog& catalog) {
  std::vector<fs::path> files;
  std::error_code error;
  for (fs::recursive_directory_iterator it(folder, error), end; !error && it != end; it.increment(error))
    if (it->is_regular_file() && it->path().extension() == ".json" && it->path().filename() != index_name)
      files.push_back(it->path());
  if (error) return Error{"unreadable", folder.string(), error.message()};
  std::sort(files.begin(), files.end());
  std::vector<Listed> out;
  for (const fs::path& file : files) {
    const auto text = read_text(file.string());
    out.push_back(
        {file.string(),
         text ? entry_of(*text, percent_encoded(file.lexically_relative(folder).generic_string(), "/"), catalog)
              : Result<IndexEntry>(text.errors())});
    // read_file has put the path there already.
    if (text && !out.back().entry) out.back().entry = in_file(file.string(), out.back().entry.errors());
  }
  return out;
}

#ifdef EDGEWISE_CURL

Result<std::vector<Listed>> from_address(const std::string& address, const HttpOptions& options, Catalog& catalog) {
  const Http http(options);
  const auto get = [&](const std::string& url, double limit_B) -> Result<std::string> {
    HttpRequest r;
    r.url = url;
    r.repeatable = r.follow = true;
    r.limit_B = static_cast<std::size_t>(limit_B);
    auto answer = http.send(r);
    if (!answer) return answer.errors();
    if (answer->status != 200) return Error{"refused", url, "the server answered " + std::to_string(answer->status)};
    return std::move(answer->body);
  };
  const auto text = get(address, largest_device_B);
  if (!text) return text.errors();
  const auto index = CatalogIndex::parse(*text);
  if (!index) return in_file(address, index.errors());
  std::vector<Listed> out;
  for (const IndexEntry& listed : index->entries()) {
    const std::string url = resolve_below(address, listed.url);
    const std::string name = url.empty() ? listed.url : url;
    const auto candidate = [&]() -> Result<IndexEntry> {
      if (url.empty()) return Error{"url", name, "does not lie beside the catalog"};
      const auto preset = get(url, largest_preset_B);
      if (!preset) return preset.errors();
      auto found = entry_of(*preset, listed.url, catalog);
      if (!found) return in_file(name, found.errors());
      if (found->sha256 != listed.sha256)
        return Error{"hash", name, "has another content than the catalog says: sha256 " + found->sha256};
      const CheckedDevice &a = found->device, &b = listed.device;
      if (a.id != b.id || a.name != b.name || a.date != b.date || a.runtimes != b.runtimes || a.origin != b.origin)
        return Error{"differs", name, "is described otherwise by the catalog"};
      return found;
    }();
    out.push_back({name, candidate});
  }
  return out;
}

#else

Result<std::vector<Listed>> from_address(const std::string& address, const HttpOptions&, Catalog&) {
  return Error{"not_built", address,
               "this binary was built without network code (EDGEWISE_PUBLISH=OFF, or without libcurl)"};
}

#endif

}  // namespace

int run_catalog_build(const CatalogRequest& p, std::ostream& out, std::ostream& err) {
  auto catalog = bundled_catalog();
  if (!catalog) return refuse(catalog.errors(), err);
  const bool address = p.source.rfind("http://", 0) == 0 || p.source.rfind("https://", 0) == 0;
  std::error_code ignored;
  if (!address && !fs::is_directory(p.source, ignored))
    return refuse({{"no_folder", p.source, "is no folder and no address"}}, err);
  if (const Errors errors = network_allowed(); address && !errors.empty()) {
    return fail(errors, err);
  }
  HttpOptions http = p.http;
  http.say = [&err](const std::string& text) { say(err, text); };
  auto candidates = address ? from_address(p.source, http, *catalog) : from_folder(p.source, *catalog);
  if (!candidates) {
    const std::string& code = candidates.errors()[0].code;
    refuse(candidates.errors(), err);
    return code == "network" || code == "refused" || code == "not_built" ? failure : bad_input;
  }

  CatalogIndex index;
  std::size_t bad = 0;
  for (Listed& c : *candidates) {
    if (c.entry && !index.add(*c.entry))
      c.entry = Error{"duplicate", c.name, "has the same content as another preset here"};
    if (c.entry) continue;
    ++bad;
    refuse(c.entry.errors(), err);
    if (p.skip_bad) say(err, "skipped: " + c.name);
  }
  if (bad > 0 && !p.skip_bad) {
    say(err, std::to_string(bad) + " of " + std::to_string(candidates->size()) +
                 " presets are bad: no index was written (--skip-bad leaves them out)");
    return bad_input;
  }
  const std::string output = !p.output.empty() ? p.output : address ? "" : (fs::path(p.source) / index_name).string();
  if (!output.empty())
    if (const Errors errors = write_file(output, index.text()); !errors.empty()) {
      return fail(errors, err);
    }
  out << harmless(output.empty() ? p.source : output) << ": " << index.entries().size() << " presets"
      << (bad > 0 ? ", " + std::to_string(bad) + " skipped" : "") << "\n";
  return done;
}

}  // namespace edgewise
