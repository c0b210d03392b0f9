import type { catalogs as English } from '../en/catalogs';
export const catalogs: typeof English = {
  title: '设备目录',
  text: '目录列出他人实测过的设备。目录地址保存在这个浏览器里，每次打开页面时都会重新读取。',
  label: '目录地址',
  add: '添加',
  again: '刷新',
  remove: '移除',
  loading: '正在加载…',
  count: '列出 {n, plural, other {#}} 台设备。',
  failed: '无法使用：{reason}',
  noAddress: '这不是地址：地址以 https:// 开头。'
};
