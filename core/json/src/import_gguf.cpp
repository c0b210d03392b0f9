// The GGUF header (ggml/docs/gguf.md): metadata and tensor table, little endian. Nothing in it is believed: every count
// is held against the bytes that are left before anything is allocated for it.

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>
#include <map>

#include "edgewise/import.h"
#include "import.h"

namespace edgewise {

namespace {

using json::Json;

struct TensorType {
  std::uint32_t id;
  double block_weights, block_bytes;
};

// ggml/include/ggml.h, enum ggml_type; the sizes are those of the block structs in ggml-common.h.
constexpr TensorType tensor_types[] = {
    {0, 1, 4},      {1, 1, 2},     {2, 32, 18},    {3, 32, 20},    {6, 32, 22},    {7, 32, 24},    {8, 32, 34},
    {9, 32, 36},    {10, 256, 84}, {11, 256, 110}, {12, 256, 144}, {13, 256, 176}, {14, 256, 210}, {15, 256, 292},
    {16, 256, 66},  {17, 256, 74}, {18, 256, 98},  {19, 256, 50},  {20, 32, 18},   {21, 256, 110}, {22, 256, 82},
    {23, 256, 136}, {24, 1, 1},    {25, 1, 2},     {26, 1, 4},     {27, 1, 8},     {28, 1, 8},     {29, 256, 56},
    {30, 1, 2},     {34, 256, 54}, {35, 256, 66},  {39, 32, 17}};

struct FileType {
  double id;
  const char* recipe;
};

// include/llama.h, enum llama_ftype.
constexpr FileType file_types[] = {
    {0, "F32"},     {1, "F16"},     {2, "Q4_0"},     {3, "Q4_1"},    {7, "Q8_0"},      {8, "Q5_0"},    {9, "Q5_1"},
    {10, "Q2_K"},   {11, "Q3_K_S"}, {12, "Q3_K_M"},  {13, "Q3_K_L"}, {14, "Q4_K_S"},   {15, "Q4_K_M"}, {16, "Q5_K_S"},
    {17, "Q5_K_M"}, {18, "Q6_K"},   {19, "IQ2_XXS"}, {20, "IQ2_XS"}, {21, "Q2_K_S"},   {22, "IQ3_XS"}, {23, "IQ3_XXS"},
    {24, "IQ1_S"},  {25, "IQ4_NL"}, {26, "IQ3_S"},   {27, "IQ3_M"},  {28, "IQ2_S"},    {29, "IQ2_M"},  {30, "IQ4_XS"},
    {31, "IQ1_M"},  {32, "BF16"},   {36, "TQ1_0"},   {37, "TQ2_0"},  {38, "MXFP4_MOE"}};

enum ValueType : std::uint32_t { u8, i8, u16, i16, u32, i32, f32, boolean, string, array, u64, i64, f64 };

/// What is kept of a metadata value: a number, a text, or of an array its length and, where it is short, its numbers.
struct Value {
  double number = unknown;
  std::string text;
  std::vector<double> numbers;
  double length = 0;
};

struct TensorInfo {
  double dims[4] = {1, 1, 1, 1};  // the first is the row length
  double count() const { return dims[0] * dims[1] * dims[2] * dims[3]; }
};

class HeaderReader {
 public:
  explicit HeaderReader(std::string_view bytes) : bytes_(bytes) {}

  bool run() {
    at_ = 4;
    const auto version = read<std::uint32_t>();
    if (failed_) return false;
    if (version != 2 && version != 3)
      return fail("unsupported", "version", "is " + std::to_string(version) + ", must be 2 or 3 (little endian)");
    const auto tensor_count = read<std::uint64_t>(), pair_count = read<std::uint64_t>();
    if (failed_) return false;
    // The smallest pair: an empty key, its type, one byte. The smallest tensor: an empty name, its axes, type and
    // offset.
    constexpr std::uint64_t least_pair = 8 + 4 + 1, least_tensor = 8 + 4 + 8 + 4 + 8;
    if (pair_count > left() / least_pair)
      return fail("truncated", "metadata_kv_count",
                  "says " + std::to_string(pair_count) + " pairs, more than the file holds");
    if (tensor_count > left() / least_tensor)
      return fail("truncated", "tensor_count",
                  "says " + std::to_string(tensor_count) + " tensors, more than the file holds");
    for (std::uint64_t i = 0; i < pair_count && !failed_; ++i) pair(i);
    for (std::uint64_t i = 0; i < tensor_count && !failed_; ++i) tensor(i);
    return !failed_;
  }

