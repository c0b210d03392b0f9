#include "edgewise/reader.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "edgewise/canonical.h"
#include "edgewise/number.h"
#include "edgewise/text.h"

namespace edgewise::json {

namespace {

using Members = std::vector<Json::object_t::value_type, Json::object_t::allocator_type>;
Members& members_of(Json& object) { return object.get_ref<Json::object_t&>(); }

constexpr std::size_t max_depth = 64;

/// Builds the document, in time that grows as its text does, and refuses what nlohmann accepts silently. (Its own
/// builder looks for every key among all earlier ones of the object.)
class StrictSax {
 public:
  using number_integer_t = Json::number_integer_t;
  using number_unsigned_t = Json::number_unsigned_t;
  using number_float_t = Json::number_float_t;
  using string_t = Json::string_t;
  using binary_t = Json::binary_t;

  explicit StrictSax(Json& root) : root_(root) {}

  bool null() { return add(nullptr); }
  bool boolean(bool v) { return add(v); }
  bool number_integer(number_integer_t v) { return add(v); }
  bool number_unsigned(number_unsigned_t v) { return add(v); }
  bool number_float(number_float_t v, const string_t&) { return add(v); }
  bool string(string_t& v) { return add(std::move(v)); }
  bool binary(binary_t&) { return false; }  // text has none

