#include "edgewise/reader.h"

#include <algorithm>
#include <unordered_set>

namespace edgewise::json {

namespace {

constexpr std::size_t max_depth = 64;

/// Builds the document and refuses what nlohmann accepts silently.
class StrictSax {
 public:
  using number_integer_t = Json::number_integer_t;
  using number_unsigned_t = Json::number_unsigned_t;
  using number_float_t = Json::number_float_t;
  using string_t = Json::string_t;
  using binary_t = Json::binary_t;

  explicit StrictSax(Json& root) : dom_(root, false) {}

  bool null() { return value() && dom_.null(); }
  bool boolean(bool v) { return value() && dom_.boolean(v); }
  bool number_integer(number_integer_t v) { return value() && dom_.number_integer(v); }
  bool number_unsigned(number_unsigned_t v) { return value() && dom_.number_unsigned(v); }
  bool number_float(number_float_t v, const string_t& s) { return value() && dom_.number_float(v, s); }
  bool string(string_t& v) { return value() && dom_.string(v); }
  bool binary(binary_t& v) { return value() && dom_.binary(v); }

  bool start_object(std::size_t n) { return value() && open(false) && dom_.start_object(n); }
  bool end_object() { return close() && dom_.end_object(); }
  bool start_array(std::size_t n) { return value() && open(true) && dom_.start_array(n); }
  bool end_array() { return close() && dom_.end_array(); }

  bool key(string_t& v) {
    if (!levels_.back().keys.insert(v).second) {
      levels_.back().key = v;
      return fail("duplicate_key", "the key \"" + v + "\" stands twice in this object");
    }
    levels_.back().key = v;
    return dom_.key(v);
  }

  template <class Exception>
  bool parse_error(std::size_t position, const std::string& token, const Exception& exception) {
    const bool range = exception.id == 406;
    return range ? fail("not_finite", "the number " + token + " is not a finite double")
                 : fail("syntax", "not JSON near byte " + std::to_string(position) +
                                      (token.empty() ? "" : " (\"" + token + "\")"));
  }

  Error error;

 private:
  struct Level {
    bool array = false;
    std::size_t index = 0;
    std::string key;
    std::unordered_set<std::string> keys;
  };

  bool value() {
    if (!levels_.empty() && levels_.back().array) ++levels_.back().index;
    return true;
  }
  bool open(bool array) {
    if (levels_.size() >= max_depth) return fail("too_deep", "nested deeper than 64 levels");
    levels_.emplace_back();
    levels_.back().array = array;
    return true;
  }
  bool close() {
    levels_.pop_back();
    return true;
  }
  bool fail(std::string code, std::string message) {
    std::string path;
    for (const Level& level : levels_) {
      if (level.array) {
        if (level.index > 0) path += "[" + std::to_string(level.index - 1) + "]";
      } else if (!level.key.empty()) {
        path += (path.empty() ? "" : ".") + level.key;
      }
    }
    error = {std::move(code), std::move(path), std::move(message)};
    return false;
  }

