// Names of modules in Hugging Face checkpoints (transformers/models/*/modeling_*.py), and the lists of them in
// quantization configs.

#include "hf_modules.h"

#include <algorithm>
#include <charconv>
#include <functional>

namespace edgewise::json {

namespace {

// What follows the layer's number; the most telling part first, since the first that fits counts.
constexpr HfName module_names[] = {
    {"layers.N.mlp.experts.0.gate_proj", Role::ffn_gate_exps},
    {"layers.N.mlp.experts.0.up_proj", Role::ffn_up_exps},
    {"layers.N.mlp.experts.0.down_proj", Role::ffn_down_exps},
    {"layers.N.mlp.experts.gate_proj", Role::ffn_gate_exps},
    {"layers.N.mlp.experts.up_proj", Role::ffn_up_exps},
    {"layers.N.mlp.experts.down_proj", Role::ffn_down_exps},
    {"layers.N.mlp.experts.gate_up_proj", Role::ffn_up_exps},
    {"layers.N.mlp.switch_mlp.gate_proj", Role::ffn_gate_exps},
    {"layers.N.mlp.switch_mlp.up_proj", Role::ffn_up_exps},
    {"layers.N.mlp.switch_mlp.down_proj", Role::ffn_down_exps},
    {"layers.N.block_sparse_moe.experts.0.w1", Role::ffn_gate_exps},
    {"layers.N.block_sparse_moe.experts.0.w3", Role::ffn_up_exps},
    {"layers.N.block_sparse_moe.experts.0.w2", Role::ffn_down_exps},
    {"layers.N.feed_forward.experts.0.gate_proj", Role::ffn_gate_exps},
    {"layers.N.feed_forward.experts.0.up_proj", Role::ffn_up_exps},
    {"layers.N.feed_forward.experts.0.down_proj", Role::ffn_down_exps},
    {"layers.N.mlp.shared_experts.gate_proj", Role::ffn_gate_shexp},
    {"layers.N.mlp.shared_experts.up_proj", Role::ffn_up_shexp},
    {"layers.N.mlp.shared_experts.down_proj", Role::ffn_down_shexp},
    {"layers.N.mlp.shared_expert.gate_proj", Role::ffn_gate_shexp},
    {"layers.N.mlp.shared_expert.up_proj", Role::ffn_up_shexp},
    {"layers.N.mlp.shared_expert.down_proj", Role::ffn_down_shexp},
    {"layers.N.self_attn.q_proj", Role::attn_q},
    {"layers.N.self_attn.k_proj", Role::attn_k},
    {"layers.N.self_attn.v_proj", Role::attn_v},
    {"layers.N.self_attn.o_proj", Role::attn_output},
    {"layers.N.self_attn.out_proj", Role::attn_output},
    {"layers.N.self_attn.dense", Role::attn_output},
    {"layers.N.self_attn.qkv_proj", Role::attn_qkv},
    {"layers.N.self_attn.W_pack", Role::attn_qkv},
    {"layers.N.self_attn.query_key_value", Role::attn_qkv},
    {"layers.N.self_attn.q_a_proj", Role::attn_q_a},
    {"layers.N.self_attn.q_b_proj", Role::attn_q_b},
    {"layers.N.self_attn.kv_a_proj_with_mqa", Role::attn_kv_a},
    {"layers.N.self_attn.kv_b_proj", Role::attn_kv_b},
    {"layers.N.linear_attn.in_proj_qkvz", Role::attn_qkv},
    {"layers.N.linear_attn.in_proj_qkv", Role::attn_qkv},
    {"layers.N.linear_attn.in_proj_z", Role::attn_gate},
    {"layers.N.linear_attn.out_proj", Role::ssm_out},
    {"layers.N.mixer.in_proj", Role::ssm_in},
    {"layers.N.mixer.out_proj", Role::ssm_out},
    {"layers.N.mamba.in_proj", Role::ssm_in},
    {"layers.N.mamba.out_proj", Role::ssm_out},
    {"layers.N.conv.in_proj", Role::shortconv_in},
    {"layers.N.conv.out_proj", Role::shortconv_out},
    {"layers.N.mlp.gate_proj", Role::ffn_gate},
    {"layers.N.mlp.up_proj", Role::ffn_up},
    {"layers.N.mlp.gate_up_proj", Role::ffn_up},
    {"layers.N.mlp.down_proj", Role::ffn_down},
    {"layers.N.mlp.fc1", Role::ffn_up},
    {"layers.N.mlp.fc2", Role::ffn_down},
    {"layers.N.feed_forward.w1", Role::ffn_gate},
    {"layers.N.feed_forward.w3", Role::ffn_up},
    {"layers.N.feed_forward.w2", Role::ffn_down},
    {"lm_head", Role::output},
    {"embed_tokens", Role::token_embd},
};

/// Matches a regular expression of the kind that lists of modules hold: literals, ".", classes, groups with
/// alternatives, "*", "+", "?", anchors. Bounded by `steps`, which it uses up: what backtracks longer does not match.
class Pattern {
  using Then = std::function<bool(std::size_t)>;