  std::map<std::string, Value> values;
  std::map<std::string, TensorInfo, std::less<>> tensors;
  double tensor_bytes = 0;
  Error error;

 private:
  static constexpr std::uint64_t max_key = 65535, max_text = 1 << 20, max_numbers = 4096;

  std::uint64_t left() const { return bytes_.size() - at_; }

  bool fail(std::string code, std::string_view path, std::string_view message) {
    // Keys and names are the file's, whatever bytes they are.
    if (!failed_) error = {std::move(code), valid_utf8(path), valid_utf8(message)};
    failed_ = true;
    return false;
  }

  template <class T>
  T read() {
    T value{};
    if (left() < sizeof(T)) {
      fail("truncated", "header", "the file ends inside its header");
      return value;
    }
    unsigned char raw[sizeof(T)];
    std::memcpy(raw, bytes_.data() + at_, sizeof(T));
    std::uint64_t bits = 0;
    for (std::size_t i = 0; i < sizeof(T); ++i) bits |= static_cast<std::uint64_t>(raw[i]) << (8 * i);
    if constexpr (sizeof(T) == 8)
      std::memcpy(&value, &bits, 8);
    else if constexpr (sizeof(T) == 4) {
      const auto narrow = static_cast<std::uint32_t>(bits);
      std::memcpy(&value, &narrow, 4);
    } else if constexpr (sizeof(T) == 2) {
      const auto narrow = static_cast<std::uint16_t>(bits);
      std::memcpy(&value, &narrow, 2);
    } else {
      const auto narrow = static_cast<std::uint8_t>(bits);
      std::memcpy(&value, &narrow, 1);
    }
    at_ += sizeof(T);
    return value;
  }

  std::string_view text(std::uint64_t limit, const std::string& path) {
    const auto length = read<std::uint64_t>();
    if (failed_) return {};
    if (length > left()) {
      fail("truncated", path, "a text of " + std::to_string(length) + " bytes is longer than the file");
      return {};
    }
    if (length > limit) {
      fail("out_of_range", path, "a text of " + std::to_string(length) + " bytes is too long");
      return {};
    }
    const std::string_view out = bytes_.substr(at_, static_cast<std::size_t>(length));
    at_ += static_cast<std::size_t>(length);
    return out;
  }

  double number(std::uint32_t type) {
    switch (type) {
      case u8:
      case boolean:
        return read<std::uint8_t>();
      case i8:
        return read<std::int8_t>();
      case u16:
        return read<std::uint16_t>();
      case i16:
        return read<std::int16_t>();
      case u32:
        return read<std::uint32_t>();
      case i32:
        return read<std::int32_t>();
      case f32:
        return static_cast<double>(read<float>());
      case u64:
        return static_cast<double>(read<std::uint64_t>());
      case i64:
        return static_cast<double>(read<std::int64_t>());
      case f64:
        return read<double>();
      default:
        break;
    }
    return unknown;
  }

  static std::uint64_t size_of(std::uint32_t type) {
    switch (type) {
      case u8:
      case i8:
      case boolean:
        return 1;
      case u16:
      case i16:
        return 2;
      case u32:
      case i32:
      case f32:
        return 4;
      case u64:
      case i64:
      case f64:
      case string:  // at least its length
        return 8;
      default:
        return 0;
    }
  }

