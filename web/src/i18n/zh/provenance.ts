import type { provenance as English } from '../en/provenance';
export const provenance: typeof English = {
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
  split: '估算：设备用其实测数据，其余参与部分取自数据手册',
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
};