 public:
  Pattern(std::string_view pattern, std::string_view text, std::size_t& steps) : p_(pattern), t_(text), steps_(steps) {}
  /// Whether it matches from the beginning of the text, as Python's re.match does.
  bool run() {
    return at(0, p_.size(), 0, [](std::size_t) { return true; });
  }

 private:
  bool at(std::size_t from, std::size_t to, std::size_t t, const Then& then) {
    // Alternatives of this level.
    std::size_t depth = 0, begin = from;
    bool alternatives = false;
    for (std::size_t i = from; i < to; ++i) {
      if (p_[i] == '\\') {
        ++i;
      } else if (p_[i] == '(') {
        ++depth;
      } else if (p_[i] == ')' && depth > 0) {
        --depth;
      } else if (p_[i] == '|' && depth == 0) {
        alternatives = true;
        if (sequence(begin, i, t, then)) return true;
        begin = i + 1;
      }
    }
    return alternatives ? sequence(begin, to, t, then) : sequence(from, to, t, then);
  }

  /// End of the piece that begins at `i`: a character, a class or a group.
  std::size_t piece_end(std::size_t i, std::size_t to) const {
    if (p_[i] == '\\') return std::min(i + 2, to);
    if (p_[i] == '[') {
      while (i < to && p_[i] != ']') ++i;
      return std::min(i + 1, to);
    }
    if (p_[i] != '(') return i + 1;
    std::size_t depth = 0;
    for (; i < to; ++i) {
      if (p_[i] == '\\')
        ++i;
      else if (p_[i] == '(')
        ++depth;
      else if (p_[i] == ')' && --depth == 0)
        return i + 1;
    }
    return to;
  }

  bool takes(std::size_t i, std::size_t end, char c) const {
    if (p_[i] == '.') return true;
    if (p_[i] == '\\') {
      const char e = i + 1 < end ? p_[i + 1] : '\\';
      return e == 'd'   ? c >= '0' && c <= '9'
             : e == 'w' ? c == '_' || (c | 32) >= 'a' || (c >= '0' && c <= '9')
                        : c == e;
    }
    if (p_[i] != '[') return p_[i] == c;
    const bool inverse = p_[i + 1] == '^';
    bool in = false;
    for (std::size_t k = i + 1 + (inverse ? 1 : 0); k + 1 < end; ++k) {
      if (k + 3 < end && p_[k + 1] == '-') {
        in = in || (c >= p_[k] && c <= p_[k + 2]);
        k += 2;
      } else {
        in = in || p_[k] == c;
      }
    }
    return in != inverse;
  }

  bool one(std::size_t i, std::size_t end, std::size_t t, const Then& then) {
    if (p_[i] == '(') {
      std::size_t from = i + 1;
      if (p_.substr(from, 2) == "?:") from += 2;
      return at(from, end - 1, t, then);
    }
    return t < t_.size() && takes(i, end, t_[t]) && then(t + 1);
  }

