#pragma once

#include <cstdint>
#include <initializer_list>
#include <limits>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "edgewise/json_value.h"
#include "edgewise/result.h"
#include "edgewise/text.h"

namespace edgewise::json {

/// Parses JSON text strictly: duplicate keys, numbers that are not finite doubles, nesting deeper than
/// 64 levels and anything after the document are refused. Errors carry the path or the byte offset.
Result<Json> parse_strict(std::string_view text);

/// What is read, and how strictly.
enum class Reading : std::uint8_t {
  preset,    ///< what the engine needs must be there; null says "unknown", as absence does
  checked,   ///< a preset under the rule book: what only people need must be there too, and nothing is said twice or
             ///< void
  question,  ///< null is refused: it is what JSON makes of NaN
};

/// Hears which keys each object of a document may have, in the order in which the readers ask for them.
class KeyOrder {
 public:
  virtual ~KeyOrder() = default;
  virtual void add(const std::string& path, const std::vector<const char*>& keys) = 0;
};

/// What a member holds that the engine does not read.
enum class Holds : std::uint8_t {
  text,
  date,      ///< "2026-01-31"
  texts,     ///< no two alike
  number,    ///< any
  positive,  ///< above 0
  whole,     ///< from 0
  count,     ///< a whole number from 1
  wholes,
  numbers,
  flag,
  mark,   ///< true; where it is not, nothing
  known,  ///< how something is known: read, derived or assumed
};

/// A piece of a message: a text that outlives the call, or a number as `number_text` has it.
struct MessagePart {
  MessagePart(const char* t) : text(t) {}         // NOLINT(implicit)
  MessagePart(std::string_view t) : text(t) {}    // NOLINT(implicit)
  MessagePart(const std::string& t) : text(t) {}  // NOLINT(implicit)
  MessagePart(double x) : number(x) {}            // NOLINT(implicit)
  std::string_view text;
  double number = 0;  ///< where the text is null
};

/// Reads one JSON object field by field and collects every error with its path. Keys that nobody
/// asked for are errors when the reader is finished. Readers ask in the order in which presets are written.
class Reader {
 public:
  /// Whether what is read may be wrong: then it is worth saying how.
  static constexpr bool reads_of_others = true;

  Reader(const Json& value, std::string path, Errors& errors, Reading = Reading::preset, KeyOrder* = nullptr);

  bool has(const char* key);
  /// A number in [min, max]; `fallback` where the key is absent or null.
  double number(const char* key, double min, double max, double fallback);
  double required_number(const char* key, double min, double max);
  /// A number above 0; unknown where it is absent: zero is no way to say so.
  double positive(const char* key, double max);
  double whole(const char* key, double min, double max, double fallback);
  /// A whole number of which there may be none: 0 where it is absent.
  double amount(const char* key, double max);
  double required_whole(const char* key, double min, double max);
  bool flag(const char* key, bool fallback);
  /// A flag that is there only where it is true.
  bool mark(const char* key);
  std::string text(const char* key, std::string fallback = {});
  /// Not empty.
  std::string required_text(const char* key);
  /// An id that is also a file's name: small letters and digits, joined by dots and dashes.
  std::string required_id(const char* key);
  /// The position of the text in `words`, which is what the preset may say.
  std::size_t word(const char* key, std::initializer_list<std::string_view> words, std::size_t fallback);
  /// `repeated`: one of them may stand there twice.
  std::vector<std::string> texts(const char* key, bool repeated = false);
  /// Whole numbers from 0 to `max`.
  std::vector<std::int32_t> wholes(const char* key, double max);
  /// Names beside the id. Each is held against every name of every preset: so many mean nothing.
  std::vector<std::string> aliases();
  /// Sub-object; an empty reader where absent or null.
  Reader object(const char* key);
  std::vector<Reader> objects(const char* key, bool may_be_empty = false);

  /// What the members of an object are called, that is there.
  std::vector<std::string> keys() const;
  /// Any value; null where it is absent.
  const Json* any(const char* key) { return find(key); }

  struct Unread {
    const char* key;
    Holds holds;
  };
  /// Members that are prose or provenance and not ours to interpret: their types are checked.
  void unread(std::initializer_list<Unread>);
  /// Members that must be there when the preset is checked.
  void wanted(std::initializer_list<const char*> keys);

  explicit operator bool() const { return value_ != nullptr; }
  bool checked() const { return reading_ == Reading::checked; }
  const Json& raw() const { return *value_; }
  const std::string& path() const { return path_; }
  void error(const char* key, std::string code, std::string message) {
    error(key, Error{std::move(code), "", std::move(message)});
  }
  /// As `said` has it.
  void error(const char* key, const char* code, const char* words, std::initializer_list<std::string_view> values) {
    error(key, said(code, "", words, values));
  }
  /// The same of pieces, which are put together where somebody reads them.
  void error(const char* key, const char* code, std::initializer_list<MessagePart> message);
  /// Reports keys that were never asked for.
  void finish();

 private:
  /// So many errors say that the document is none of this kind: nobody reads more, and a page that shows them waits.
  static constexpr std::size_t most_errors = 100;
  bool full() const;
  const Json* member(std::string_view key) const;
  const Json* find(const char* key);
  void list(const char* key, const Json& value, Holds element, bool repeated);
  void error(const char* key, Error what);
  void wrong_type(const char* key, const char* must, const Json& value);
  std::string at(const char* key) const;

  const Json* value_;
  /// The members of a large object by key: those of nlohmann are looked through one by one.
  std::map<std::string_view, const Json*> index_;
  std::string path_;
  Reading reading_;
  Errors* errors_;
  KeyOrder* order_;
  std::vector<const char*> asked_;
};

inline constexpr double any_number = std::numeric_limits<double>::max();

}  // namespace edgewise::json