  void pair(std::uint64_t i) {
    const std::string where = "metadata[" + std::to_string(i) + "]";
    const std::string key(text(max_key, where));
    const auto type = read<std::uint32_t>();
    if (failed_) return;
    Value value;
    if (type == string) {
      value.text = std::string(text(max_text, key));
    } else if (type == array) {
      const auto element = read<std::uint32_t>();
      const auto length = read<std::uint64_t>();
      if (failed_) return;
      const std::uint64_t size = size_of(element);
      if (size == 0) return void(fail("unsupported", key, "is an array of type " + std::to_string(element)));
      if (length > left() / size)
        return void(
            fail("truncated", key, "is an array of " + std::to_string(length) + " elements, more than the file holds"));
      value.length = static_cast<double>(length);
      if (element == string) {
        for (std::uint64_t k = 0; k < length && !failed_; ++k) text(max_text, key);
      } else if (length <= max_numbers) {
        for (std::uint64_t k = 0; k < length; ++k) value.numbers.push_back(number(element));
      } else {
        at_ += static_cast<std::size_t>(length * size);
      }
    } else if (size_of(type) > 0) {
      value.number = number(type);
    } else {
      return void(fail("unsupported", key, "has the unknown type " + std::to_string(type)));
    }
    if (!failed_ && !values.emplace(key, std::move(value)).second) fail("duplicate_key", key, "stands twice");
  }

  void tensor(std::uint64_t i) {
    const std::string where = "tensor[" + std::to_string(i) + "]";
    const std::string name(text(max_key, where));
    const auto axes = read<std::uint32_t>();
    if (failed_) return;
    if (axes < 1 || axes > 4)
      return void(
          fail("out_of_range", where, "\"" + name + "\" has " + std::to_string(axes) + " axes, must have 1 to 4"));
    TensorInfo t;
    for (std::uint32_t k = 0; k < axes; ++k) {
      const auto length = read<std::uint64_t>();
      if (failed_) return;
      if (length < 1 || length > 1000000000)
        return void(fail("out_of_range", where, "\"" + name + "\" has an axis of " + std::to_string(length)));
      t.dims[k] = static_cast<double>(length);
    }
    const auto type = read<std::uint32_t>();
    read<std::uint64_t>();  // offset of the data
    if (failed_) return;
    const auto known = std::find_if(std::begin(tensor_types), std::end(tensor_types),
                                    [&](const TensorType& x) { return x.id == type; });
    if (known == std::end(tensor_types))
      return void(fail("unsupported", where, "\"" + name + "\" has the unknown type " + std::to_string(type)));
    if (t.count() > 1e13) return void(fail("out_of_range", where, "\"" + name + "\" holds more than 1e13 weights"));
    if (std::fmod(t.dims[0], known->block_weights) != 0)
      return void(fail("out_of_range", where,
                       "\"" + name + "\": rows of " + std::to_string(static_cast<std::uint64_t>(t.dims[0])) +
                           " are no whole blocks of its type"));
    tensor_bytes += t.count() / known->block_weights * known->block_bytes;
    if (!tensors.emplace(name, t).second) fail("duplicate_key", where, "\"" + name + "\" stands twice");
  }

  std::string_view bytes_;
  std::size_t at_ = 0;
  bool failed_ = false;
};

/// Turns a header into the `config` of a preset: dimensions from the metadata, the rest from which tensors there are.
class Description {
 public:
  explicit Description(const HeaderReader& header) : h_(header) {}

  Errors errors;
  std::string architecture;

