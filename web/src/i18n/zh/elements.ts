import type { Sections } from '../sections';

export const elements: Sections['elements'] = {
  on: '{device} 上的 {model}',
  oneOf: '必须指明以下之一，且只能是其中一个：{names}。',
  nothing: '{name} 没有列出任何一项。',
  tooMany: '{name} 列出了 {n} 项；最多显示 {most} 项。',
  twice: '表中已有这一项：{name}。',
  noTerm: '结果中没有“{term}”这一项。可用的有：{terms}，以及另外 {n} 项。'
};
