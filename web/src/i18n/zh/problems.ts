import type { Problems as English } from '../sections';

/**
 * What the engine says, by the code of a problem and the names of its values: `code:name,name`, names sorted; with `@path`
 * where it is of one field alone. What has only its code here is said by that, with {message} where the engine's own words
 * say more.
 */
const messages: Record<string, string> = {
  // of what was stated of a device, whatever it is
  statement: '“{statement}”：{text}',

  // warnings of an answer
  'beyond_context:positions': '上下文超出了模型的 {positions} 个位置',
  'converted:file,quant': '文件中是 {file}；这里显示的是转换为 {quant} 之后的结果',
  'approximate_size:quant': '{quant} 按文件选择各张量的类型：大小为典型值，并非精确值',
  no_vision: '这个模型没有视觉编码器，图片不计入',
  no_audio: '这个模型没有音频编码器，音频不计入',
  'special_build:build,format': '{format} 格式的 KV 缓存需要 {build}',
  'no_effect@gpu_memory_gib': '这里没有使用共享内存的 GPU 参与计算',
  'too_many:cores,device,threads':
    '{device} 只有 {cores} 个核心，却设置了 {threads} 个线程：速度按每个核心一个线程计算',
  'no_effect:device': '系统在该会话中占用 {device} 的多少内存未知',
  'no_effect@threads': '这里不由 CPU 计算',
  no_effect: '全部由 CPU 计算，无需分配层',
  'no_effect:model': '{model} 没有路由专家',
  'no_effect:option,runtime': '{runtime} 没有 {option} 这个选项',
  'no_effect:option,part': '{option} 不起作用：这里没有{part}',
  'on_host:itself': '模型的一部分由 {itself} 的 CPU 处理，两者共用内存：速度和时间为两者合计',
  'on_host:host': '模型的一部分放在 {host} 上：速度和时间为两者合计',
  'on_host:host_of_card': '模型的一部分放在 {host_of_card} 上：速度和时间为两者合计，功耗和能耗仅计显卡',
  'unknown_tower:kind,what': '模型的{what}编码器（{kind}）结构未知：其权重和运算量未知',
  'elsewhere:of,statement': '“{statement}”属于 {of}，不用于校正这里的结果',
  'contradiction:statement,would': '“{statement}”与其他已知数值不一致：按其他数值应为 {would}',
  'refuses_to_start:asked,free,option,runtime,share':
    '{runtime} 要求 {asked}，而空闲内存只有 {free}，因此无法启动；{option} 不超过 {share} 即可启动',
  'encoder_profile:runtime':
    '{runtime} 还会为模型可接受的最大图片预留内存，这里没有计入；启动时关闭图片则不会预留',
  'isa_unknown:device': '{device} 未写明向量扩展（isa）：其 CPU 可能快上数倍',
  'media_unmeasured:runtime': '没有人在这里用 {runtime} 测过图像或音频：其耗时是算出来的',
  ternary: '只有为此训练、或带有相应专家的模型才有这种量化',
  'published_otherwise:other,quant,runtime':
    '该模型以 {quant} 发布，而 {runtime} 在这块 GPU 上不能运行它：需要有人另行制作 {other}',
  'drafts_slow:rate': '在这里起草反而更慢：不起草时每秒写 {rate} 个 token',
  'context_compiled:runtime,tokens':
    '{runtime} 的模型按 {tokens} 个 token 编译：这里需要按更长上下文编译的模型',
  architecture_unlisted: '这里已知的推理框架都没有实现该架构：数字以有框架实现了它为前提',
  flash_attention_speed: '这里启用与否速度相同，内存不同',
  'mode_clocks_unknown:mode,share':
    '没有人写明 {mode} 的时钟频率：其功率预算为全部的 {share}%，这里假定频率像其他开发板那样随之下降',
  power_scope: '功耗和能耗取自传感器所读的一路供电；整个模组的功耗更高',
  'power_scope:from,to': '功耗和能耗按同类设备的常见结构，从{from}换算到{to}',
  'prefill_unmeasured:runtime':
    '没有人测量过 {runtime} 在这台设备上处理提示词的速度：预填充和首个 token 的时间取自同类设备',
  'decode_unmeasured:runtime': '没有人测量过 {runtime} 在这台设备上的生成速度：速度取自同类设备',
  power_range: '无法确定到两倍以内的功耗和能耗只给出范围',

  // what a question cannot be
  'unknown_id:name,what': '没有名为“{name}”的{what}',
  'unknown_id:name,near,what': '没有名为“{name}”的{what}；您是指 {near} 吗？',
  'ambiguous_id:name,near': '“{name}”可能指多个对象；您是指 {near} 吗？',
  'unknown_id:id': '“{id}”尚未加载',
  'unknown_id:device,mode': '{device} 没有功耗模式“{mode}”，也没有其他功耗模式',
  'unknown_id:device,mode,modes': '{device} 没有功耗模式“{mode}”；可选：{modes}',
  'unknown_id:format': '“{format}”不是 KV 缓存可用的格式',
  'inconsistent:model': '{model} 缺少层数或维度',
  'unsupported:device,launcher': '{launcher} 在 {device} 上没有可启动的推理框架',
  'unsupported:device,processor,runtime': '{runtime} 不能在 {device} 上运行：没有 {processor}',
  'unsupported:class,device,runtime': '{runtime} 不能在 {device} 上运行：不支持其 {class}',
  'unsupported:device': '没有推理框架能在 {device} 上运行',
  'unsupported:device@devices': '{device} 本身就是一台计算机：多台之间的连接方式未知',
  'unsupported:runtime@devices': '{runtime} 只用一个 CPU 计算：不能联合多台设备',
  'unsupported:class': '“{class}” 的输出层用于给文本评分，不生成文本',
  'unsupported:device@host': '{device} 本身就是主机',
  'unsupported:architecture,runtime': '未知 {runtime} 能否运行 {architecture}',
  'unsupported:architecture,other,runtime': '未知 {runtime} 能否运行 {architecture}；{other} 可以',
  'unsupported:quant,runtime': '{runtime} 不能运行 {quant}',
  'unsupported:other,quant,runtime': '{runtime} 不能运行 {quant}；{other} 可以',
  'unsupported:capability,quant,runtime': '{runtime} 在计算能力低于 {capability} 的 GPU 上不能运行 {quant}',
  'unsupported:capability,other,quant,runtime':
    '{runtime} 在计算能力低于 {capability} 的 GPU 上不能运行 {quant}；{other} 可以',
  'unsupported:device,quant': '{device} 上没有推理框架能运行 {quant}',
  'unsupported:family,other,quant,runtime':
    '{runtime} 不能运行文件中的 {quant}（{family}）；选择它支持的量化（例如 {other}），可以得到转换后的结果',
  'unsupported:format,formats,runtime': '{runtime} 没有 {format} 格式的 KV 缓存；可选：{formats}',
  'unsupported:keys,runtime,values':
    '{runtime} 在没有 Flash Attention 时不接受 {values} 格式的 V：请把 flash_attention 设为 1，或只量化 K（k:{keys},v:f16）',
  'unsupported:device,processor': '没有人公布过 {device} 的 {processor} 供电轨读数',
  'unsupported:device,scope': '无法把 {device} 的功耗换算到{scope}：没有说明其功耗的测量范围',
  'unsupported:device,from,scope': '无法把 {device} 的功耗从{from}换算到{scope}',
  'unsupported:host,runtime': '{host} 没有 {runtime} 可用的处理器',
  'unsupported:runtime': '{runtime} 使用设备自己的核心计算',
  'unsupported:gpu_runtime': '{gpu_runtime} 不会把模型的一部分留给主机',
  'unsupported:model': '{model} 没有用于预测后续 token 的头',
  'unsupported:runtime@mtp': '{runtime} 不使用模型自带的头起草',
  'unsupported:runtime@draft_model': '{runtime} 不支持草稿模型',
  'unsupported@kv_quant': 'KV 缓存格式随推理框架而定',
  'inconsistent@draft_quant': '需要与 draft_model 或 mtp 一起使用',
  'inconsistent@task': '需要与 draft_model 或 mtp 一起使用',
  'inconsistent@mtp': '不能与 draft_model 同时使用',
  'inconsistent:of_model,vocabulary':
    '草稿模型的词表大小为 {vocabulary}，而模型的为 {of_model}：无法验证草稿',
  'unknown_word:is': '是“{is}”，必须是 headless 或 desktop',
  'unknown_word:is@power_scope': '是“{is}”，必须是 rail、soc、module、gpu 或 wall',
  'unknown_word:is,words': '是“{is}”，必须是以下之一：{words}',
  'out_of_range:max,whole_min': '必须是 {whole_min} 到 {max} 之间的整数',
  'out_of_range:is,max,whole_min': '是 {is}，必须是 {whole_min} 到 {max} 之间的整数',
  'out_of_range:max,min': '必须是 {min} 到 {max} 之间的数字',
  'out_of_range:is,max,min': '是 {is}，必须是 {min} 到 {max} 之间的数字',
  'out_of_range@prompt': '提示词和生成都是 0，没有什么可计算的',
  'out_of_range:slots': '超过了 parallel 的 {slots} 个槽位',
  'out_of_range:is,slots,tokens':
    '{slots} 个槽位共 {is}，不够每个槽位容纳已有上下文、提示词和生成；需要 {tokens}',
  'out_of_range@context': '小于已有上下文、提示词和生成的总和，图片和音频也包括在内',

  // what is edited of a device
  'out_of_range:is,max,min,unit': '是“{is}”，必须是 {min} 到 {max} {unit} 之间的数字',
  'wrong_type:is,unit': '是“{is}”，必须是以 {unit} 为单位的数字',
  'wrong_unit:is,unit': '是“{is}”，必须是以 {unit} 为单位的数字',
  'missing:example,is': '是“{is}”，应写成“字段=值”的形式，例如 {example}',
  'duplicate:field': '{field} 修改了两次',
  'unknown_key:fields': '不是可以修改的字段；可选：{fields}',
  'unsupported:lacking': '{lacking} 没有这个字段所属的部件',
  'inconsistent:idle': '小于系统空闲时占用的 {idle}',
  'inconsistent:full,idle': '空闲功耗 {idle} 高于满载功耗 {full}',
  'inconsistent:budget,idle,mode': '空闲功耗 {idle} 高于功耗模式 {mode} 的上限 {budget}',
  'inconsistent:storage': '没有人说明 {storage} 在这里有多快：请同时修改 storage.read_mb_s',

  // what cannot be searched for
  'missing:member,what': '无法据此筛选：没有任何{what}带有“{member}”字段',
  'unknown_id:benchmark,benchmarks': '没有“{benchmark}”的分数；可选：{benchmarks}',
  'unknown_id@benchmark': '没有载入任何分数',
  'missing@benchmark': '必须填写：不同基准测试的分数不能合成一个质量',

  // numbers that are known of a device
  'missing:statement': '“{statement}”中没有数值，应写成 decode=11.2 这样的形式',
  'missing:key,statement': '“{statement}”：{key} 为空',
  'out_of_range:key,statement,whole_min': '“{statement}”：{key} 必须是不小于 {whole_min} 的整数',
  'out_of_range:statement,time': '“{statement}”：{time} 必须是数字，以 ms 为单位，或写明单位（1.2s）',
  'out_of_range:number,statement': '“{statement}”：{number} 必须是数字',
  'out_of_range:key,statement': '“{statement}”：{key} 必须大于 0',
  'unknown_word:key,statement':
    '“{statement}”：“{key}”不是 decode、prefill、ttft、tpot、power、energy、prompt、generate、depth、batch、threads、kv、device、power_mode、runtime 之一',
  'duplicate_key:statement': '“{statement}”中有两个数值，请用 ; 隔开',
  'unsupported:key,statement': '“{statement}”：{key} 由算术得出，不能用实测值校正',
  'out_of_range:best,statement':
    '“{statement}”不可能：即使设备全速工作也只有 {best}；它是否属于其他模型、设备或单位？',
  'out_of_range:most,statement':
    '“{statement}”不可能：该设备最多消耗 {most}；它是否属于其他设备、范围或单位？',
  'out_of_range:likely,statement':
    '“{statement}”与预计的 {likely} 相差太远；它是否属于其他模型、设备或单位，或当时正在换页？',
  'inconsistent:statement': '“{statement}”：设备装不下整个模型，测得的速度不是设备自身的速度',
  'unsupported:statement': '“{statement}”：没有办法预测这台设备的这个数值',
  'unsupported:lacks,statement': '“{statement}”：没有办法预测这台设备的这个数值，缺少 {lacks}',
  'too_large:most': '超过 {most} 个数值',

  // files
  'wrong_type:is,must': '必须是{must}，现在是{is}',
  'out_of_range:is,min': '是 {is}，必须不小于 {min}',
  'out_of_range:is': '是 {is}；未知时请删去',
  'out_of_range:above': '含有大于 {above} 的数字',
  'too_many:most': '超过 {most} 个',
  'unknown_key:near': '不是字段；您是指“{near}”吗？',
  unknown_key: '不是字段',
  missing: '必须填写',
  not_whole: '必须是整数',
  void: '没有内容，请删去',
  repeated: '重复出现',
  bad_id: '不是有效的 id：{message}',
  bad_date: '必须是日期，例如 2026-01-31',
  duplicate_key: '重复出现：{message}',
  'unsupported:kind,why': '“{kind}”不是生成文本的解码器模型（{why}）',
  'unsupported:type': '没有名为“{type}”的架构',
  'unsupported:near,type': '没有名为“{type}”的架构；您是指 {near} 吗？',
  'missing:parts,read': '文件共分 {parts} 部分，只读到 {read} 部分；其余部分或其文件头也需要',
  'adapter:base': '是 {base} 的适配器（LoRA）：请导入该模型本身',
  adapter: '是其他模型的适配器（LoRA）：请导入那个模型本身',
  projector: '是模型中处理图像或音频输入的部分（mmproj）：请导入模型本身的文件',
  no_model: '是重要性矩阵（imatrix），不含权重',
  'missing@config.json': '需要与权重放在一起：它说明权重是什么',
  syntax: '无法读取：{message}',
  wrong_type: '类型不对：{message}',
  out_of_range: '超出范围：{message}',
  inconsistent: '互相矛盾：{message}',
  unsupported: '不支持：{message}',
  unknown_id: '不认识这个 id：{message}',
  unknown_word: '不认识这个词：{message}',
  truncated: '文件不完整：{message}',
  too_many: '错误太多，没有全部列出',
  too_large: '太大：{message}',
  too_deep: '嵌套超过 64 层',
  not_finite: '数字超出可表示的范围：{message}',
  reference: '引用的对象不存在：{message}',
  physics: '不符合物理规律：{message}',
  source: '缺少来源：{message}',
  name: '名称不对：{message}',
  duplicate: '重复：{message}',
  unknown_format: '不认识这种存储格式：{message}',
  failed: '失败：{message}'
};

const scopes = { rail: '供电轨', soc: '芯片', module: '模组', gpu: '显卡', wall: '整机' };
const kinds = {
  'an object': '对象',
  'an array': '列表',
  'a list': '列表',
  'a list of objects': '对象列表',
  'a text': '文本',
  'a number': '数字',
  'true or false': ' true 或 false',
  null: ' null'
};

export const problems: English = {
  messages,
  words: {
    part: { host: '主机', draft: '草稿', 'second device': '第二个设备', image: '图像' },
    what: {
      model: '模型',
      device: '设备',
      runtime: '推理框架',
      quant: '量化',
      host: '主机',
      draft_model: '草稿模型',
      vision: '视觉',
      audio: '音频'
    },
    from: scopes,
    to: scopes,
    scope: scopes,
    is: kinds,
    must: kinds
  }
};
