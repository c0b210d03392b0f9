import type { page as English } from '../en/page';
export const page: typeof English = {
  name: 'Edgewise',
  tagline: '这台设备跑得动这个大语言模型吗？',
  title: { calculator: '{device} 上的 {model} · Edgewise', other: '{view} · Edgewise' },
  units: { label: '内存单位' },
  newer: { here: '有新版本可用。', take: '重新加载' },
  skip: '跳到结果',
  nav: {
    label: '视图',
    calculator: '计算器',
    explore: '探索',
    compare: '对比',
    method: '计算方法',
    accuracy: '准确度'
  },
  lede: {
    explore:
      '这台设备能运行哪些模型、哪些设备能运行这个模型、每种量化的代价如何，都在您设定的限度之内。这里已知的一切都会在您的浏览器中逐一计算。',
    compare: '把模型、设备和设置并排比较：能否装下、速度多快、占用多少内存和能耗，以及每个答案有多可靠。'
  },
  theme: { toLight: '切换到浅色主题', toDark: '切换到深色主题' },
  loading: '正在加载计算引擎…',
  loadingDevice: '正在加载设备…',
  failed: '计算引擎无法启动：{message}',
  retry: '重试',
  partFailed: '页面的一部分无法加载：{message}。如果一直这样，请重新加载页面。',
  more: '显示更多',
  close: '关闭',
  unknown: '未知',
  none: '无',
  unitWords: { tokens: 'token', days: '天' },
  defaultMark: '{name}（默认）',
  announce: '{verdict}。{sentence}{speed}',
  announceError: '无法计算：{message}',
  asSentence: '{text}。',
  between: '',
  comma: '，',
  semicolon: '；',
  colon: '{label}：{value}',
  notes: {
    badVersion: '这个链接由另一个版本（{v}）的页面生成，当前页面无法读取，因此显示默认设置。',
    otherPresets: '生成这个链接时使用的预设数据与现在不同，数值可能与当时看到的不一样。',
    unknownKeys: '链接中还有本页面不认识的设置：{keys}。这些设置会原样保留。',
    replaced: '链接中的{what}“{id}”没有采用，已改用默认值：{why}',
    absent: '这里没有它',
    badValue: '链接中 {key} 的值“{value}”无效，已改用默认值。',
    error: '无法计算'
  },
  footer: {
    privacy:
      '您输入的内容不会离开本页面，也没有任何跟踪。只有您、链接或本站指定的设备和目录，才会向其他服务器请求。',
    counts: '{models} 个模型，{devices} 台设备，{runtimes} 个推理框架，{quantizations} 种量化。',
    version: '版本 {version}，预设 {revision}。'
  }
};