  Json run() {
    architecture = text("general.architecture");
    if (architecture.empty()) {
      errors.push_back({"missing", "general.architecture", "is required"});
      return {};
    }
    if (!is_utf8(architecture)) {
      errors.push_back({"wrong_type", "general.architecture", "holds bytes that are no UTF-8"});
      return {};
    }
    const double blocks = required("block_count") - optional("nextn_predict_layers", 0);
    const double hidden = required("embedding_length");
    const TensorInfo* embedding = tensor("token_embd.weight");
    if (!embedding) errors.push_back({"missing", "token_embd.weight", "is required"});
    if (!(blocks >= 1 && blocks <= 1e4))
      errors.push_back({"out_of_range", architecture + ".block_count", "must be between 1 and 10000"});
    if (!errors.empty()) return {};
    blocks_ = static_cast<std::size_t>(blocks);
    attending_ = first_block_with({"attn_output.weight"});

    c_["hidden_size"] = hidden;
    c_["num_hidden_layers"] = blocks;
    const double heads = required("attention.head_count"), kv_heads = optional("attention.head_count_kv", heads);
    c_["num_attention_heads"] = heads;
    c_["num_key_value_heads"] = kv_heads;
    c_["head_dim"] = optional("attention.key_length", std::floor(hidden / std::max(1.0, heads)));
    // Not the length of the token list: rows that pad the embedding are weights too.
    c_["vocab_size"] = embedding->dims[1];
    c_["intermediate_size"] = optional("feed_forward_length", 0);
    c_["tie_word_embeddings"] = tensor("output.weight") == nullptr;
    if (const double context = optional("context_length", 0); context > 0) c_["max_position_embeddings"] = context;
    c_["lm_head_bias"] = tensor("output.bias") != nullptr;
    norms(hidden);
    attention();
    feed_forward();
    if (tensor("per_layer_token_embd.weight"))
      c_["per_layer_embedding"] = {{"dim", required("embedding_length_per_layer_input")},
                                   {"vocab_size", tensor("per_layer_token_embd.weight")->dims[1]}};
    layers();
    return std::move(c_);
  }

 private:
  const Value* value(const std::string& key) const {
    const auto it = h_.values.find(key);
    return it == h_.values.end() ? nullptr : &it->second;
  }
  std::string text(const std::string& key) const {
    const Value* v = value(key);
    return v ? v->text : std::string();
  }
  /// A number of the architecture; of an array (one per layer) the greatest.
  double optional(const char* key, double fallback) const {
    const Value* v = value(architecture + "." + key);
    if (!v) return fallback;
    if (is_known(v->number)) return v->number;
    return v->numbers.empty() ? fallback : *std::max_element(v->numbers.begin(), v->numbers.end());
  }
  double required(const char* key) {
    const double x = optional(key, unknown);
    if (!is_known(x)) errors.push_back({"missing", architecture + "." + key, "is required"});
    return is_known(x) ? x : 1;
  }

  const TensorInfo* tensor(std::string_view name) const {
    const auto it = h_.tensors.find(name);
    return it == h_.tensors.end() ? nullptr : &it->second;
  }
  const TensorInfo* in_block(std::size_t i, std::string_view name) const {
    return tensor("blk." + std::to_string(i) + "." + std::string(name));
  }
  std::size_t first_block_with(std::initializer_list<const char*> names) const {
    for (std::size_t i = 0; i < blocks_; ++i)
      for (const char* name : names)
        if (in_block(i, name)) return i;
    return 0;
  }
  const TensorInfo* attending(std::string_view name) const { return in_block(attending_, name); }

  void norms(double hidden) {
    double count = 0;
    const std::string prefix = "blk." + std::to_string(attending_) + ".";
    for (auto it = h_.tensors.lower_bound(prefix);
         it != h_.tensors.end() && it->first.compare(0, prefix.size(), prefix) == 0; ++it) {
      const std::string name = it->first.substr(prefix.size());
      const bool of_layer = name.find("norm") != std::string::npos && name.find("_q_") == std::string::npos &&
                            name.find("_k_") == std::string::npos && name.find("_kv_") == std::string::npos &&
                            name.find("sub_norm") == std::string::npos && name.find("laurel") == std::string::npos &&
                            name.find("altup") == std::string::npos && name.rfind("post_norm", 0) != 0;
      if (of_layer && name.size() > 7 && name.compare(name.size() - 7, 7, ".weight") == 0 &&
          it->second.count() == hidden)
        ++count;
    }
    c_["norms_per_layer"] = count;
    c_["norm_type"] = tensor("output_norm.bias") ? "layernorm" : "rmsnorm";
    if (attending("attn_sub_norm.weight")) c_["sub_norms"] = true;
  }

