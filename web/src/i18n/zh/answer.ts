import type { answer as English } from '../en/answer';
export const answer: typeof English = {
  verdict: {
    runs_well: '运行流畅',
    runs_slowly: '能运行，但较慢',
    likely_fits: '很可能装得下',
    with_host: '能运行，但部分放在主机上',
    does_not_run: '无法运行',
    unknown: '未知'
  },
  sentence: {
    runs_well: '{model} 需要 {memory}，{device} 有 {usable} 可用。',
    runs_slowly: '{model} 需要 {memory}，{device} 有 {usable} 可用。',
    likely_fits: '{model} 需要 {memory}，最多 {high}，{device} 有 {usable} 可用。',
    with_host: '{model} 需要 {memory}，但 {device} 只有 {usable} 可用。',
    does_not_run: '{model} 需要 {memory}，但 {device} 只有 {usable} 可用。',
    unknown: '无法算出 {model} 在 {device} 上的内存占用或速度。',
    slowDecode: '这比人的阅读速度慢。',
    slowTtft: '首个 token 要等 {time}。',
    speed: '每秒生成 {rate} 个 token，瓶颈是{bound}。',
    speedRange: '每秒生成 {rate} 个 token（{low} 到 {high}），瓶颈是{bound}。',
    speedUnknown: '速度未知。',
    paging: '如果每个 token 都从存储中重新读取权重，每个 token 大约需要 {time}。',
    host: '{layers} 层中放得下 {n} 层，其余留在主机上。',
    experts: '{layers} 层中有 {n} 层的专家留在主机上。',
    hostUnknown: '放不下的部分留在主机上。',
    out_of_memory: '加载时会耗尽内存。'
  },
  bounds: {
    bandwidth: '内存带宽',
    compute: '算力',
    'fixed cost': '固定开销',
    unknown: '未知因素'
  },
  boundsShort: { bandwidth: '带宽', compute: '算力', 'fixed cost': '固定开销', unknown: '未知' },
  sure: {
    corrected: '已用您的实测值校正',
    correctedText: '其余结果按您的数值同步调整。',
    measured: '在这台设备上实测',
    measuredText: '由设备所有者用这个推理框架实测。',
    fitted: '由 {n, plural, other {#}} 个公开配置拟合',
    fittedText: '这些配置是在这台设备上用这个推理框架测得的。',
    related: '由相似设备估算',
    relatedText: '没有这一组合的实测数据，参数取自同类设备。',
    datasheet: '仅依据数据手册',
    datasheetText: '没有测过类似的组合：请只当作数量级参考。',
    interval: '范围覆盖约 80% 的留出测量值。'
  },
  how: {
    computed: '计算',
    corrected: '校正',
    measured: '实测',
    fitted: '拟合',
    estimated: '估算'
  },
  origins: {
    title: '数据由谁、何时得出',
    speed: '速度',
    power: '功耗与能耗',
    memory: '内存',
    device: '设备数据',
    corrected: '已用您对这台设备的实测值校正',
    measured: '由设备所有者实测：{n, plural, other {#}} 个配置',
    microbenchmarks: '由设备所有者用微基准测试实测；语言模型能达到其中多少，取自相似设备',
    rows: '{n, plural, other {#}} 条',
    more: '以及另外 {n, plural, other {#}} 个来源',
    on: '{date}',
    by: '使用 {tool}',
    fitted: '由他人公开的 {n, plural, other {#}} 个配置拟合',
    related: '用同类其他设备拟合出的参数估算',
    datasheet: '由数据手册和推理框架的默认参数估算',
    powerMeasured: '由设备所有者实测',
    powerFitted: '由公开的测量值拟合',
    powerEstimated: '由设备数据中的空闲功耗和负载功耗估算',
    sensor: '读数来自 {source}',
    scope: {
      wall: '插座处测得的整机功耗',
      module: '开发板或模组，不含电源',
      soc: '仅芯片供电轨',
      gpu: '仅显卡'
    },
    covers: '范围：{scope}',
    memoryText: '由模型结构和量化的字节数算出，其中没有任何数值是针对设备拟合的。',
    groups: {
      memory: '内存',
      cpu: '处理器',
      gpu: 'GPU',
      npu: 'NPU',
      power: '功耗',
      price: '价格'
    },
    confidence: {
      read: '直接取自资料',
      derived: '由资料推导',
      assumed: '假设',
      mixed: '部分为假设'
    },
    known: '{group}：{confidence}。',
    bundled: '来自本页面的预设，版本 {revision}。',
    own: '来自您自己的文件，未经审核。',
    foreign: '来自 {host}，未经本页面的任何人审核。'
  },
  ways: {
    kinds: {
      kv_cache: 'KV 缓存 {kv_quant}',
      context: '上下文 {context}',
      batch: '并发请求 {batch, plural, other {#}} 个',
      session: '不使用桌面',
      gpu_memory: '划给 GPU {gpu_memory_gib} GiB',
      power_mode: '功耗模式 {power_mode}'
    },
    title: '可行的办法',
    label: '{label}：{verdict}',
    numbers: '{memory}，{speed}'
  },
  big: {
    label: '关键数值',
    memory: '内存',
    memoryNote: '可用 {usable}',
    ttft: '首个 token 延迟',
    ttftNote: '以 {rate} 读入 {n} 个 token',
    speed: '解码速度',
    speedNote: '每个 token {time}',
    speedNoteBatch: '每步 {time}，共 {n} 个请求',
    energy: '每 token 能耗',
    energyNote: '生成时 {power}',
    range: '{low} 到 {high}',
    needs: '还需要 {fields}',
    why: '为什么：{label}'
  },
  actions: {
    label: '操作',
    pin: '加入对比',
    pinned: '已加入对比',
    pinFull: '已有四个对比项',
    link: '复制链接',
    command: '复制为命令',
    export: '导出',
    json: 'JSON，完整结果',
    csv: 'CSV，全部项',
    markdown: 'Markdown 表格',
    embed: '嵌入代码',
    preset: '设备预设',
    copied: '已复制。',
    commandWith: '已复制。命令会从 {file} 读取设备，请把文件放在那里。',
    linkWithout: '已复制，但链接无法包含 {name}，请把文件一起发送。',
    copyFailed: '浏览器不允许复制。内容如下：',
    saved: '已保存为 {name}。',
    use: '在计算器中打开 {name}'
  }
};
