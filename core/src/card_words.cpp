#include "card_words.h"

namespace edgewise {

namespace {

constexpr CardWords english = {
    .tag = "en",
    .verdict_words = words,
    .on = "{model} on {device}",
    .needs = "It needs {memory} of {usable} usable.",
    .needs_up_to = "It needs {memory}, up to {high}, of {usable} usable.",
    .needs_at_least = "It needs {memory}, at least {low}, of {usable} usable.",
    .not_made = "Only models trained for it, or with the experts that it is of, are made in {quant}.",
    .unfound = "Its memory or speed cannot be computed.",
    .speed = "It writes {rate}, limited by {bound}.",
    .speed_range = "It writes {rate} ({low} to {high}), limited by {bound}.",
    .reads = "It reads {rate}, limited by {bound}.",
    .reads_range = "It reads {rate} ({low} to {high}), limited by {bound}.",
    .each = "That is {rate} for each of {n} sequences.",
    .speed_unknown = "Its speed is unknown.",
    .below_reading = "That is slower than people read.",
    .long_wait = "The first token comes after {time}.",
    .starts = "It starts with {option} of {share} or less.",
    .paging = "Read from storage again for every token, it would take about {time} per token.",
    .layers = "{n} of {layers} layers are on the host.",
    .experts = "The experts of {n} of {layers} layers are on the host.",
    .parts = "What does not fit is on the host.",
    .out_of_memory = "The load would run out of memory.",
    .bandwidth = "memory bandwidth",
    .compute = "compute",
    .fixed_cost = "fixed costs",
    .memory = "Memory",
    .ttft = "First token",
    .decode = "Decode speed",
    .energy = "Energy per token",
    .scopes = {"one rail", "chip", "board", "card", "whole system"},
    .range = "{low} to {high}",
    .usable = "of {usable} usable",
    .unknown = "unknown",
    .sure = {"Corrected by numbers of this board", "Measured on this device", "Fitted to {n} published configurations",
             "Estimated: not on the device alone", "Estimated from similar devices", "From the datasheet alone"},
    .fitted_to_one = "Fitted to 1 published configuration",
    .edited = "for an edited device",
    .interval = "Ranges hold 80 % of measurements that were not fitted.",
    .tokens = "{prompt} tokens in, {generate} out",
    .depth = "{n} tokens in the cache",
    .batch = "{n} sequences at once",
    .full_clocks = "full clocks",
    .model = "Model",
    .device = "Device",
    .verdict = "Verdict",
    .sureness = "How sure",
    .stop = " ",
    .comma = ", ",
    .colon = ": ",
    .aside = " ({what})",
    .full_stop = ".",
    .minutes = "min",
    .hours = "h",
    .days = "days",
};

const char* chinese_verdict(Verdict v) {
  static constexpr const char* names[] = {
      "运行流畅", "能运行，但较慢", "很可能装得下", "能运行，但部分放在主机上", "无法运行", "未知"};
  return names[static_cast<std::size_t>(v)];
}
constexpr CardWords chinese = {
    .tag = "zh-CN",
    .verdict_words = chinese_verdict,
    .on = "{model} · {device}",
    .needs = "需要 {memory}，可用 {usable}。",
    .needs_up_to = "需要 {memory}，最多 {high}，可用 {usable}。",
    .needs_at_least = "需要 {memory}，至少 {low}，可用 {usable}。",
    .not_made = "只有为此训练、或带有相应专家的模型才有 {quant} 量化。",
    .unfound = "无法算出内存占用或速度。",
    .speed = "生成速度 {rate}，瓶颈是{bound}。",
    .speed_range = "生成速度 {rate}（{low} 到 {high}），瓶颈是{bound}。",
    .reads = "读取速度 {rate}，瓶颈是{bound}。",
    .reads_range = "读取速度 {rate}（{low} 到 {high}），瓶颈是{bound}。",
    .each = "即 {n} 个序列各 {rate}。",
    .speed_unknown = "速度未知。",
    .below_reading = "这比人的阅读速度慢。",
    .long_wait = "首个 token 要等 {time}。",
    .starts = "{option} 不超过 {share} 才能启动。",
    .paging = "如果每个 token 都从存储中重新读取权重，每个 token 大约需要 {time}。",
    .layers = "{layers} 层中有 {n} 层留在主机上。",
    .experts = "{layers} 层中有 {n} 层的专家留在主机上。",
    .parts = "放不下的部分留在主机上。",
    .out_of_memory = "加载时会耗尽内存。",
    .bandwidth = "内存带宽",
    .compute = "算力",
    .fixed_cost = "固定开销",
    .memory = "内存",
    .ttft = "首个 token 延迟",
    .decode = "解码速度",
    .energy = "每 token 能耗",
    .scopes = {"单路供电", "芯片", "板卡", "显卡", "整机"},
    .range = "{low} 到 {high}",
    .usable = "可用 {usable}",
    .unknown = "未知",
    .sure = {"已用该设备的实测值校正", "在这台设备上实测", "由 {n} 个公开配置拟合", "估算：不只在这台设备上",
             "由相似设备估算", "仅依据数据手册"},
    .fitted_to_one = "由 1 个公开配置拟合",
    .edited = "针对修改过的设备",
    .interval = "范围覆盖约 80% 的留出测量值。",
    .tokens = "输入 {prompt} 个 token，输出 {generate} 个",
    .depth = "缓存中已有 {n} 个 token",
    .batch = "同时 {n} 个序列",
    .full_clocks = "满频",
    .model = "模型",
    .device = "设备",
    .verdict = "结论",
    .sureness = "可信度",
    .stop = "",
    .comma = "，",
    .colon = "：",
    .aside = "（{what}）",
    .full_stop = "。",
    .minutes = "分钟",
    .hours = "小时",
    .days = "天",
};

}  // namespace

const CardWords& card_words(Language l) { return l == Language::zh ? chinese : english; }

std::string filled(std::string_view text, const std::vector<std::pair<std::string_view, std::string>>& values) {
  std::string out;
  while (!text.empty()) {
    const std::size_t open = text.find('{'), close = text.find('}', open);
    if (close == std::string_view::npos) break;
    out += text.substr(0, open);
    const std::string_view name = text.substr(open + 1, close - open - 1);
    for (const auto& [key, value] : values)
      if (key == name) out += value;
    text.remove_prefix(close + 1);
  }
  return out.append(text);
}

}  // namespace edgewise
