#include "edgewise/reader.h"

#include <cstdlib>

namespace edgewise::json {

namespace {

/// The room of a call: blocks, each of which holds the one before.
struct Block {
  Block* before;
};
Block* newest = nullptr;
char *next = nullptr, *end = nullptr;

}  // namespace

void* room(std::size_t bytes) {
  constexpr std::size_t usual = 65536, head = 16;
  bytes = (bytes + 7) & ~std::size_t{7};
  if (static_cast<std::size_t>(end - next) < bytes) {
    const std::size_t size = bytes > usual ? bytes : usual;
    auto* const block = static_cast<Block*>(std::malloc(size + head));
    if (!block) std::abort();
    block->before = newest;
    newest = block;
    next = reinterpret_cast<char*>(block) + head;
    end = next + size;
  }
  char* const out = next;
  next += bytes;
  return out;
}

void clear_room() {
  while (newest) {
    Block* const gone = newest;
    newest = gone->before;
    std::free(gone);
  }
  next = end = nullptr;
}

Json::Json(const std::string& text) : kind_(Kind::text), size_(static_cast<std::uint32_t>(text.size())) {
  auto* const copy = static_cast<char*>(room(text.size()));
  text.copy(copy, text.size());
  at_ = copy;
}

/// Lists grow by doubling; those that they outgrow stay behind until the room is cleared.
void* Json::grown(std::size_t each) {
  if ((size_ & (size_ - 1)) == 0) {
    auto* const larger = static_cast<char*>(room(each * (size_ == 0 ? 1 : 2 * size_)));
    const auto* const held = static_cast<const char*>(at_);
    for (std::size_t i = 0; i < each * size_; ++i) larger[i] = held[i];
    at_ = larger;
  }
  return static_cast<char*>(const_cast<void*>(at_)) + each * size_++;
}
void Json::push_back(const Json& x) { new (grown(sizeof(Json))) Json(x); }
void Json::push_back(const Member& m) { new (grown(sizeof(Member))) Member(m); }
void add(Json& object, std::string_view key, const Json& value) { object.push_back(Json::Member(key, value)); }
Json& Json::operator[](std::string_view key) { return (new (grown(sizeof(Member))) Member(key, nullptr))->value; }

Json& Json::operator[](const std::string& key) { return (*this)[Json(key).text()]; }

const Json* Json::find(std::string_view key) const {
  for (const Member* m = members(); m != members() + size_; ++m)
    if (m->key() == key) return &m->value;
  return nullptr;
}

const Json* Reader::any(std::string_view key) const {
  const Json* const found = value_ ? value_->find(key) : nullptr;
  return found && !found->is_null() ? found : nullptr;
}
double Reader::number_or(const char* key, double fallback) const {
  const Json* const v = any(key);
  return v ? v->get<double>() : fallback;
}
bool Reader::flag(const char* key, bool fallback) const {
  const Json* const v = any(key);
  return v ? v->get<bool>() : fallback;
}
std::string Reader::text(const char* key, std::string fallback) const {
  const Json* const v = any(key);
  return v ? v->get<std::string>() : fallback;
}
std::size_t Reader::word(const char* key, std::initializer_list<std::string_view> words, std::size_t fallback) const {
  const Json* const v = any(key);
  for (std::size_t i = 0; v && i < words.size(); ++i)
    if (words.begin()[i] == v->text()) return i;
  return fallback;
}
std::vector<std::string> Reader::texts(const char* key, bool) const {
  std::vector<std::string> out;
  if (const Json* const v = any(key))
    for (const Json& x : *v) out.emplace_back(x.text());
  return out;
}
std::vector<std::int32_t> Reader::wholes(const char* key, double) const {
  std::vector<std::int32_t> out;
  if (const Json* const v = any(key))
    for (const Json& x : *v) out.push_back(x.get<std::int32_t>());
  return out;
}
std::vector<std::string> Reader::keys() const {
  std::vector<std::string> out;
  for (std::size_t i = 0; i < value_->size(); ++i) out.emplace_back(value_->members()[i].key());
  return out;
}
std::vector<Reader> Reader::objects(const char* key, bool) const {
  std::vector<Reader> out;
  if (const Json* const v = any(key))
    for (const Json& x : *v) out.push_back(Reader(&x));
  return out;
}

}  // namespace edgewise::json
