import type { known as English } from '../en/known';
export const known: typeof English = {
  save: '保存为设备预设',
  text: '您在这台设备上测得的一个速度，可以校正页面上的所有结果，其他模型和格式也包括在内。',
  of: '使用 {model}，{quant}',
  metric: '您测了什么',
  decode: '解码速度，tok/s',
  prefill: '512 个 token 的提示词，tok/s',
  ttft: '512 个 token 后的首个 token 延迟，ms',
  power: '生成时的功耗，W',
  value: '您的数值',
  use: '校正',
  paste: '其他模型的数值，或来自 Ollama',
  pasteLabel: '形如 decode=11.2 llama-3.2-1b Q4_K_M 的一行，或 ollama run --verbose 的输出',
  item: '{name}，{kind}：{value} {unit}',
  expected: '预计：{value}',
  remove: '移除：{name}'
};
