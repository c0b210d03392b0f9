import type { TermWords } from '../sections';

/** Terms that a question, a preset or a calibration gives: as in `terms.ts`. */
export const inputs: Record<string, TermWords> = {
  prompt_tokens: ['提示词', '提示词的 token 数，包括其中的图片和音频。'],
  generated_tokens: ['生成', '由模型写出的 token 数。'],
  depth_tokens: ['已有上下文', '提示词之前已在 KV 缓存中的 token 数。'],
  batch: ['批大小', '同时处理的序列数。'],
  devices: ['设备数', '相同的若干台设备，共同运行一个模型。'],
  images: ['图片数', '每个序列的提示词中的图片。'],
  image_width: ['图片宽度', '0 表示采用模型处理器规定的尺寸。'],
  image_height: ['图片高度', '0 表示采用模型处理器规定的尺寸。'],
  audio_s: ['音频时长', '每个序列的提示词中的音频。'],
  context_tokens: [
    '上下文',
    '在 KV 缓存中分配的长度。',
    '按设置，否则为 depth_tokens + prompt_tokens + generated_tokens'
  ],
  battery_Wh: ['电池容量', '设备所用电池的容量。'],
  electricity_usd_per_kWh: ['电价', '每千瓦时的价格。'],
  requests_per_day: ['每天请求数', '不设置时，设备一直满负荷工作。'],
  device_life_years: ['设备寿命', '设备价格分摊到这段时间。'],
  reserve_share: ['预留比例', '推理框架启动时占用的内存比例；llama.cpp 等框架不预留。'],
  batched_tokens: ['单次处理的 token 数', '上限：激活值的内存按此预留。'],
  max_sequences: ['同时处理的序列数', '上限：采样器的内存按此预留。'],
  api_usd_per_Mtok: ['API 价格', '生成一百万个 token 的价格。'],
  grid_gCO2e_per_kWh: ['碳强度', '用电的碳强度，以二氧化碳当量计。'],
  draft_tokens: ['草稿 token 数', '每一步起草的 token 数；不用推测解码时为 0。', '按设置，否则取最快的数目'],
  acceptance: [
    '接受率',
    '前面的都被接受时，一个草稿 token 被接受的概率；按设置，否则取该任务公开测试的结果。'
  ],
  link_rtt_s: ['网络往返时间', '提问者与设备之间；未设置时为 0。'],
  link_Bps: ['网络速度', '提问者与设备之间。'],
  parameters: ['参数量', '模型的权重数，精确值；共享的词嵌入只算一次。', '所有权重张量的行数 x 列数之和'],
  file_B: ['模型文件', '按量化方案存储的全部张量的大小。', '张量权重数 x 其格式的每权重字节数，求和'],
  bits_per_weight: [
    '每权重位数',
    '全模型的平均值，与 llama.cpp 显示的一致。',
    '全部存储张量的字节数 x 8 / 参数量'
  ],
  layers: ['层数', '模型的层数。'],
  launches: ['每步启动次数', '各层内的权重张量数：每个至少需要一次内核启动或线程同步。'],
  activations: ['每 token 激活值', '一个 token 在所有层的矩阵乘法中的输入与输出。'],
  recurrent_layers: ['循环层', '这些层保存状态，而不使用 KV 缓存。'],
  image_tokens: [
    '每张图片的 token 数',
    '一张图片在文本中占用的位置数。',
    '按模型处理器的规则，由 image_width x image_height 得出'
  ],
  vision_ops_per_image: [
    '每张图片的运算量',
    '视觉编码器及其投影层的运算量。',
    '2 x 权重数 x 位置数，再加上各位置之间的注意力，图片尺寸为 image_width x image_height'
  ],
  audio_tokens: ['音频 token 数', '音频在文本中占用的位置数。', 'audio_s 除以每个 token 的毫秒数'],
  audio_ops: [
    '音频运算量',
    '音频编码器及其投影层的运算量。',
    '2 x 权重数 x 位置数，再加上各位置之间的注意力，时长为 audio_s'
  ],
  kv_B_per_element: ['每个缓存元素的字节数', 'K 与 V 的平均值。'],
  memory_bandwidth_Bps: [
    '内存带宽',
    '理论峰值；对于 CPU，取微基准测试的实测值，否则取峰值的 0.6；对于 NPU，取实测的读取带宽。'
  ],
  vector_ops: ['向量算力', '向量单元的运算速率。'],
  matrix_ops: ['矩阵算力', '大矩阵乘法的速率。'],
  storage_Bps: ['存储', '最快存储的顺序读取速度。'],
  host_link_Bps: ['与主机的连接', '通往自带显存的加速器的连接。'],
  capacity_B: ['内存容量', '设备的内存，或加速器自带的显存。'],
  kept_B: ['系统保留', '被固件、操作系统和显示占用；设备没有说明时按其类别取值。'],
  memory_taken_B: ['其他程序占用', '按设置；未设置时为 0。'],
  lent_B: [
    '最多可借用',
    '系统最多借给这个处理器的内存，或按 gpu_memory_gib 的设置，或推理框架预留的内存；没有限制时为全部容量。'
  ],
  usable_B: ['可用内存', '模型可以占用的内存。'],
  host_usable_B: ['主机可用内存', '设备所在的主机，或设备从同一内存中留下的部分。'],
  host_bandwidth_Bps: ['主机权重带宽', '主机核心读取权重的速度。'],
  device_idle_w: ['设备空闲功耗', '设备空闲时的功耗。'],
  device_full_w: ['设备满载功耗', '功耗模式的上限、实测负载功耗或 TDP。'],
  price_usd: ['价格', '所有设备的价格。', '设备数 x 单台价格'],
  bandwidth_share: ['带宽利用率，权重', '解码时读取权重。'],
  kv_bandwidth_share: ['带宽利用率，KV 缓存', '解码时读取 KV 缓存。'],
  decode_rate_share: ['向量算力利用率，解码', '解码时的反量化与点积。'],
  decode_cost: [
    '每个权重的向量运算',
    '解包并相乘一个权重所需的运算。',
    '一个 token 要相乘的权重按其格式求平均'
  ],
  prefill_rate_share: ['矩阵算力利用率，预填充', '预填充时的矩阵乘法。'],
  prefill_efficiency: [
    '格式效率，预填充',
    '相对于推理框架的基准格式。',
    '一个 token 要相乘的权重按其格式求调和平均'
  ],
  prefill_half_rows: ['半速行数', '矩阵乘法达到一半全速时的行数。'],
  attention_decode_share: ['向量算力利用率，注意力', '解码时的注意力。'],
  attention_prefill_share: ['矩阵算力利用率，注意力', '预填充时的注意力。'],
  activation_share: [
    '向量算力利用率，激活值',
    '预填充时在矩阵乘法之间传递的激活值：归一化、旋转位置编码、门控、量化。未知时计入矩阵乘法的速率。'
  ],
  recurrent_prefill_share: ['矩阵算力利用率，循环层', '预填充时的循环层。'],
  batch_rate_share: ['矩阵乘法速率利用率，批处理', '批处理时行数不多的矩阵乘法，相对于大矩阵乘法的速率。'],
  state_bandwidth_share: ['带宽利用率，循环状态', '批中除第一个以外的每个序列的循环层状态。'],
  sequence_s: ['每个额外序列的固定时间', '批中除第一个以外的每个序列：采样和缓存。'],
  step_overhead_s: ['每步固定时间', '采样、启动和同步。'],
  launch_overhead_s: ['每次启动的固定时间', '一个权重张量的内核启动或线程同步。'],
  row_s: ['每行轮流时间', '解码时线程轮流处理各行，每个输出行所需的时间。未知或单线程时计入速率。'],
  recurrent_layer_s: ['每个循环层的固定时间', '其内核，或往返主机一次。'],
  prefill_step_s: ['每次预填充的固定时间', '一次预填充调用的固定时间。'],
  idle_share: ['可见的空闲功耗比例', '由得出功耗比例的传感器所见。'],
  decode_power_share: ['解码功耗比例', '内存繁忙、每字节只做一次运算时，在空闲与满载功耗之间所占的比例。'],
  work_power_share: [
    '随负载变化的功耗比例',
    '解码时高于空闲的功耗中，随内存繁忙程度和每字节运算量变化的部分。0：尚无人知道。'
  ],
  prefill_power_share: ['预填充功耗比例', '在空闲与满载功耗之间所占的比例。'],
  power_factor: [
    '功耗换算，系数',
    '从设备功耗的测量范围换算到所要求的范围。',
    '换算到更大的范围时为 1 / 电源效率，到更小的范围时为电源效率；范围相同时为 1'
  ],
  power_offset_w: [
    '功耗换算，偏移',
    '从设备功耗的测量范围换算到所要求的范围。',
    '换算到更大的范围时为系统其余部分的功耗除以效率；到更小的范围时减去它；否则为 0'
  ],
  active_share: [
    '线程工作时的功耗比例',
    '少数线程也会让缓存和内存几乎同样忙碌，其核心的频率也更高：功耗的下降慢于线程数。',
    '参与计算的 CPU 核心所占比例（按其速率计）的平方根；不由 CPU 计算时为 1'
  ],
  bandwidth_Bps: ['权重带宽', '这个推理框架在这台设备上读取权重的速度。'],
  state_bandwidth_Bps: ['循环状态带宽', '每步读写批中额外序列的循环层状态的速度。'],
  kv_bandwidth_Bps: ['KV 带宽', '注意力读取 KV 缓存的速度。'],
  decode_weights_per_s: ['每秒权重数，解码', '解包并与一个向量相乘的权重。'],
  prefill_weights_per_s: ['每秒乘加数，预填充', '大矩阵乘法的权重数 x token 数。'],
  decode_attention_flops: ['注意力速率，解码', '对缓存做注意力的运算速率。'],
  prefill_attention_flops: ['注意力速率，预填充', '对提示词做注意力的运算速率。'],
  activations_per_s: ['激活值传递速率，预填充', '提示词的归一化、旋转位置编码、门控和量化。'],
  prefill_recurrent_flops: ['循环层速率，预填充', '循环层处理提示词的运算速率。'],
  idle_w: ['空闲功耗', '所有设备在所标明范围的功耗。'],
  full_w: ['满载功耗', '同一范围的功耗。']
};
