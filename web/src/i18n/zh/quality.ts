export const quality = {
  bits: '位',
  rate: 'tok/s',
  kept: '质量',
  common: '常用',
  others: '其他',
  keeps: '{quant} 保留未量化模型质量的{kept}。',
  differs: '与未量化模型相比，{quant} 为 {kept}。',
  unknown: '没有人公布过 {quant} 的质量损失。',
  published: '模型本来就以这种格式发布。',
  measured: '依据该模型的 {n, plural, other {#}} 项基准测试。',
  estimated: '由 {n, plural, other {#}} 个规模相近的其他模型估算。',
  scores: '未量化：{list}。'
};
