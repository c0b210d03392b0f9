#include <algorithm>

#include "edgewise/text.h"
#include "names.h"
#include "read_number.h"

namespace edgewise {

namespace {

bool holds(const Words& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

/// What a maker's word goes with where the preset does not say it.
bool implied(std::string_view word, const Words& device) {
  struct Maker {
    std::string_view word, products;
  };
  static constexpr Maker makers[] = {{"nvidia", "rtx gtx geforce jetson tesla quadro dgx"},
                                     {"geforce", "rtx gtx"},
                                     {"amd", "rx radeon ryzen threadripper epyc"},
                                     {"radeon", "rx"},
                                     {"ryzen", "threadripper"},
                                     {"intel", "core arc xeon n100 n150 n97"},
                                     {"qualcomm", "snapdragon"},
                                     {"samsung", "galaxy"},
                                     {"google", "pixel"},
                                     {"apple", "iphone ipad macbook mac"},
                                     {"valve", "steam"},
                                     {"asus", "rog"}};
  for (const Maker& maker : makers)
    if (maker.word == word)
      return std::any_of(device.begin(), device.end(), [&](const std::string& w) { return one_of(w, maker.products); });
  return false;
}

/// What people add to the name of a device of any kind.
bool is_general(std::string_view word) {
  return one_of(word,
                "gpu graphics card devkit kit developer dev board phone smartphone soc desktop computer pc with ram "
                "vram memory sbc the cpu processor edition generation design workstation series");
}

/// "ddr", "lpddr", "gddr": a number or a letter and a number follow.
bool is_memory_type(std::string_view word) { return word.size() >= 3 && word.ends_with("ddr"); }

/// Whether the word before lets a lone digit be a series: Ryzen 7, Ultra 9, i5.
bool is_series(const std::string& word, const Words& all) {
  if (one_of(word, "i3 i5 i7 i9")) return true;
  if (one_of(word, "3 5 7 9")) return holds(all, "ryzen") || (holds(all, "core") && holds(all, "ultra"));
  return word == "ultra" && holds(all, "core");
}

DeviceName sorted_out(const Words& words) {
  DeviceName out;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string& word = words[i];
    if (is_memory_size(word)) {
      out.memory = word.ends_with("g") ? word + "b" : word;
    } else if (is_memory_type(word)) {
      out.type = word;
      if (i + 1 < words.size() && words[i + 1].size() <= 2) out.type += words[++i];
      // Its data rate.
      if (i + 1 < words.size() && words[i + 1].size() == 4 &&
          words[i + 1].find_first_not_of("0123456789") == Words::value_type::npos)
        ++i;
    } else {
      out.all.push_back(word);
    }
  }
  for (std::size_t i = 0; i < out.all.size(); ++i) {
    const std::string& word = out.all[i];
    // "Max+" and "Max", "Pi CM5" and "CM5" are the same.
    const bool beside = (word == "plus" && i > 0 && out.all[i - 1] == "max") ||
                        (word == "pi" && i + 1 < out.all.size() && out.all[i + 1].starts_with("cm"));
    (beside || is_maker(word) || is_general(word) || is_series(word, out.all) ? out.optional : out.required)
        .push_back(word);
  }
  return out;
}

bool has_digit(const Words& words) {
  return std::any_of(words.begin(), words.end(),
                     [](const std::string& w) { return w.find_first_of("0123456789") != w.npos; });
}
bool has_letter(const Words& words) {
  return std::any_of(words.begin(), words.end(),
                     [](const std::string& w) { return w.find_first_not_of("0123456789.") != w.npos; });
}

/// As people call it, in the words that presets use.
Words in_our_words(const Words& typed) {
  Words out;
  const bool apple = std::any_of(typed.begin(), typed.end(), [](const std::string& w) {
    return w.size() == 2 && w[0] == 'm' && w[1] >= '1' && w[1] <= '9';
  });
  for (std::size_t i = 0; i < typed.size(); ++i) {
    const std::string& word = typed[i];
    const auto next = [&](std::string_view list) { return i + 1 < typed.size() && one_of(typed[i + 1], list); };
    if (word == "rpi" || word == "raspi" || word == "raspberrypi") {
      out.insert(out.end(), {"raspberry", "pi"});
    } else if (word == "opi") {
      out.insert(out.end(), {"orange", "pi"});
    } else if (one_of(word, "mobile notebook")) {
      out.emplace_back("laptop");
    } else if (apple && one_of(word, "macbook mac imac mbp mba")) {
      // Which Mac it is in changes nothing that presets tell apart: "macbook air m3", "mac mini m4".
      out.emplace_back("apple");
      if (next("air pro mini studio")) ++i;
      if (next("13 14 15 16 24")) ++i;
      if (next("inch")) ++i;
    } else if (apple && word.size() == 4 && word.starts_with("20")) {
      // Its year.
    } else if (apple && word.size() <= 3 && is_digit(word[0]) && (word.ends_with('p') || word.ends_with('e'))) {
      // Cores of its CPU, as LocalScore has them: "Apple M1 4P+4E+8GPU",
      if (next("plus")) ++i;
    } else if (apple && word.ends_with("core") && next("cpu")) {
      ++i;
    } else if (apple && is_number(word) && next("gpu")) {
      out.push_back(word + "core");
    } else if ((word == "w" && next("radeon")) || one_of(word, "radv radeonsi dg bmg")) {
      break;  // "AMD Ryzen 7 7840HS w/ Radeon 780M Graphics", "AMD Radeon RX 7900 XTX (RADV NAVI31)"
    } else if (one_of(word, "r tm ghz st nd rd th gen w") || next("ghz st nd rd th") ||
               (word.ends_with("core") && next("processor"))) {
      // As systems print it: "13th Gen Intel(R) Core(TM) i7-13700T @ 1.40GHz", "AMD Ryzen 9 7950X 16-Core Processor",
      // and as people do: "GTX 1060 w/ 3GB",
    } else if ((word == "model" && i + 1 < typed.size() && typed[i + 1].size() == 1) ||
               (word == "rev" && i + 1 < typed.size() && is_number(typed[i + 1]))) {
      ++i;  // "Raspberry Pi 5 Model B Rev 1.0",
    } else {
      out.push_back(word);
    }
  }
  return out;
}

/// Every name that a device goes by, with its parts: "Ryzen AI Max+ 395 (Strix Halo, Radeon 8060S) 128GB" is that, what
/// stands outside and each thing in the parentheses.
std::vector<DeviceName> names_of(const std::string& id, const std::vector<std::string>& names) {
  std::vector<DeviceName> out = {sorted_out(in_our_words(words_of(id)))};
  const auto add_part = [&](std::string_view part) {
    DeviceName name = sorted_out(in_our_words(words_of(part)));
    // Not "2019" alone, and not "Snapdragon".
    if (has_letter(name.required) && (name.required.size() > 1 || has_digit(name.required)))
      out.push_back(std::move(name));
  };
  for (std::size_t i = 0; i < names.size(); ++i) {
    out.push_back(sorted_out(in_our_words(words_of(names[i]))));
    out.back().alias = i > 0;
    if (i > 0) continue;  // aliases are whole
    add_part(outside_parentheses(names[i], [&](std::string_view inside) {
      while (!inside.empty()) {
        const auto end = inside.find_first_of(",/");
        add_part(inside.substr(0, end));
        inside.remove_prefix(end == inside.npos ? inside.size() : end + 1);
      }
    }));
  }
  return out;
}

/// "40core" of "Apple M5 Max (40-core GPU)".
std::string_view cores_of(const std::vector<DeviceName>& names) {
  for (const DeviceName& name : names)
    for (const std::string& word : name.all)
      if (!name.alias && is_digit(word[0]) && word.ends_with("core")) return word;
  return {};
}

/// Whether what was typed is this name: everything that makes it, and nothing else.
bool is(const DeviceName& typed, const DeviceName& name, const Words& device) {
  if (same_words(typed.all, name.all)) return true;
  const auto was_typed = [&](const std::string& word) { return holds(typed.all, word); };
  if (name.required.empty() || !std::all_of(name.required.begin(), name.required.end(), was_typed)) return false;
  Words left = name.required, extra;
  for (const std::string& word : typed.all) {
    const auto it = std::find(left.begin(), left.end(), word);
    if (it != left.end())
      left.erase(it);
    else if (!is_general(word))
      extra.push_back(word);
  }
  if (!left.empty()) return false;
  // One word in letters alone ("nano") needs its maker.
  if (typed.all.size() == 1 && !has_digit(typed.all)) return false;
  return std::all_of(extra.begin(), extra.end(), [&](const std::string& word) {
    return holds(name.optional, word) || (is_maker(word) && (holds(device, word) || implied(word, device)));
  });
}

}  // namespace

bool is_memory_size(std::string_view word) {
  const auto digits = word.find_first_not_of("0123456789");
  if (digits == word.npos || digits == 0) return false;
  return one_of(word.substr(digits), "gb tb") || (word.substr(digits) == "g" && digits < 4);
}

bool is_maker(std::string_view word) {
  return one_of(word,
                "nvidia geforce rtx gtx amd radeon rx ryzen intel arc core ai apple jetson tesla quadro asus samsung "
                "google rockchip qualcomm radxa raspberry broadcom xiaomi axera mediatek lenovo dell msi oracle gmktec "
                "tensor sifive milkv valve");
}

std::vector<std::string> devices_meant(const NamesOf& presets, NamesRead<DeviceName>& read, std::string_view text) {
  if (text.size() > longest_name) return {};
  const DeviceName typed = sorted_out(in_our_words(words_of(text)));
  if (typed.all.empty()) return {};

  struct Candidate {
    const std::string& id;
    const std::vector<DeviceName>& names;
    Words all{};  ///< of its names
    bool meant = false, exactly = false, as_family = false;
  };
  std::vector<Candidate> candidates;
  candidates.reserve(presets.size());
  for (const auto& [id, names] : presets) {
    Candidate c{id, names_read(read, id, names, names_of)};
    for (const DeviceName& name : c.names) c.all.insert(c.all.end(), name.all.begin(), name.all.end());
    for (const DeviceName& name : c.names) {
      if (!is(typed, name, c.all)) continue;
      c.meant = true;
      c.as_family = c.as_family || !name.alias;
      c.exactly = c.exactly || (!typed.memory.empty() && typed.memory == name.memory &&
                                (typed.type.empty() || typed.type == name.type) && same_words(typed.all, name.all));
    }
    candidates.push_back(std::move(c));
  }
  // Those that differ in memory alone are meant alike; an alias is of one of them.
  std::vector<const Candidate*> families;
  for (const Candidate& c : candidates)
    if (c.as_family) families.push_back(&c);
  const bool exactly = std::any_of(candidates.begin(), candidates.end(), [](const Candidate& c) { return c.exactly; });
  std::vector<std::string> out;
  for (const Candidate& c : candidates) {
    const bool meant = c.meant || std::any_of(families.begin(), families.end(), [&](const Candidate* f) {
                         return f->names[0].type == c.names[0].type && f->names[0].all == c.names[0].all &&
                                cores_of(f->names) == cores_of(c.names);
                       });
    // An alias that was not typed may speak of the computer around a card.
    const auto says = [&](const std::string& what, std::string DeviceName::*field) {
      return what.empty() || std::any_of(c.names.begin(), c.names.end(), [&](const DeviceName& name) {
               return name.*field == what && (!name.alias || is(typed, name, c.all));
             });
    };
    if (exactly ? c.exactly : meant && says(typed.memory, &DeviceName::memory) && says(typed.type, &DeviceName::type))
      out.push_back(c.id);
  }
  return out;
}

}  // namespace edgewise