  nlohmann::detail::json_sax_dom_parser<Json> dom_;
  std::vector<Level> levels_;
};

const char* kind_of(const Json& value) {
  if (value.is_object()) return "an object";
  if (value.is_array()) return "an array";
  if (value.is_string()) return "a text";
  if (value.is_boolean()) return "true or false";
  return value.is_null() ? "null" : "a number";
}

/// Shortest digits that a person would write: JSON's own formatting is independent of the locale.
std::string digits(double x) { return Json(x).dump(); }

}  // namespace

Result<Json> parse_strict(std::string_view text) {
  // The parser takes it for the end of the text.
  if (const auto nul = text.find('\0'); nul != std::string_view::npos)
    return Error{"syntax", "", "not JSON near byte " + std::to_string(nul) + ": a NUL byte"};
  Json root;
  StrictSax sax(root);
  if (!Json::sax_parse(text.begin(), text.end(), &sax)) return sax.error;
  return root;
}

Reader::Reader(const Json& value, std::string path, Errors& errors, Nulls nulls)
    : value_(&value), path_(std::move(path)), nulls_(nulls), errors_(&errors) {
  if (!value.is_object()) {
    errors_->push_back({"wrong_type", path_, std::string("must be an object, is ") + kind_of(value)});
    value_ = nullptr;
  }
}

std::string Reader::at(const char* key) const { return path_.empty() ? key : path_ + "." + key; }

void Reader::error(const char* key, std::string code, std::string message) {
  errors_->push_back({std::move(code), key ? at(key) : path_, std::move(message)});
}

const Json* Reader::find(const char* key) {
  asked_.push_back(key);
  if (!value_) return nullptr;
  const auto it = value_->find(key);
  if (it == value_->end()) return nullptr;
  if (!it->is_null()) return &*it;
  if (nulls_ == Nulls::refused) error(key, "wrong_type", "must not be null; leave it out where it has no value");
  return nullptr;
}

bool Reader::has(const char* key) { return find(key) != nullptr; }

double Reader::number(const char* key, double min, double max, double fallback) {
  const Json* v = find(key);
  if (!v) return fallback;
  if (!v->is_number()) {
    error(key, "wrong_type", std::string("must be a number, is ") + kind_of(*v));
    return fallback;
  }
  const double x = v->get<double>();
  if (!(x >= min && x <= max)) {
    error(key, "out_of_range",
          "is " + digits(x) + ", must be " +
              (max < any_number ? "between " + digits(min) + " and " + digits(max) : "at least " + digits(min)));
    return fallback;
  }
  return x;
}

double Reader::required_number(const char* key, double min, double max) {
  if (value_ && !find(key)) error(key, "missing", "is required");
  return number(key, min, max, min);
}

bool Reader::flag(const char* key, bool fallback) {
  const Json* v = find(key);
  if (!v) return fallback;
  if (!v->is_boolean()) {
    error(key, "wrong_type", std::string("must be true or false, is ") + kind_of(*v));
    return fallback;
  }
  return v->get<bool>();
}

std::string Reader::text(const char* key, std::string fallback) {
  const Json* v = find(key);
  if (!v) return fallback;
  if (!v->is_string()) {
    error(key, "wrong_type", std::string("must be a text, is ") + kind_of(*v));
    return fallback;
  }
  return v->get<std::string>();
}

std::string Reader::required_text(const char* key) {
  if (value_ && !find(key)) error(key, "missing", "is required");
  std::string given = text(key);
  if (const Json* v = find(key); v && v->is_string() && given.empty()) error(key, "missing", "is empty");
  return given;
}

std::size_t Reader::word(const char* key, std::initializer_list<std::string_view> words, std::size_t fallback) {
  if (!has(key)) return fallback;
  const std::string given = text(key);
  const auto it = std::find(words.begin(), words.end(), given);
  if (it != words.end()) return static_cast<std::size_t>(it - words.begin());
  std::string list;
  for (const auto w : words) list += (list.empty() ? "" : ", ") + std::string(w);
  error(key, "unknown_word", "is \"" + given + "\", must be one of " + list);
  return fallback;
}

std::vector<std::string> Reader::texts(const char* key) {
  std::vector<std::string> out;
  const Json* v = find(key);
  if (!v) return out;
  if (!v->is_array()) {
    error(key, "wrong_type", std::string("must be an array of texts, is ") + kind_of(*v));
    return out;
  }
  for (std::size_t i = 0; i < v->size(); ++i) {
    if (!(*v)[i].is_string()) {
      errors_->push_back({"wrong_type", at(key) + "[" + std::to_string(i) + "]", "must be a text"});
      continue;
    }
    out.push_back((*v)[i].get<std::string>());
  }
  return out;
}

Reader Reader::object(const char* key) {
  static const Json absent = Json::object();
  const Json* v = find(key);
  Reader reader(v ? *v : absent, at(key), *errors_);
  if (!v) reader.value_ = nullptr;
  return reader;
}

std::vector<Reader> Reader::objects(const char* key) {
  std::vector<Reader> out;
  const Json* v = find(key);
  if (!v) return out;
  if (!v->is_array()) {
    error(key, "wrong_type", std::string("must be an array of objects, is ") + kind_of(*v));
    return out;
  }
  for (std::size_t i = 0; i < v->size(); ++i)
    out.emplace_back((*v)[i], at(key) + "[" + std::to_string(i) + "]", *errors_);
  return out;
}

const Json* Reader::any(const char* key) { return find(key); }

void Reader::ignore(std::initializer_list<const char*> keys) { asked_.insert(asked_.end(), keys); }

void Reader::finish() {
  if (!value_) return;
  for (const auto& [key, value] : value_->items()) {
    if (std::find_if(asked_.begin(), asked_.end(), [&k = key](const char* a) { return k == a; }) != asked_.end())
      continue;
    const std::vector<std::string> near = nearest(key, {asked_.begin(), asked_.end()}, 1);
    error(key.c_str(), "unknown_key",
          "is not a field" + (near.empty() ? std::string() : "; did you mean \"" + near[0] + "\"?"));
  }
}

}  // namespace edgewise::json
