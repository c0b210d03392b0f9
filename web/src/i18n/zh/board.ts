import type { board as English } from '../en/board';
export const board: typeof English = {
  title: '这块开发板：实测之前与之后',
  about:
    '之前：只知道它属于哪一类设备。之后：使用在它上面测得的数据。数值下方的范围表示 100 块开发板中有 80 块落在其中。',
  before: '之前',
  after: '之后',
  change: '变化',
  decode: '解码',
  prefill: '预填充',
  memory: '内存',
  energy: '每 token 能耗',
  moved: '实测带来的变化'
};
