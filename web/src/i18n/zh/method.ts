import type { method as English } from '../en/method';
export const method: typeof English = {
  intro:
    '页面上的每个数值都由同一个 C++ 引擎算出，命令行工具与页面给出的数字完全一致。引擎根据模型结构逐个张量地统计每个算子的工作量，再除以设备使用该推理框架时所能达到的速率。每个算子的耗时由计算量、访存量和固定开销决定，公式见下文。',
  sure: '如果有同一设备、同一推理框架的公开测量值，速率就由这些测量值拟合得出；否则取自同类设备，再否则取自数据手册。80% 范围是在相同情形下，未参与拟合的测量值的误差分布。',
  unknown: '缺少输入时，结果为未知，绝不会写成零；页面会指出补上哪个字段就能算出结果。',
  groups: {
    input: '输入',
    memory: '内存',
    time: '时间',
    bound: '瓶颈',
    energy: '能耗与成本'
  } as Record<string, string>
};
