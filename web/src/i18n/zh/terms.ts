import type { TermWords } from '../sections';
import { inputs } from './terms-inputs';

/** The engine's terms: label, note, and the definition where that is in words. */
export const terms: Record<string, TermWords> = {
  ...inputs,
  tower_B: ['编码器', '权重的一部分。', '图片和音频编码器的权重，如果推理框架会加载它们'],
  host_weights_B: [
    '主机上的权重',
    '输入词嵌入的查找表。',
    '推理框架留在主机内存中的输入词嵌入表；llama.cpp 还包括共享的词嵌入表'
  ],
  weight_copies_B: [
    '权重副本',
    '推理框架保存了两份的部分。',
    'embedding_tables x 2 x 词表大小 x 隐藏维度，减去文件中的一张表；如果 llama.cpp 的主机要在共享的输出矩阵中查找 token，或内核要重排它，则再加一份；以及从文件映射的专家'
  ],
  weights_B: ['权重', '设备内存中的权重；推理框架会加载编码器时也包括编码器。'],
  kv_B_per_token: [
    '每 token 的 KV 缓存',
    '上下文每增加一个 token 的占用。MLA 层缓存潜向量和旋转键。',
    '各注意力层的 2 x KV 头数 x 头维度 x kv_B_per_element 之和'
  ],
  kv_cache_B: [
    'KV 缓存',
    '精确值。推理框架支持时，滑动窗口层只保存窗口内的部分；交叉注意力层保存图片。',
    '序列数或槽位数 x 各注意力层的缓存 token 数 x 每 token 元素数 x kv_B_per_element 之和'
  ],
  recurrent_state_B: [
    '循环状态',
    '不随上下文增长。',
    '序列数或槽位数 x 线性注意力、Mamba 和卷积层的状态，float32'
  ],
  compute_buffer_B: [
    '计算缓冲区',
    '最宽一步所需的临时空间。',
    'llama.cpp：max(4 n (词表大小 + 隐藏维度), 未开启 Flash Attention 时 4 n 上下文 (头数 + 1))，n = 微批大小；transformers：2 x 提示词 x 词表大小；会预留内存的推理框架：activation_B 和已捕获的图；其他：按推理框架的内存字段计算激活值、logits 和词表'
  ],
  host_compute_B: [
    '主机计算缓冲区',
    '掩码和嵌入后的提示词。',
    'llama.cpp 与设备配合时：4 n (各注意力掩码的单元数 + 隐藏维度)，n = 微批大小；如果 Q 和 KV 经过主机，再加 4 n (q + 2 kv)；否则为 0'
  ],
  runtime_reserve_B: ['推理框架占用', '推理框架的库、运行上下文和分配器。'],
  memory_B: ['内存', '推理框架在峰值时分配的全部内存。'],
  model_load_B: ['加载后内存', '加载权重之后、分配上下文之前的内存。'],
  memory_share: ['内存使用率', '大于 1 表示装不下。'],
  free_B: ['空闲内存', '留给其他程序的内存；装不下时为负。'],
  max_context_tokens: [
    '最大上下文',
    '不超过模型自身的上限。',
    '满足 memory_B <= devices x usable_B 的最大上下文'
  ],
  max_batch: [
    '最大批大小',
    '在当前上下文下；一个也放不下时为 0；最多搜索到 4,096。',
    '满足 memory_B <= devices x usable_B 的最大序列数'
  ],
  layers_on_device: [
    '设备上的层数',
    '其余的层由主机计算。',
    '按 gpu_layers 的设置；否则在 memory_B 超过 devices x usable_B 时取放得下的层数：优先把专家留在主机上'
  ],
  expert_layers_on_device: [
    '专家在设备上的层数',
    '含路由专家的层中，专家放在设备上的层数。',
    '按 cpu_moe 的设置；否则取放得下的层数'
  ],
  device_memory_B: ['设备内存占用', '所有设备合计。', '每台设备的 memory_B，减去主机保存的权重和缓存'],
  host_memory_B: [
    '主机内存占用',
    '由主机核心计算的部分和查找表。',
    'host_weights_B + host_compute_B，再加上不在设备上的层和专家的权重与缓存'
  ],
  unplaced_B: [
    '没有内存可放的部分',
    '推理框架支持时，每个 token 都要从存储中重新读取；否则无法运行。',
    'max(0, memory_B - usable_B)；放在主机上时为超出 host_usable_B 的部分'
  ],
  slot_context_tokens: [
    '每个槽位的上下文',
    '一个序列可用的长度。',
    'context_tokens 平均分给各槽位，除非它们共用一个缓存'
  ],
  activation_B: [
    '激活值',
    '计算缓冲区的一部分：试运行时的峰值。',
    '推理框架预留内存时为 max(2 x batched_tokens x (3 x 中间维度 + 3 x 隐藏维度), 每个 logit 的临时空间 x max_sequences x 词表大小)，否则为 compute_buffer_B'
  ],
  reserved_B: [
    '预留内存',
    '推理框架启动后占用的内存，即 nvidia-smi 显示的数值。',
    '推理框架预留内存时为驱动可见内存的 reserve_share，否则为 memory_B'
  ],
  cache_B: ['缓存可用空间', '预留内存中剩下的部分；权重放不下时为负。'],
  cache_tokens: ['缓存 token 数', '所有序列合计。', 'context_tokens x cache_B / 单个序列的缓存，按整块计'],
  concurrency: ['并发数', '缓存能容纳的完整上下文的序列数。'],
  draft_B: [
    '草稿模型',
    '不用推测解码时为 0。',
    '草稿模型的权重、KV 缓存、状态和计算缓冲区；草稿头共用词嵌入和输出层'
  ],
  repacked_B: ['重排的权重', '加载时再写一遍。', '加载时改写成内核所需布局的那些格式的权重'],
  upload_s: ['复制到加速器', '在加载时。', '加速器自带显存时为设备上各层的权重 / host_link_Bps，否则为 0'],
  load_cold_s: ['冷启动加载', '首次从存储加载。'],
  load_warm_s: ['热启动加载', '文件已在页面缓存中：复制一遍，即读和写各一次。'],
  vision_s: [
    '视觉编码时间',
    '图片的编码。',
    '预填充明细中的视觉编码器：对 images x batch x vision_ops_per_image 按 tpot_mean_s 的方法计算，编码器的权重只读一次'
  ],
  audio_tower_s: [
    '音频编码时间',
    '音频的编码。',
    '预填充明细中的音频编码器：对 batch x audio_ops 按 vision_s 的方法计算'
  ],
  host_s: [
    '主机耗时',
    '每 token 时间的一部分。',
    '主机所持各层和专家的一个解码步，按 tpot_mean_s 的方法以主机的速率计算'
  ],
  crossing_s: [
    '交接耗时',
    '每 token 时间的一部分。',
    '处理器之间每次交接：batch x 隐藏维度 x 4 字节 / host_link_Bps，再加一段固定时间'
  ],
  paging_s: [
    '换页耗时',
    '每 token 时间的一部分。',
    '没有内存可放的层和专家在一步中要读取的字节数 / storage_Bps；推理框架不支持时为未知'
  ],
  ttft_s: [
    '首个 token 延迟',
    'TTFT：从收到提示词到得出最后一个 logits；没有提示词时为一步解码，有提示词时也不少于此。每个算子的耗时按 tpot_mean_s 的方法计算；激活值传递速率已知时，再加 prompt_tokens x batch x activations / activations_per_s。'
  ],
  prefill_tok_s: ['预填充速度', '每秒处理的提示词 token 数。'],
  tpot_start_s: [
    '每 token 时间，开头',
    '回答开头的 TPOT。',
    '与 tpot_mean_s 相同，缓存中为 depth_tokens + prompt_tokens'
  ],
  tpot_mean_s: [
    '每 token 时间',
    '回答中点的 TPOT，也就是平均值，因为每一步的时间与上下文成线性关系。每个算子耗时 sqrt((字节数 / 带宽)^2 + (权重数 / 速率)^2)；再加固定时间，如果由解释器发起启动，则取两者中较长的。'
  ],
  tpot_end_s: [
    '每 token 时间，结尾',
    '回答结尾的 TPOT。',
    '与 tpot_mean_s 相同，缓存中为 depth_tokens + prompt_tokens + generated_tokens 去掉最后一个'
  ],
  decode_tok_s: ['解码速度', '所有序列合计。'],
  total_latency_s: ['总延迟', '从收到提示词到最后一个 token。'],
  throughput_tok_s: ['吞吐量', '按实际经过的时间计算，包括预填充。'],
  tokens_per_step: [
    '每步 token 数',
    '每个序列；不用推测解码时为 1。',
    '(1 - acceptance^(draft_tokens + 1)) / (1 - acceptance)'
  ],
  draft_token_s: [
    '起草一个 token 的时间',
    '推测解码中一步的一部分。',
    '草稿模型的一个解码步，按 tpot_mean_s 的方法计算；不用推测解码时为 0'
  ],
  verify_s: [
    '验证时间',
    '推测解码中一步的一部分。',
    '一个解码步，按 tpot_mean_s 的方法计算，每个序列有 draft_tokens + 1 个 token：权重和缓存只读一次，专家取它们涉及的全部专家'
  ],
  speculation_speedup: [
    '推测解码的加速比',
    '相对于不用推测解码的解码速度；小于 1 则不划算。',
    'tokens_per_step x sum(decode.total_s) / (draft_tokens x draft_token_s + verify_s)；不用推测解码时为 1'
  ],
  draft_prefill_s: [
    '草稿模型的预填充',
    '首个 token 延迟的一部分。',
    '草稿模型也要读入提示词，按 ttft_s 的方法计算；不用推测解码时为 0'
  ],
  first_step_s: [
    '首个 token 的解码步',
    '首个 token 延迟的一部分。',
    '没有内容可读时为 tpot_start_s；有提示词时为 0，由其最后的 logits 得出首个 token'
  ],
  link_token_s: [
    '每 token 的网络时间',
    '比每 token 时间长时，由它决定速度。',
    'batch x 250 B（流式传输一个 token 的事件）/ link_Bps；未设置时为 0'
  ],
  network_s: [
    '网络时间',
    '请求发出和首个 token 返回所用的时间；不计图片和音频。',
    'link_rtt_s + link_token_s + batch x (1000 B 请求头 + 每个文本 token 4 B) / link_Bps；未设置时为 0'
  ],
  decode_bytes: ['每步字节数', '一步的内存访问量。'],
  decode_operations: ['每步运算量', '一个解码步的运算量。'],
  arithmetic_intensity: ['计算强度，解码', '低于屋顶线的拐点时，瓶颈是内存。'],
  prefill_operations: ['预填充运算量', '处理提示词的运算量。'],
  prefill_intensity: ['计算强度，预填充', '预填充时每字节对应的运算量。'],
  decode_bandwidth_share: ['带宽利用率', '占可达到带宽的比例；接近 1 时，瓶颈是内存。'],
  decode_activity: [
    '解码活动度',
    '高于空闲的功耗，相对于内存繁忙且每字节只做一次运算时。',
    '1 - work_power_share + work_power_share x（设备工作时间中内存繁忙的比例，内存降频时更低）的平方根 x arithmetic_intensity 的八次方根'
  ],
  host_w: [
    '主机功耗',
    '设备所在主机的功耗。',
    '主机核心计算时高于空闲的功耗；不参与计算或只计显卡功耗时为 0'
  ],
  decode_w: [
    '解码功耗',
    '生成时的功耗；主机也参与计算时，为设备功耗加上主机高于空闲的功耗。',
    'idle_w + (decode_power_share x decode_activity x active_share x (full_w - idle_w) x (tpot_mean_s - host_s - paging_s) + host_w x host_s) / tpot_mean_s；各项比例之积不超过满载；多台设备各持有若干层时，同一时刻只有一台在工作'
  ],
  prefill_w: [
    '预填充功耗',
    '读入提示词时的功耗。',
    'idle_w + prefill_power_share x active_share x (full_w - idle_w)；各持有若干层时，只计一台高于空闲的功耗'
  ],
  mean_w: ['平均功耗', '一次请求的平均值，包括等待网络时的空闲。'],
  energy_per_token_J: ['每 token 能耗', '一个生成的 token，不含预填充。'],
  prefill_energy_J: ['预填充能耗', '读入提示词。'],
  request_energy_J: ['每次请求能耗', '批中所有序列合计，不含等待网络时的空闲能耗。'],
  energy_Wh_per_Mtok: ['每百万 token 能耗', '按生成的 token 计，包括其提示词。'],
  tokens_per_J: ['每焦耳 token 数', '按生成的 token 计，包括其提示词。'],
  busy_share: [
    '每天工作时间占比',
    '未设置请求数时，视为一直工作。',
    'min(1, requests_per_day x total_latency_s / 86400)；未设置请求数时为 1'
  ],
  requests_per_battery: ['每次充电的请求数', '电池充满一次可以回答的请求数。'],
  battery_h: ['续航', '按所设的每天请求数，或一直工作。'],
  electricity_usd_per_Mtok: ['每百万 token 的电费', '仅电费。'],
  device_usd_per_Mtok: ['每百万 token 的设备成本', '分摊到设备寿命。'],
  usd_per_Mtok: ['每百万 token 的成本', '可与 API 的价格比较。'],
  saved_usd_per_Mtok: ['相比 API 的节省', '每百万 token；API 更便宜时为负。'],
  co2e_g_per_Mtok: ['每百万 token 的碳排放', '仅计用电，以二氧化碳当量计；不含设备制造。']
};