  void attention() {
    const bool fused = attending("attn_qkv.weight") != nullptr;
    c_["fused_qkv"] = fused;
    c_["attention_bias"] = attending(fused ? "attn_qkv.bias" : "attn_q.bias") != nullptr;
    c_["attention_out_bias"] = attending("attn_output.bias") != nullptr;
    if (attending("attn_sinks.weight")) c_["attn_sinks"] = true;
    if (const TensorInfo* norm = attending("attn_q_norm.weight"))
      c_["qk_norm"] = norm->dims[0] == c_["head_dim"].get<double>() ? "per_head" : "full";
    if (optional("attention.shared_kv_layers", 0) > 0)
      c_["num_kv_shared_layers"] = optional("attention.shared_kv_layers", 0);
    const TensorInfo* latent = attending("attn_kv_a_mqa.weight");
    if (!latent) {
      // A query projection twice as wide as its heads also yields their gate.
      const TensorInfo* q = attending("attn_q.weight");
      if (q && q->dims[1] == 2 * c_["num_attention_heads"].get<double>() * c_["head_dim"].get<double>())
        c_["attn_output_gate"] = true;
      return;
    }
    const double rotary = required("rope.dimension_count");
    const double key = optional("attention.key_length_mla", required("attention.key_length"));
    c_["mla"] = {{"q_lora_rank", optional("attention.q_lora_rank", 0)},
                 {"kv_lora_rank", required("attention.kv_lora_rank")},
                 {"qk_nope_head_dim", key - rotary},
                 {"qk_rope_head_dim", rotary},
                 {"v_head_dim", optional("attention.value_length_mla", required("attention.value_length"))}};
    // The cache that some files count as one head is the latent's; the model has as many heads as it has.
    c_["num_key_value_heads"] = c_["num_attention_heads"];
    c_["head_dim"] = key;
  }

  void feed_forward() {
    const std::size_t dense = first_block_with({"ffn_up.weight"});
    if (const TensorInfo* up = in_block(dense, "ffn_up.weight")) {
      const TensorInfo* down = in_block(dense, "ffn_down.weight");
      const bool fused = down && up->dims[1] == 2 * down->dims[0];
      c_["fused_gate_up"] = fused;
      c_["gated_mlp"] = fused || in_block(dense, "ffn_gate.weight") != nullptr;
      c_["mlp_bias"] = in_block(dense, "ffn_up.bias") != nullptr;
    }
    const std::size_t sparse = first_block_with({"ffn_up_exps.weight"});
    const TensorInfo* experts = in_block(sparse, "ffn_up_exps.weight");
    if (!experts) return;
    Json e = {{"num_experts", experts->dims[2]},
              {"experts_per_token", required("expert_used_count")},
              {"moe_intermediate_size", experts->dims[1]}};
    if (const TensorInfo* shared = in_block(sparse, "ffn_up_shexp.weight"))
      e["shared_intermediate_size"] = shared->dims[1];
    e["shared_gate"] = in_block(sparse, "ffn_gate_inp_shexp.weight") != nullptr;
    e["router_bias"] =
        in_block(sparse, "ffn_gate_inp.bias") != nullptr || in_block(sparse, "exp_probs_b.bias") != nullptr;
    e["expert_bias"] = in_block(sparse, "ffn_up_exps.bias") != nullptr;
    e["first_k_dense"] = static_cast<double>(sparse);
    e["parallel_dense"] = in_block(sparse, "ffn_up.weight") != nullptr;
    c_["gated_mlp"] = in_block(sparse, "ffn_gate_exps.weight") != nullptr;
    if (c_["intermediate_size"] == 0) c_["intermediate_size"] = experts->dims[1];
    c_["moe"] = e;
  }

  /// Every nth layer of these architectures is full attention (src/llama-model.cpp, set_swa_pattern).
  double window_period() const {
    struct Period {
      const char* architecture;
      double layers;
    };
    static constexpr Period periods[] = {{"gemma2", 2},  {"gemma3", 6}, {"gemma3n", 5},
                                         {"gpt-oss", 2}, {"olmo3", 4},  {"llama", 1}};
    for (const Period& p : periods)
      if (architecture == p.architecture) return p.layers;
    return 0;
  }

