import type { Sections } from '../sections';

export const embed: Sections['embed'] = {
  open: '在 Edgewise 中打开',
  unavailable: '没有这项估算。',
  address: '其他地址上的设备只能在完整页面中显示。',
  missing: '必须指明：{names}。',
  unknownKeys: '没有这样的设置：{keys}。',
  badValue: '“{value}”不能作为 {key} 的值。',
  revision: '它是为预设数据 {wanted} 编写的；本站的数据是 {present}。',
  badVersion: '这个链接由另一个版本（{v}）的页面生成。',
  tokens: '输入 {prompt} 个 token，输出 {generate} 个',
  depth: '缓存中已有 {n} 个 token',
  batch: '同时 {n} 个序列',
  context: '分配 {n} 个 token 的上下文',
  data: 'Edgewise {version}，预设 {revision}（{date}）',
  dataUndated: 'Edgewise {version}，预设 {revision}'
};