  bool sequence(std::size_t i, std::size_t to, std::size_t t, const Then& then) {
    if (steps_ == 0) return false;
    --steps_;
    if (i >= to) return then(t);
    if (p_[i] == '^') return t == 0 && sequence(i + 1, to, t, then);
    if (p_[i] == '$') return t == t_.size() && sequence(i + 1, to, t, then);
    const std::size_t end = piece_end(i, to);
    const char repeat = end < to ? p_[end] : ' ';
    const Then rest = [&](std::size_t u) {
      return sequence(repeat == '*' || repeat == '+' || repeat == '?' ? end + 1 : end, to, u, then);
    };
    if (repeat == '*' || repeat == '+') {
      const Then more = [&](std::size_t u) { return (u > t && sequence(i, to, u, then)) || rest(u); };
      return one(i, end, t, more) || (repeat == '*' && rest(t));
    }
    return one(i, end, t, rest) || (repeat == '?' && rest(t));
  }

  std::string_view p_, t_;
  std::size_t& steps_;
};

/// What stands from "layers." on; the whole name where there are none.
std::string_view from_layers(std::string_view name) {
  const auto at = name.find("layers.");
  return at == std::string_view::npos ? name : name.substr(at);
}

/// A path with wildcards: each "*" stands for any text.
bool glob(std::string_view pattern, std::string_view text) {
  std::size_t p = 0, t = 0, star = pattern.npos, resume = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      resume = t;
    } else if (p < pattern.size() && pattern[p] == text[t]) {
      ++p;
      ++t;
    } else if (star != pattern.npos) {
      p = star + 1;
      t = ++resume;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', p) == pattern.npos;
}

/// Whether the parts of `some`, between dots, follow one another in `path`.
bool follows_in(std::string_view some, std::string_view path) {
  for (auto at = path.find(some); at != std::string_view::npos; at = path.find(some, at + 1)) {
    const bool begins = at == 0 || path[at - 1] == '.';
    const std::size_t end = at + some.size();
    if (begins && (end == path.size() || path[end] == '.')) return true;
  }
  return false;
}

}  // namespace

std::span<const HfName> hf_names() { return module_names; }

bool means_module(std::string_view pattern, std::string_view name, std::size_t& steps) {
  if (pattern.size() > longest_pattern || steps == 0) return false;
  --steps;
  if (pattern.substr(0, 3) == "re:") {
    const std::string_view expression = pattern.substr(3);
    for (const char* before : {"model.", "", "model.language_model.", "language_model.model."}) {
      if (Pattern(expression, before + std::string(name), steps).run()) return true;
      if (expression.substr(0, 2) == ".*") break;  // whatever stands before
    }
    return false;
  }
  const std::string_view p = from_layers(pattern);
  if (p.find('*') != std::string_view::npos) return glob(p, name) || glob(std::string(p) + ".*", name);
  return !p.empty() && follows_in(p, name);
}

std::optional<HfModule> hf_module(std::string_view name) {
  const std::string_view path = from_layers(name);
  HfModule module;
  std::string plain(path);
  if (path.size() != name.size() || path.substr(0, 7) == "layers.") {
    const auto end = std::from_chars(path.data() + 7, path.data() + path.size(), module.layer).ptr;
    plain = "layers.N" + std::string(path.substr(static_cast<std::size_t>(end - path.data())));
  }
  // Experts are numbered; one name stands for all.
  if (const auto at = plain.find("experts."); at != std::string::npos) {
    const std::size_t digit = at + 8;
    std::size_t end = digit;
    while (end < plain.size() && plain[end] >= '0' && plain[end] <= '9') ++end;
    if (end > digit) plain.replace(digit, end - digit, "0");
  }
  for (const HfName& n : module_names)
    if (follows_in(n.name, plain)) return HfModule{n.role, module.layer};
  return std::nullopt;
}

}  // namespace edgewise::json