  void layers() {
    const double window = optional("attention.sliding_window", 0);
    const Value* pattern = value(architecture + ".attention.sliding_window_pattern");
    const double stated = pattern && is_known(pattern->number) ? pattern->number : window_period();
    bool slides = false;
    Json types = Json::array();
    for (std::size_t i = 0; i < blocks_; ++i) {
      if (in_block(i, "shortconv.conv.weight")) {
        c_["shortconv"] = {{"kernel", in_block(i, "shortconv.conv.weight")->dims[0]}};
        types.push_back("conv");
      } else if (const TensorInfo* conv = in_block(i, "ssm_conv1d.weight")) {
        const double value_heads = required("ssm.time_step_rank"), key_heads = required("ssm.group_count"),
                     state = required("ssm.state_size");
        c_["linear_attention"] = {
            {"num_key_heads", key_heads},
            {"num_value_heads", value_heads},
            {"key_head_dim", state},
            {"value_head_dim", std::floor(required("ssm.inner_size") / std::max(1.0, value_heads))},
            {"conv_kernel", conv->dims[0]}};
        types.push_back("linear_attention");
      } else {
        const bool listed = pattern && i < pattern->numbers.size();
        const bool slide = window > 0 && (listed       ? pattern->numbers[i] != 0
                                          : stated > 0 ? std::fmod(static_cast<double>(i) + 1, stated) != 0
                                                       : true);
        slides = slides || slide;
        types.push_back(slide ? "sliding_attention" : "full_attention");
      }
    }
    if (slides) c_["sliding_window"] = window;
    c_["layer_types"] = types;
  }

  const HeaderReader& h_;
  Json c_;
  std::size_t blocks_ = 0, attending_ = 0;
};

/// Elements of the tensors that the inventory of a text model describes.
double described(const HeaderReader& header, double layers) {
  double sum = 0;
  for (const auto& [name, t] : header.tensors) {
    if (name.rfind("rope_", 0) == 0) continue;  // frequencies, not weights
    std::uint32_t block = 0;
    if (name.rfind("blk.", 0) == 0) std::from_chars(name.data() + 4, name.data() + name.size(), block);
    if (block >= layers) continue;  // layers that predict further tokens
    sum += t.count();
  }
  return sum;
}

}  // namespace

Result<GgufModel> model_from_gguf(std::string_view bytes, std::string_view name) {
  if (bytes.substr(0, 4) != "GGUF") return Error{"syntax", "header", "is not a GGUF file"};
  HeaderReader header(bytes);
  if (!header.run()) return header.error;
  Description description(header);
  Json config = description.run();
  if (!description.errors.empty()) return description.errors;

  const auto general_name = header.values.find("general.name");
  const std::string id = !name.empty()                         ? std::string(name)
                         : general_name != header.values.end() ? valid_utf8(general_name->second.text)
                                                               : std::string();
  auto imported =
      json::import_preset_config(id, description.architecture, std::move(config), description.architecture + ".");
  if (!imported) return imported.errors();
  Model& model = imported->model;

  GgufModel out;
  out.tensor_bytes = header.tensor_bytes;
  for (const auto& [key, t] : header.tensors) out.parameters += t.count();
  // An architecture with other tensors than the inventory knows would be estimated wrongly.
  const double inventory = count_parameters(model).text, table = described(header, model.num_hidden_layers);
  if (std::fabs(inventory - table) > 0.005 * table)
    return Error{"unsupported", "general.architecture",
                 "\"" + description.architecture + "\" has tensors that this program does not know: " +
                     Json(table).dump() + " weights, of which it describes " + Json(inventory).dump()};
  if (const auto type = header.values.find("general.file_type"); type != header.values.end())
    for (const FileType& f : file_types)
      if (f.id == type->second.number) out.quantization = f.recipe;
  out.preset = std::move(imported->preset);
  out.model = std::move(model);
  return out;
}

}  // namespace edgewise
