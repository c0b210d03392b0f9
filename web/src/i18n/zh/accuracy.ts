import type { accuracy as English } from '../en/accuracy';
export const accuracy: typeof English = {
  intro:
    '{rows} 条公开测量值，涵盖 {devices} 台设备、{runtimes} 个推理框架和 {models} 个模型；每一条都由没有见过它的拟合来预测。',
  calibrated: '已校准',
  unseen: '未见过',
  calibratedText: '留出这个模型，设备用在它上面测过的其他模型来拟合。这对应已知设备上的新模型。',
  unseenText: '留出整台设备。这对应没有人测过的设备。',
  error:
    '误差为 |预测 ÷ 实测 − 1|。每个配置（设备、功耗模式、推理框架、模型、量化、线程数、批大小）计一票，取其各条测量值的中位数。“范围内”是指落在随结果显示的 80% 范围之内的测量值所占比例。',
  chart: '预测与实测',
  which: '哪种速度',
  decode: '解码',
  prefill: '预填充',
  only: '仅 {device}',
  panel: '{situation}，{kind}',
  desc: '{n} 个点各代表一个配置：横轴为实测速度，纵轴为预测速度，均为对数刻度，从 {low} 到 {high} tok/s。{share} 的点与预测等于实测的对角线相差不超过四分之一。',
  count: '{n} 个中有 {share} 在 ±25% 以内',
  none: '没有这样的测量值',
  measured: '实测，tok/s',
  predicted: '预测',
  pick: '把指针移到标记上即可查看详情。色带为 ±25%。',
  point: '{device} 上的 {model} {quant}，{runtime}：实测 {value}，预测 {predicted} tok/s，{off}。',
  at: '实测 {value}，预测 {predicted} tok/s，{off}。',
  fast: '偏快 {n}',
  slow: '偏慢 {n}',
  factorFast: '偏快 {n} 倍',
  factorSlow: '偏慢 {n} 倍',
  sides: ['其他设备', '单板计算机和手机', 'Mac', '显卡'],
  all: '全部',
  small: '小型开发板',
  kindsTitle: '按预测对象划分的误差',
  leftOutTitle: '按留出范围划分的误差',
  leftOutLead: '只有没见过的测量值才能检验预测。没见过的越多，可能的误差就越大。',
  leftOut: {
    row: '留出部分测量值',
    calibrated: '留出模型',
    study: '留出来源',
    unseen: '留出设备',
    class: '留出设备类别',
    noise: '两个来源之间'
  },
  leftOutText: {
    row: '留出这台设备上五分之一的测量值。这对应他人测过几乎相同内容的情形。',
    calibrated:
      '留出这台设备上某个模型的全部数据。这对应他人测过的设备上的新模型，即本页面其他地方所说的“已校准”。',
    study:
      '留出某个来源在这台设备上的全部测量值：一个代码仓库、一篇论文或一个人。这对应您用自己的散热、版本和设置测量一台已知设备。在计算器中填入一个您自己的实测值，结果会更接近。',
    unseen: '留出一台设备的全部数据。这对应没有人测过的设备，即本页面其他地方所说的“未见过”。',
    class: '留出使用这类处理器的全部设备。这对应没有人测过的新类别。',
    noise: '这不是预测，而是测量同一内容的两个来源之间的差距。这是误差的下限：任何结果都不可能同时接近两者。'
  },
  leftOutCell: '范围内 {share} · {n}',
  leftOutBelow: '下方：配置不少于 10 个时，落在范围内的比例，以及配置的数量。',
  classTitle: '按设备类别',
  runtimeTitle: '按推理框架',
  peersTitle: '其他计算器',
  worstTitle: '偏差最大的预测',
  kinds: {
    decode: '解码',
    prefill: '预填充',
    throughput: '吞吐量',
    power: '功耗',
    energy: '每 token 能耗'
  },
  memory: {
    model_buffer_mib: '权重',
    kv_cache_mib: 'KV 缓存',
    compute_buffer_mib: '计算缓冲区',
    model_load_mem_mib: '加载后内存',
    peak_mem_mib: '峰值内存'
  },
  table: '{title}：表格',
  what: '对象',
  class: '类别',
  runtime: '推理框架',
  n: '配置数',
  inside: '范围内，{situation}',
  memoryNote:
    '内存完全由算术得出，其中没有针对设备拟合的数值。没见过的设备，其功耗传感器测的是哪一部分并不清楚，因此功耗和能耗的误差较大。',
  cells: '误差中位数 · 九成配置不超过的误差。',
  counts: '配置数：已校准 · 未见过。',
  peersText:
    '按其他项目的公式，用相同的设备和模型数据计算单序列解码速度。每一行只统计双方都能给出结果的配置，Edgewise 的误差也在同一批配置上计算。经验法则另外再列一次，使用最符合这些测量值的系数。这些公式都只是粗略估计，MAX TPS 则是上限。',
  peersWhich: '在哪些设备上',
  calculator: '计算器',
  theirs: '其误差',
  oursUnseen: 'Edgewise，未见过',
  oursCalibrated: 'Edgewise，已校准',
  scaled: '带宽 ÷ 文件大小 × {factor}',
  worstWhich: '哪种预测',
  configuration: '配置',
  off: '偏差',
  trust: '可靠程度',
  source: '来源',
  worstNote:
    '可靠程度：A 原始日志，B 厂商表格，C 二手资料。另有 {excluded} 条未参与比较，原因见 presets/measurements/REPORT.md。',
  failed: '无法加载测量值：{message}'
};
