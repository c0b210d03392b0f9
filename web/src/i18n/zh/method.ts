import type { method as English } from '../en/method';
export const method: typeof English = {
  intro:
    '页面上的每个数值都由同一个 C++ 引擎算出，命令行工具与页面给出的数字完全一致。引擎根据模型结构逐个张量地统计每个算子的工作量，再除以设备使用该推理框架时所能达到的速率。每个算子的耗时由计算量、访存量和固定开销决定，公式见下文。',
  sure: '如果有同一设备、同一推理框架的公开测量值，速率就由这些测量值拟合得出；否则取自同类设备，再否则取自数据手册。80% 范围是在相同情形下，未参与拟合的测量值的误差分布。',
  notices: '本页面所用第三方软件的许可证',
  unknown: '缺少输入时，结果为未知，绝不会写成零；页面会指出补上哪个字段就能算出结果。',
  example: '计算示例：{device} 上的 {model}，{quant}',
  token: '一个 token',
  prompt: '提示词',
  parts: '各算子合计：访存 {memory}，计算 {compute}，固定开销 {fixed}；重叠的部分只计一次，共 {total}。',
  steps: {
    decode_bytes: '每个 token 都要读取所需的权重，以及到目前为止的 KV 缓存。',
    bandwidth_Bps: '这个推理框架在这台设备上读取权重的速度。',
    tpot_mean_s: '瓶颈是内存时，即字节数除以带宽；访存与计算中较慢的一方起主要作用。',
    decode_tok_s: '每秒 token 数是它的倒数，再乘以同时处理的序列数。',
    prefill_operations: '提示词的所有 token 一起通过每个矩阵，因此由计算决定。',
    prefill_weights_per_s: '这个推理框架在大矩阵乘法中每秒达到的乘加数。',
    ttft_s: '运算量除以该速率，再加上注意力和固定开销。',
    prefill_tok_s: '提示词的 token 数除以这段时间。'
  },
  sureTitle: '结果有多可信',
  glossary: '术语表',
  filter: '按名称、id 或单位查找术语',
  matches: '{n, plural, other {#}} 个术语',
  groups: {
    input: '输入',
    memory: '内存',
    time: '时间',
    bound: '瓶颈',
    energy: '能耗与成本'
  }
};
