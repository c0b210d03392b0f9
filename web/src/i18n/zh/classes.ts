import type { classes as English } from '../en/classes';
export const classes: typeof English = {
  sbc: '单板计算机',
  jetson: 'NVIDIA Jetson',
  'npu-module': 'NPU 模组',
  automotive: '车载',
  phone: '手机',
  tablet: '平板电脑',
  handheld: '掌机',
  laptop: '笔记本电脑',
  'laptop-dgpu': '笔记本显卡',
  mac: 'Mac',
  'mini-pc': '迷你主机',
  desktop: '台式机',
  dgpu: '桌面显卡',
  'dc-gpu': '数据中心 GPU',
  'server-cpu': '服务器'
};
