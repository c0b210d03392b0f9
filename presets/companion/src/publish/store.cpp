#include "store.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "digest.h"
#include "edgewise/json.h"
#include "edgewise/reader.h"
#include "errors.h"
#include "files.h"

namespace edgewise {

namespace {

using json::Json;
using json::Reader;
namespace fs = std::filesystem;

constexpr const char* record_name = "publication.json";

/// Only its owner reads what is created while this lives.
class Private {
 public:
  Private() : before_(::umask(077)) {}
  ~Private() { ::umask(before_); }

 private:
  mode_t before_;
};

/// Held while the store changes: two publishers of one machine do not meet halfway.
class Lock {
 public:
  explicit Lock(const fs::path& root) : file_(::open((root / "lock").c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0600)) {
    if (file_ >= 0) ::flock(file_, LOCK_EX);
  }
  ~Lock() {
    if (file_ >= 0) ::close(file_);
  }
  Lock(const Lock&) = delete;
  Lock& operator=(const Lock&) = delete;

 private:
  int file_;
};

Errors make_folder(const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) return {{"unwritable", folder.string(), error.message()}};
  return {};
}

Json record(const Kept& k) {
  // The query of a presigned address is a permission that others must not find; it has run out by the next time anyway.
  Json r = {{"type", "publication"},
            {"schema", 1},
            {"to", k.target.to.substr(0, presigned(k.target.to) ? k.target.to.find('?') : std::string::npos)}};
  for (const auto& [key, value] : {std::pair{"endpoint", k.target.endpoint},
                                   {"region", k.target.region},
                                   {"public_url", k.target.public_url},
                                   {"folder", k.target.folder},
                                   {"ca_file", k.ca_file}})
    if (!value.empty()) r[key] = value;
  if (presigned(k.target.to)) r["presigned"] = true;
  if (k.insecure_http) r["insecure_http"] = true;
  return r;
}

Result<Kept> read_kept(const fs::path& folder) {
  Kept k;
  k.folder = folder;
  const std::string file = (folder / record_name).string();
  const auto text = read_text(file, 65536);
  if (!text) return text.errors();
  const auto document = json::parse_strict(*text);
  if (!document) return in_file(file, document.errors());
  Errors errors;
  Reader r(*document, "", errors);
  if (r && r.text("type") != "publication") r.error("type", "wrong_type", "is not \"publication\"");
  k.target.to = r.required_text("to");
  k.target.endpoint = r.text("endpoint");
  k.target.region = r.text("region");
  k.target.public_url = r.text("public_url");
  k.target.folder = r.text("folder", k.target.folder);
  k.ca_file = r.text("ca_file");
  k.insecure_http = r.flag("insecure_http", false);
  k.token_seal = r.text("token_seal");
  if (r.flag("presigned", false))
    r.error("to", "presigned",
            "was an address with a permission in it, which is not kept: publish " + Store::preset_file(k).string() +
                " with a new one");
  if (!errors.empty()) return in_file(file, std::move(errors));
  auto preset = read_text(Store::preset_file(k).string(), largest_preset_B);
  if (!preset) return preset.errors();
  k.text = std::move(*preset);
  return k;
}

/// What a process that died left in `pending`. Nobody is at work on it: the lock is held. Empty where it could be
/// cleared away without loss.
Errors orphan(const fs::path& folder, const fs::path& published) {
  Kept k;
  k.folder = folder;
  const fs::path preset = Store::preset_file(k);
  std::error_code error;
  const bool arrived = fs::exists(published / folder.filename() / record_name, error);
  if (arrived || !fs::exists(preset, error)) {
    // A part of a preset that was never whole is of no use either.
    fs::remove_all(folder, error);
    return {};
  }
  return {{"orphan", preset.string(),
           "was left by a process that ended before it had kept where to send it: publish that file with --to, or "
           "remove its folder"}};
}

}  // namespace

Result<Store> Store::open() {
  const char* data = std::getenv("XDG_DATA_HOME");
  const char* home = std::getenv("HOME");
  if ((!data || !*data) && (!home || !*home))
    return Error{"unwritable", "XDG_DATA_HOME", "is not set, nor is HOME: there is no place to keep presets"};
  Store store((data && *data ? fs::path(data) : fs::path(home) / ".local" / "share") / "edgewise");
  const Private mask;
  for (const char* folder : {"pending", "published"})
    if (const Errors errors = make_folder(store.root_ / folder); !errors.empty()) return errors;
  return store;
}

Result<Kept> Store::keep(const Upload& u, Kept k) const {
  const Private mask;
  const Lock lock(root_);
  const std::string target = to_text(record(k));  // without the token: another one is no other target
  k.folder = root_ / "pending" / (u.name + "-" + sha256(target).substr(0, 8));
  k.text = u.text;
  if (const Errors errors = make_folder(k.folder); !errors.empty()) return errors;
  if (const Errors errors = write_file(preset_file(k).string(), u.text); !errors.empty()) return errors;
  Json kept = record(k);
  if (!k.token_seal.empty()) kept["token_seal"] = k.token_seal;
  // Last: without it the folder is no publication.
  if (const Errors errors = write_file((k.folder / record_name).string(), to_text(kept, 2) + "\n"); !errors.empty())
    return errors;
  return k;
}

std::vector<Result<Kept>> Store::pending() const {
  const Lock lock(root_);
  std::error_code error;
  std::vector<fs::path> folders;
  for (const auto& entry : fs::directory_iterator(root_ / "pending", error)) folders.push_back(entry.path());
  std::sort(folders.begin(), folders.end());
  std::vector<Result<Kept>> out;
  out.reserve(folders.size());
  for (const fs::path& folder : folders) {
    if (fs::exists(folder / record_name, error))
      out.push_back(read_kept(folder));
    else if (auto left = orphan(folder, root_ / "published"); !left.empty())
      out.emplace_back(std::move(left));
  }
  return out;
}

Errors Store::published(const Kept& k, const Place& place, const std::string& date) const {
  const Private mask;
  const Lock lock(root_);
  Kept moved = k;
  moved.folder = root_ / "published" / k.folder.filename();
  if (Errors errors = make_folder(moved.folder); !errors.empty()) return errors;
  Json done = record(k);
  done["where"] = place.where;
  if (!place.url.empty()) done["url"] = place.url;
  done["date"] = date;
  if (Errors errors = write_file(preset_file(moved).string(), k.text); !errors.empty()) return errors;
  if (Errors errors = write_file((moved.folder / record_name).string(), to_text(done, 2) + "\n"); !errors.empty())
    return errors;
  std::error_code ignored;
  fs::remove_all(k.folder, ignored);
  return {};
}

}  // namespace edgewise