  bool start_object(std::size_t) {
    Json object = Json::object();
    reserve(object, usual_members);
    return open(std::move(object));
  }
  bool start_array(std::size_t) { return open(Json::array()); }
  bool end_array() {
    levels_.pop_back();
    return true;
  }
  bool end_object() {
    repeated_ = repeated_key();
    if (repeated_) return fail("duplicate_key", "the key \"" + *repeated_ + "\" stands twice in this object");
    return end_array();
  }
  bool key(string_t& v) {
    members().emplace_back(std::move(v), nullptr);
    return true;
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
  static constexpr std::size_t usual_members = 16;

  /// Of the object that is open: appended to, not looked through.
  Members& members() { return members_of(*levels_.back()); }

  /// The place of the next value, which takes it.
  Json* place(Json value) {
    if (levels_.empty()) {
      root_ = std::move(value);
      return &root_;
    }
    if (levels_.back()->is_array()) {
      auto& items = levels_.back()->get_ref<Json::array_t&>();
      items.push_back(std::move(value));
      return &items.back();
    }
    Json& member = members().back().second;
    member = std::move(value);
    return &member;
  }
  bool add(Json value) {
    place(std::move(value));
    return true;
  }
  bool open(Json container) {
    // What stands around a container that is open does not grow, so that the places stay.
    Json* at = place(std::move(container));
    if (levels_.size() >= max_depth) return fail("too_deep", "nested deeper than 64 levels");
    levels_.push_back(at);
    return true;
  }

  /// The first key of the open object that stood there before; null: none.
  const std::string* repeated_key() {
    std::set<std::string_view> seen;
    for (const auto& [key, value] : members())
      if (!seen.insert(key).second) return &key;
    return nullptr;
  }

  bool fail(std::string code, std::string message) {
    std::string path;
    for (std::size_t i = 0; i < levels_.size(); ++i) {
      const Json& level = *levels_[i];
      if (level.is_array()) {
        if (!level.empty()) path += "[" + std::to_string(level.size() - 1) + "]";
        continue;
      }
      const Members& all = level.get_ref<const Json::object_t&>();
      if (all.empty()) continue;
      const bool repeated = repeated_ && i + 1 == levels_.size();
      path += (path.empty() ? "" : ".") + (repeated ? *repeated_ : all.back().first);
    }
    error = {std::move(code), std::move(path), std::move(message)};
    return false;
  }

  Json& root_;
  std::vector<Json*> levels_;
  const std::string* repeated_ = nullptr;  ///< of the innermost object: the key that is wrong, if it is not the last
};

const char* kind_of(const Json& value) {
  if (value.is_object()) return "an object";
  if (value.is_array()) return "an array";
  if (value.is_string()) return "a text";
  if (value.is_boolean()) return "true or false";
  return value.is_null() ? "null" : "a number";
}

}  // namespace

void reserve(Json& object, std::size_t members) { members_of(object).reserve(members); }
void add(Json& object, std::string_view key, Json value) { members_of(object).emplace_back(key, std::move(value)); }

Result<Json> parse_strict(std::string_view text) {
  // The parser takes it for the end of the text.
  if (const auto nul = text.find('\0'); nul != std::string_view::npos)
    return Error{"syntax", "", "not JSON near byte " + std::to_string(nul) + ": a NUL byte"};
  Json root;
  StrictSax sax(root);
  if (!Json::sax_parse(text.begin(), text.end(), &sax)) return sax.error;
  return root;
}

Reader::Reader(const Json& value, std::string path, Errors& errors, Reading reading, KeyOrder* order)
    : value_(&value), path_(std::move(path)), reading_(reading), errors_(&errors), order_(order) {
  if (!value.is_object()) {
    wrong_type(nullptr, "an object", value);
    value_ = nullptr;
    return;
  }
  constexpr std::size_t large = 256;
  if (value.size() < large) return;
  for (auto it = value.begin(); it != value.end(); ++it) index_.emplace(it.key(), &*it);
}

std::string Reader::at(const char* key) const { return path_.empty() ? key : path_ + "." + key; }

bool Reader::full() const { return errors_->size() >= most_errors; }

void Reader::error(const char* key, Error what) {
  if (full()) return;
  what.path = key ? at(key) : path_;
  errors_->push_back(std::move(what));
  if (full()) errors_->back() = {"too_many", "", "and there are more errors than are listed here"};
}

void Reader::error(const char* key, const char* code, std::initializer_list<MessagePart> message) {
  std::string text;
  for (const MessagePart& part : message) text += part.text.data() ? std::string(part.text) : number_text(part.number);
  error(key, code, std::move(text));
}

void Reader::wrong_type(const char* key, const char* must, const Json& value) {
  error(key, "wrong_type", "must be {must}, is {is}", {must, kind_of(value)});
}

const Json* Reader::member(std::string_view key) const {
  if (index_.empty()) {
    const auto it = value_->find(key);
    return it == value_->end() ? nullptr : &*it;
  }
  const auto it = index_.find(key);
  return it == index_.end() ? nullptr : it->second;
}

const Json* Reader::find(const char* key) {
  asked_.push_back(key);
  if (!value_) return nullptr;
  const Json* found = member(key);
  if (!found) return nullptr;
  if (!found->is_null()) return found;
  if (reading_ != Reading::preset) error(key, "wrong_type", "must not be null; leave it out where it has no value");
  return nullptr;
}

bool Reader::has(const char* key) { return find(key) != nullptr; }

double Reader::number(const char* key, double min, double max, double fallback) {
  const Json* v = find(key);
  if (!v) return fallback;
  if (!v->is_number()) {
    wrong_type(key, "a number", *v);
    return fallback;
  }
  const double x = v->get<double>();
  if (!(x >= min && x <= max)) {
    if (max < any_number)
      error(key, "out_of_range", "is {is}, must be between {min} and {max}",
            {number_text(x), number_text(min), number_text(max)});
    else
      error(key, "out_of_range", "is {is}, must be at least {min}", {number_text(x), number_text(min)});
    return fallback;
  }
  return x;
}

double Reader::required_number(const char* key, double min, double max) {
  if (value_ && !find(key)) error(key, "missing", "is required");
  return number(key, min, max, min);
}

double Reader::positive(const char* key, double max) {
  // Nothing that presets state in their units is smaller or larger, and their products stay finite.
  constexpr double least = 1e-9, most = 1e15;
  const double x = number(key, 0, std::min(max, most), unknown);
  if (x < least) error(key, "out_of_range", "is {is}; leave it out where it is unknown", {number_text(x)});
  return x;
}

double Reader::whole(const char* key, double min, double max, double fallback) {
  const double x = number(key, min, max, fallback);
  if (is_known(x) && x != std::floor(x)) error(key, "not_whole", "must be a whole number");
  return x;
}

double Reader::amount(const char* key, double max) {
  const double x = whole(key, 0, max, 0);
  if (checked() && x == 0 && value_ && member(key)) error(key, "void", "is 0; leave it out");
  return x;
}

double Reader::required_whole(const char* key, double min, double max) {
  if (value_ && !find(key)) error(key, "missing", "is required");
  return whole(key, min, max, min);
}

bool Reader::flag(const char* key, bool fallback) {
  const Json* v = find(key);
  if (!v) return fallback;
  if (!v->is_boolean()) {
    wrong_type(key, "true or false", *v);
    return fallback;
  }
  return v->get<bool>();
}

bool Reader::mark(const char* key) {
  const Json* v = find(key);
  const bool given = flag(key, false);
  if (checked() && v && v->is_boolean() && !given) error(key, "void", "is false; leave it out");
  return given;
}

std::string Reader::text(const char* key, std::string fallback) {
  const Json* v = find(key);
  if (!v) return fallback;
  if (!v->is_string()) {
    wrong_type(key, "a text", *v);
    return fallback;
  }
  if (checked() && v->get_ref<const std::string&>().empty()) error(key, "void", "is empty; leave it out");
  return v->get<std::string>();
}

std::string Reader::required_text(const char* key) {
  if (value_ && !find(key)) error(key, "missing", "is required");
  std::string given = text(key);
  if (const Json* v = find(key); v && v->is_string() && given.empty()) error(key, "missing", "is empty");
  return given;
}

std::string Reader::required_id(const char* key) {
  std::string given = required_text(key);
  if (!checked()) return given;
  bool joined = true;  // at the start, or after a dot or dash
  for (const char c : given) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    if (!letter && (joined || (c != '.' && c != '-')))
      return error(key, "bad_id", "must be small letters and digits, joined by dots and dashes"), given;
    joined = !letter;
  }
  if (joined && !given.empty()) error(key, "bad_id", "must not end in a dot or dash");
  return given;
}

std::size_t Reader::word(const char* key, std::initializer_list<std::string_view> words, std::size_t fallback) {
  const Json* v = find(key);
  if (!v) return fallback;
  const std::string given = text(key);
  const auto it = std::find(words.begin(), words.end(), given);
  if (it != words.end()) return static_cast<std::size_t>(it - words.begin());
  if (!v->is_string()) return fallback;
  std::string list;
  for (const auto w : words) list += (list.empty() ? "" : ", ") + std::string(w);
  error(key, "unknown_word", "is \"{is}\", must be one of {words}", {given, list});
  return fallback;
}

void Reader::list(const char* key, const Json& value, Holds element, bool repeated) {
  if (!value.is_array()) return wrong_type(key, "a list", value);
  if (checked() && value.empty()) error(key, "void", "is empty; leave it out");
  std::set<std::string_view> seen;
  for (std::size_t i = 0; i < value.size() && !full(); ++i) {
    const Json& x = value[i];
    const bool text = element == Holds::text;
    const char* wrong = text                       ? (x.is_string() ? nullptr : "must be a text")
                        : !x.is_number()           ? "must be a number"
                        : element == Holds::number ? nullptr
                        : x.get<double>() >= 0 && x.get<double>() == std::floor(x.get<double>())
                            ? nullptr
                            : "must be a whole number";
    const std::string here = std::string(key) + "[" + std::to_string(i) + "]";
    if (wrong) error(here.c_str(), "wrong_type", wrong);
    if (!checked() || !text || wrong) continue;
    if (x.get_ref<const std::string&>().empty()) error(here.c_str(), "void", "is empty");
    if (!repeated && !seen.insert(x.get_ref<const std::string&>()).second)
      error(here.c_str(), "repeated", "stands there twice");
  }
}

std::vector<std::string> Reader::texts(const char* key, bool repeated) {
  std::vector<std::string> out;
  const Json* v = find(key);
  if (!v) return out;
  list(key, *v, Holds::text, repeated);
  if (v->is_array())
    for (const Json& x : *v)
      if (x.is_string()) out.push_back(x.get<std::string>());
  return out;
}

std::vector<std::int32_t> Reader::wholes(const char* key, double max) {
  std::vector<std::int32_t> out;
  const Json* v = find(key);
  if (!v) return out;
  list(key, *v, Holds::whole, false);
  if (!v->is_array()) return out;
  for (const Json& x : *v) {
    if (!x.is_number() || !(x.get<double>() >= 0)) continue;
    if (x.get<double>() > max) error(key, "out_of_range", "holds a number above {above}", {number_text(max)});
    out.push_back(static_cast<std::int32_t>(std::min(x.get<double>(), max)));
  }
  return out;
}

std::vector<std::string> Reader::aliases() {
  constexpr std::size_t most = 256;
  std::vector<std::string> out = texts("aliases");
  if (out.size() > most) error("aliases", "too_many", "are more than {most}", {std::to_string(most)});
  return out;
}

std::vector<std::string> Reader::keys() const {
  std::vector<std::string> out;
  for (auto it = value_->begin(); it != value_->end(); ++it) out.push_back(it.key());
  return out;
}

Reader Reader::object(const char* key) {
  static const Json absent = Json::object();
  const Json* v = find(key);
  Reader reader(v ? *v : absent, at(key), *errors_, reading_, order_);
  if (!v) reader.value_ = nullptr;
  return reader;
}

std::vector<Reader> Reader::objects(const char* key, bool may_be_empty) {
  std::vector<Reader> out;
  const Json* v = find(key);
  if (!v) return out;
  if (!v->is_array()) {
    wrong_type(key, "a list of objects", *v);
    return out;
  }
  if (checked() && v->empty() && !may_be_empty) error(key, "void", "is empty; leave it out");
  for (std::size_t i = 0; i < v->size(); ++i)
    out.emplace_back((*v)[i], at(key) + "[" + std::to_string(i) + "]", *errors_, reading_, order_);
  return out;
}

void Reader::unread(std::initializer_list<Unread> members) {
  for (const auto& [key, holds] : members) {
    switch (holds) {
      case Holds::text:
        text(key);
        break;
      case Holds::date:
        if (const std::string given = text(key); checked() && !given.empty() && !is_date(given))
          error(key, "bad_date", "must be a day, as in 2026-01-31");
        break;
      case Holds::number:
        number(key, -any_number, any_number, 0);
        break;
      case Holds::positive:
        positive(key, any_number);
        break;
      case Holds::whole:
      case Holds::count:
        whole(key, holds == Holds::count ? 1 : 0, any_number, 1);
        break;
      case Holds::flag:
        flag(key, false);
        break;
      case Holds::mark:
        mark(key);
        break;
      case Holds::known:
        word(key, {"read", "derived", "assumed"}, 0);
        break;
      case Holds::texts:
      case Holds::numbers:
      case Holds::wholes:
        if (const Json* v = find(key))
          list(key, *v,
               holds == Holds::texts     ? Holds::text
               : holds == Holds::numbers ? Holds::number
                                         : Holds::whole,
               false);
        break;
    }
  }
}

void Reader::wanted(std::initializer_list<const char*> keys) {
  if (!checked() || !value_) return;
  for (const char* key : keys)
    if (!member(key)) error(key, "missing", "is required");
}

void Reader::finish() {
  if (!value_) return;
  if (order_) order_->add(path_, asked_);
  const std::set<std::string_view> known(asked_.begin(), asked_.end());
  for (const auto& [key, value] : value_->items()) {
    if (known.contains(key)) continue;
    if (full()) return;
    const std::vector<std::string> near = nearest(key, {asked_.begin(), asked_.end()}, 1);
    if (near.empty())
      error(key.c_str(), "unknown_key", "is not a field");
    else
      error(key.c_str(), "unknown_key", "is not a field; did you mean \"{near}\"?", {near[0]});
  }
}

}  // namespace edgewise::json
